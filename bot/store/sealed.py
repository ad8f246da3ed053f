"""What is sealed in the database: rows to be sealed anew with another key, and two by which keys are tried."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, LargeBinary, and_, func, or_, select, update

from bot.store.contacts import SEALED, contacts


def sealed_otherwise(connection: Connection, header: bytes, after: int, limit: int) -> Sequence[Any]:
    """id and SEALED of contacts behind the id `after` that hold anything not sealed with the key of this header (bot/vault.py)."""
    other = [_is_sealed_otherwise(contacts.c[name], header) for name in SEALED]
    query = select(contacts.c.id, *(contacts.c[name] for name in SEALED)).where(contacts.c.id > after, or_(*other))
    return connection.execute(query.order_by(contacts.c.id).limit(limit)).all()


def reseal(connection: Connection, contact_id: int, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> bool:
    """Puts sealed values in the place of others; False if somebody else changed them meanwhile."""
    same = update(contacts).where(contacts.c.id == contact_id, *(contacts.c[name] == was for name, was in old.items()))
    return bool(connection.execute(same.values(**new)).rowcount)


def oldest_and_newest(connection: Connection) -> Sequence[Any]:
    """id, phone and phone_index of the first and the last contact; of none where there is none."""
    ends = select(func.min(contacts.c.id)).union(select(func.max(contacts.c.id))).subquery()
    query = select(contacts.c.id, contacts.c.phone, contacts.c.phone_index).where(contacts.c.id.in_(select(ends)))
    return connection.execute(query.order_by(contacts.c.id)).all()


def _is_sealed_otherwise(column: Any, header: bytes) -> Any:
    return and_(func.length(column) > 0, func.substr(column, 1, len(header), type_=LargeBinary) != header)

"""What is sealed in the database: rows to be sealed anew with another key, and two by which keys are tried."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, and_, func, or_, select, update

from bot.store import second_steps
from bot.store.contacts import SEALED, bound_to, contacts


@dataclass(frozen=True, slots=True)
class Room:
    """A table that holds sealed values: the column that names a row, those that are sealed, and what each is bound to."""

    table: Table
    key: str
    columns: tuple[str, ...]
    bound_to: Callable[[str, int], str]


NUMBERS = Room(contacts, "id", SEALED, bound_to)
SECRETS = Room(second_steps.second_steps, "account_id", second_steps.SEALED, second_steps.bound_to)


def sealed_otherwise(
    connection: Connection, header: bytes, after: int, limit: int, room: Room = NUMBERS
) -> Sequence[Any]:
    """`id` and the sealed columns of rows behind the id `after` that hold anything not sealed with the key of this header
    (bot/vault.py)."""
    key, held = room.table.c[room.key], [room.table.c[name] for name in room.columns]
    query = select(key.label("id"), *held).where(key > after, or_(*(_is_sealed_otherwise(one, header) for one in held)))
    return connection.execute(query.order_by(key).limit(limit)).all()


def reseal(
    connection: Connection, row_id: int, old: Mapping[str, bytes], new: Mapping[str, bytes], room: Room = NUMBERS
) -> bool:
    """Puts sealed values in the place of others; False if somebody else changed them meanwhile."""
    columns = room.table.c
    same = update(room.table).where(columns[room.key] == row_id, *(columns[name] == was for name, was in old.items()))
    return bool(connection.execute(same.values(**new)).rowcount)


def oldest_and_newest(connection: Connection) -> Sequence[Any]:
    """id, phone and phone_index of the first and the last contact; of none where there is none."""
    ends = select(func.min(contacts.c.id)).union(select(func.max(contacts.c.id))).subquery()
    query = select(contacts.c.id, contacts.c.phone, contacts.c.phone_index).where(contacts.c.id.in_(select(ends)))
    return connection.execute(query.order_by(contacts.c.id)).all()


def _is_sealed_otherwise(column: Any, header: bytes) -> Any:
    return and_(func.length(column) > 0, func.substr(column, 1, len(header), type_=LargeBinary) != header)

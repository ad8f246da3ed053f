"""What proves a person besides the password: a code's sealed secret, recovery codes, passkeys, devices that are remembered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.store.accounts import accounts
from bot.store.database import insert as insert_once
from bot.store.schema import Id, Instant, metadata

second_steps = Table(
    "second_steps",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("pending", LargeBinary),
    Column("secret", LargeBinary),
    Column("set_up_at", Instant),
    Column("last_step", BigInteger, nullable=False, default=0),
)
"""`secret`, sealed, makes the codes that are taken; `pending` those of a phone that is being set up. `last_step`: the
newest step of time whose code was taken, so that none is taken twice (RFC 6238, 5.2)."""

SEALED = ("pending", "secret")
"""The columns that hold secrets."""


def bound_to(_column: str, account_id: int) -> str:
    """The place both are sealed for: a secret that was shown becomes the one in use as it is."""
    return f"second_steps.secret:{account_id}"


recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("used_at", Instant),
    Index("ix_recovery_codes_account_id", "account_id"),
)

remembered_devices = Table(
    "remembered_devices",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_remembered_devices_account_id", "account_id"),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("device", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_passkeys_account_id", "account_id"),
)


def find(connection: Connection, account_id: int) -> Row[tuple[Any, ...]] | None:
    """The row of a person who set up, or began to set up, the second step."""
    return connection.execute(select(second_steps).where(second_steps.c.account_id == account_id)).one_or_none()


def begin(connection: Connection, account_id: int, pending: bytes) -> None:
    """Keeps the secret of a phone that is being set up; what works already goes on working."""
    new = insert_once(connection.dialect.name, second_steps).values(account_id=account_id, pending=pending, last_step=0)
    changed = new.on_conflict_do_update(index_elements=["account_id"], set_={"pending": pending})
    connection.execute(changed)


def finish(connection: Connection, account_id: int, pending: bytes, step: int, now: datetime) -> bool:
    """The secret that was shown is now the one in use; False if another was shown since."""
    mine = update(second_steps).where(second_steps.c.account_id == account_id, second_steps.c.pending == pending)
    changed = mine.values(secret=pending, pending=None, set_up_at=now, last_step=step)
    return connection.execute(changed.returning(second_steps.c.account_id)).first() is not None


def take_step(connection: Connection, account_id: int, step: int) -> bool:
    """Claims a step of time; False if its code, or a later one, was taken before."""
    free = (second_steps.c.account_id == account_id, second_steps.c.last_step < step)
    taken = update(second_steps).where(*free).values(last_step=step).returning(second_steps.c.account_id)
    return connection.execute(taken).first() is not None


def remove(connection: Connection, account_id: int) -> bool:
    """Forgets the secret, the recovery codes and the remembered devices; whether there was a secret."""
    forget_devices(connection, account_id)
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    gone = delete(second_steps).where(second_steps.c.account_id == account_id).returning(second_steps.c.set_up_at)
    row = connection.execute(gone).first()
    return row is not None and row.set_up_at is not None


def remove_all(connection: Connection, account_id: int) -> bool:
    """As `remove`, and the passkeys too; whether there was anything."""
    had_passkeys = connection.execute(delete(passkeys).where(passkeys.c.account_id == account_id)).rowcount > 0
    return remove(connection, account_id) or had_passkeys


def replace_recovery_codes(connection: Connection, account_id: int, digests: Sequence[str]) -> None:
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    connection.execute(insert(recovery_codes), [{"digest": one, "account_id": account_id} for one in digests])


def use_recovery_code(connection: Connection, account_id: int, digest: str, now: datetime) -> bool:
    """Claims a code; False if it is none of this person's, or was used."""
    mine = (recovery_codes.c.account_id == account_id, recovery_codes.c.digest == digest)
    unused = update(recovery_codes).where(*mine, recovery_codes.c.used_at.is_(None))
    return connection.execute(unused.values(used_at=now).returning(recovery_codes.c.digest)).first() is not None


def count_recovery_codes(connection: Connection, account_id: int) -> int:
    """Codes not used yet."""
    unused = (recovery_codes.c.account_id == account_id, recovery_codes.c.used_at.is_(None))
    return int(connection.execute(select(func.count()).select_from(recovery_codes).where(*unused)).scalar_one())


def remember_device(connection: Connection, account_id: int, token_hash: str, now: datetime) -> None:
    connection.execute(insert(remembered_devices).values(account_id=account_id, token_hash=token_hash, created_at=now))


def is_remembered(connection: Connection, account_id: int, token_hash: str, since: datetime) -> bool:
    """Whether this person asked, after `since`, that this device be remembered."""
    mine = (remembered_devices.c.account_id == account_id, remembered_devices.c.token_hash == token_hash)
    query = select(remembered_devices.c.token_hash).where(*mine, remembered_devices.c.created_at > since)
    return connection.execute(query).first() is not None


def forget_devices(connection: Connection, account_id: int) -> None:
    connection.execute(delete(remembered_devices).where(remembered_devices.c.account_id == account_id))


def add_passkey(connection: Connection, account_id: int, now: datetime, **fields: Any) -> bool:
    """Keeps a passkey; False if it is kept already."""
    new = insert_once(connection.dialect.name, passkeys).on_conflict_do_nothing().returning(passkeys.c.id)
    return connection.execute(new.values(account_id=account_id, created_at=now, **fields)).first() is not None


def passkeys_of(connection: Connection, account_id: int) -> Sequence[Row[tuple[Any, ...]]]:
    return connection.execute(select(passkeys).where(passkeys.c.account_id == account_id).order_by(passkeys.c.id)).all()


def find_passkey(connection: Connection, credential_id: bytes) -> Row[tuple[Any, ...]] | None:
    """A passkey of an account that is not shut, with its `username`."""
    query = select(passkeys, accounts.c.username).join(accounts, accounts.c.id == passkeys.c.account_id)
    live = (passkeys.c.credential_id == credential_id, accounts.c.disabled_at.is_(None))
    return connection.execute(query.where(*live)).one_or_none()


def note_use(connection: Connection, passkey_id: int, sign_count: int, now: datetime) -> None:
    connection.execute(update(passkeys).where(passkeys.c.id == passkey_id).values(sign_count=sign_count, used_at=now))


def remove_passkey(connection: Connection, account_id: int, passkey_id: int) -> bool:
    """Whether there was one of this person's to remove."""
    mine = (passkeys.c.account_id == account_id, passkeys.c.id == passkey_id)
    return connection.execute(delete(passkeys).where(*mine).returning(passkeys.c.id)).first() is not None

"""Contacts: one row a phone number, with what the conversation remembers."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Row, Table, Text, bindparam, select, update

from bot.outbox import WINDOW
from bot.store.database import insert
from bot.store.prepared import Prepared
from bot.store.schema import Id, Instant, metadata

contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("phone", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, default=""),
    Column("language", Text, nullable=False, default=""),
    Column("carrier", Text, nullable=False, default=""),
    Column("channel", Text, nullable=False, default=""),
    Column("district", Text, nullable=False, default=""),
    Column("conversation", Text, nullable=False, default=""),
    Column("version", Integer, nullable=False, default=0),
    Column("opted_out_at", Instant),
    Column("last_inbound_at", Instant),
    Column("whatsapp_at", Instant),
    Column("prefers", Text, nullable=False, server_default=""),
    Column("unreachable", Text, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Index("ix_contacts_audience", "district", "language"),
)

_LOCKED = select(contacts).with_for_update()
_LOCKED_BY_PHONE = Prepared(_LOCKED.where(contacts.c.phone == bindparam("of_phone")))
_TURN = ("conversation", "language", "carrier", "channel", "last_inbound_at", "whatsapp_at", "prefers", "unreachable")
_NEW = Prepared(lambda dialect: insert(dialect, contacts).on_conflict_do_nothing(), into=contacts)
_SETTLE_IN = Prepared(
    update(contacts).where(contacts.c.id == bindparam("of_id")).values(district=bindparam("new_district"))
)
_REMEMBER_TURN = Prepared(
    update(contacts)
    .where(contacts.c.id == bindparam("of_id"))
    .values(version=contacts.c.version + 1, **{name: bindparam(f"new_{name}") for name in _TURN})
)


def lock_by_phone(connection: Connection, phone: str, now: datetime) -> Any:
    """The contact of a phone number (E.164), made if new, locked until the transaction ends: turns of one contact queue up."""
    if rows := _LOCKED_BY_PHONE.run(connection, {"of_phone": phone}):
        return rows[0]
    _NEW.run(connection, {"phone": phone, "created_at": now})
    return _LOCKED_BY_PHONE.run(connection, {"of_phone": phone})[0]


def lock(connection: Connection, contact_id: int) -> Row[tuple[object, ...]]:
    """The contact, locked until the transaction ends."""
    return connection.execute(_LOCKED.where(contacts.c.id == contact_id)).one()


def lock_all(connection: Connection, ids: Collection[int]) -> dict[int, Row[tuple[object, ...]]]:
    """{id: contact}, locked until the transaction ends, in the order of their ids: two who lock many never wait in a ring."""
    rows = connection.execute(_LOCKED.where(contacts.c.id.in_(ids)).order_by(contacts.c.id))
    return {row.id: row for row in rows}


def find(connection: Connection, contact_id: int) -> Row[tuple[object, ...]]:
    return connection.execute(select(contacts).where(contacts.c.id == contact_id)).one()


def remember_turn(
    connection: Connection,
    contact_id: int,
    *,
    conversation: str,
    language: str,
    carrier: str,
    channel: str,
    last_inbound_at: datetime,
    whatsapp_at: datetime | None,
    prefers: str,
) -> None:
    """Stores where a turn left the conversation. `whatsapp_at`: the person's last message there; `prefers`: the channel that
    reaches them where the one they wrote by did not. Whoever writes is reachable."""
    fields = (conversation, language, carrier, channel, last_inbound_at, whatsapp_at, prefers, "")
    values = {f"new_{name}": value for name, value in zip(_TURN, fields, strict=True)}
    _REMEMBER_TURN.run(connection, {"of_id": contact_id, **values})


def settle_in(connection: Connection, contact_id: int, district: str) -> None:
    """Notes the district a contact last wrote about: where announcements for it go."""
    _SETTLE_IN.run(connection, {"of_id": contact_id, "new_district": district})


def remember(connection: Connection, contact_id: int, **fields: object) -> None:
    """Stores what changed: conversation, language, channel …"""
    changed = update(contacts).where(contacts.c.id == contact_id)
    connection.execute(changed.values(version=contacts.c.version + 1, **fields))


def close_window(connection: Connection, contact_id: int, now: datetime) -> None:
    """The carrier says that WhatsApp's window is closed, whatever we thought."""
    known = update(contacts).where(contacts.c.id == contact_id, contacts.c.whatsapp_at > now - WINDOW)
    connection.execute(known.values(whatsapp_at=now - WINDOW))


def note_unreachable(connection: Connection, contact_id: int, reason: str) -> None:
    """The number cannot get messages, says the carrier; its next message to us takes that back."""
    connection.execute(update(contacts).where(contacts.c.id == contact_id).values(unreachable=reason))


def prefer(connection: Connection, contact_id: int, channel: str) -> None:
    """What reaches the person for now; empty: the channel they wrote by last."""
    wanted = update(contacts).where(contacts.c.id == contact_id, contacts.c.prefers != channel)
    connection.execute(wanted.values(prefers=channel))


def opt_out(connection: Connection, contact_id: int, at: datetime | None) -> None:
    """Notes that announcements stop (`at`) or come again (None)."""
    connection.execute(update(contacts).where(contacts.c.id == contact_id).values(opted_out_at=at))

"""Tickets: what is owed to whom by when. What happened to them is in `events`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    bindparam,
    false,
    insert,
    select,
    text,
    update,
)

from bot.store.accounts import accounts
from bot.store.prepared import Prepared
from bot.store.schema import Id, Instant, metadata

MAX_OWN = 20
"""Tickets of one contact the dialogue can speak of."""

_WATCHED = text("clock_at IS NOT NULL")

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("category", Text, nullable=False),
    Column("service", Text, nullable=False, default=""),
    Column("department", Text, nullable=False),
    Column("district", Text, nullable=False, default=""),
    Column("tehsil", Text, nullable=False, default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("words", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("sensitive", Boolean, nullable=False, default=False),
    Column("unsafe", Boolean, nullable=False, default=False, server_default=false()),
    Column("state", Text, nullable=False),
    Column("owner_id", Id, ForeignKey("accounts.id")),
    Column("version", Integer, nullable=False, default=1),
    Column("unread", Boolean, nullable=False, default=True),
    Column("opened_at", Instant, nullable=False),
    Column("deadline", Instant, nullable=False),
    Column("touched_at", Instant, nullable=False),
    Column("hops", Integer, nullable=False, server_default="0"),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("since", Instant),
    Column("warned", Boolean, nullable=False, server_default=false()),
    Column("nudged", Boolean, nullable=False, server_default=false()),
    Column("interim_told", Boolean, nullable=False, server_default=false()),
    Column("reminded_at", Instant),
    Column("paused_at", Instant),
    Column("left_s", Float),
    Column("clock_at", Instant),
    Column("head", Text, nullable=False, server_default=""),
    Column("events", Integer, nullable=False, server_default="0"),
    Column("verdict", Text, nullable=False, default="", server_default=""),
    Column("rating", Integer),
    Column("reason", Text, nullable=False, default="", server_default=""),
    Column("answered_at", Instant),
    Column("ended_at", Instant),
    Index("ix_tickets_clock_at", "clock_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
    Index("ix_tickets_queue", "department", "state", "touched_at"),
    Index("ix_tickets_contact_id", "contact_id"),
)

_ADD = Prepared(insert(tickets).returning(tickets.c.id), into=tickets, returns=[tickets.c.id])
_BY_NUMBER = Prepared(select(tickets.c.id).where(tickets.c.number == bindparam("of_number")))
_OF_CONTACT = Prepared(
    select(tickets).where(tickets.c.contact_id == bindparam("of_contact")).order_by(tickets.c.id.desc()).limit(MAX_OWN)
)


def add(connection: Connection, **fields: Any) -> int:
    """Opens a ticket; its row id."""
    return int(_ADD.run(connection, fields)[0].id)


def number_is_taken(connection: Connection, number: str) -> bool:
    return bool(_BY_NUMBER.run(connection, {"of_number": number}))


def number_of(connection: Connection, ticket_id: int) -> str:
    return str(connection.execute(select(tickets.c.number).where(tickets.c.id == ticket_id)).scalar_one())


def deadline_of(connection: Connection, number: str) -> datetime:
    due: datetime = connection.execute(select(tickets.c.deadline).where(tickets.c.number == number)).scalar_one()
    return due


def of_contact(connection: Connection, contact_id: int) -> Sequence[Any]:
    """A contact's own newest tickets, newest first."""
    return _OF_CONTACT.run(connection, {"of_contact": contact_id})


def find(connection: Connection, number: str) -> Row[tuple[Any, ...]] | None:
    """The ticket of that number, with its owner's name."""
    query = select(tickets, accounts.c.name.label("owner")).outerjoin(accounts, accounts.c.id == tickets.c.owner_id)
    return connection.execute(query.where(tickets.c.number == number)).one_or_none()


def lock(connection: Connection, number: str) -> Row[tuple[Any, ...]] | None:
    """The ticket of that number, locked until the transaction ends."""
    return connection.execute(select(tickets).where(tickets.c.number == number).with_for_update()).one_or_none()


def change(connection: Connection, ticket_id: int, *, quietly: bool = False, **fields: Any) -> None:
    """Changes a ticket; `quietly`: a form shown before is not out of date by it."""
    version = tickets.c.version + (0 if quietly else 1)
    connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(version=version, **fields))


def due(connection: Connection, now: datetime, limit: int) -> Sequence[Any]:
    """(id, contact_id) of tickets the clock has to look at, the longest waiting first."""
    query = select(tickets.c.id, tickets.c.contact_id).where(tickets.c.clock_at <= now)
    rows: Sequence[Any] = list(connection.execute(query.order_by(tickets.c.clock_at).limit(limit)))
    return rows


def lock_due(connection: Connection, ids: Sequence[int], now: datetime) -> Sequence[Row[tuple[Any, ...]]]:
    """Those of the tickets that are still due, locked: what another clock looked at meanwhile is not among them."""
    query = select(tickets).where(tickets.c.id.in_(ids), tickets.c.clock_at <= now)
    return connection.execute(query.order_by(tickets.c.id).with_for_update()).all()


def look_again(connection: Connection, ticket_id: int, at: datetime | None) -> None:
    """When the clock has to look at the ticket next; None: never, as it is."""
    connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(clock_at=at))


def watched(connection: Connection, until: datetime) -> Sequence[Row[tuple[Any, ...]]]:
    """Every ticket the clock has to look at until then."""
    return connection.execute(select(tickets).where(tickets.c.clock_at <= until).order_by(tickets.c.id)).all()


def mark_read(connection: Connection, ticket_id: int, version: int) -> None:
    """What the citizen wrote after `version` was shown stays unread."""
    seen = update(tickets).where(tickets.c.id == ticket_id, tickets.c.version == version)
    connection.execute(seen.values(unread=False))

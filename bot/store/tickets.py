"""Tickets: what is owed to whom by when. What happened to them is in `events`."""

from collections.abc import Sequence
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
    func,
    insert,
    select,
    update,
)

from bot.store.accounts import accounts
from bot.store.prepared import Prepared
from bot.store.schema import Id, Instant, metadata

MAX_OWN = 20
"""Tickets of one contact the dialogue can speak of."""

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
    Column("head", Text, nullable=False, server_default=""),
    Column("events", Integer, nullable=False, server_default="0"),
    Column("verdict", Text, nullable=False, default="", server_default=""),
    Column("rating", Integer),
    Column("reason", Text, nullable=False, default="", server_default=""),
    Column("answered_at", Instant),
    Column("ended_at", Instant),
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


def change(connection: Connection, ticket_id: int, **fields: Any) -> None:
    changed = update(tickets).where(tickets.c.id == ticket_id)
    connection.execute(changed.values(version=tickets.c.version + 1, **fields))


def mark_read(connection: Connection, ticket_id: int, version: int) -> None:
    """What the citizen wrote after `version` was shown stays unread."""
    seen = update(tickets).where(tickets.c.id == ticket_id, tickets.c.version == version)
    connection.execute(seen.values(unread=False))


def queue(
    connection: Connection, departments: Sequence[str] | None, states: Sequence[str], limit: int, offset: int = 0
) -> Sequence[Row[tuple[Any, ...]]]:
    """Tickets of some departments (None: of all) in some states, newest trouble first, with their owners' names."""
    query = select(tickets, accounts.c.name.label("owner")).outerjoin(accounts, accounts.c.id == tickets.c.owner_id)
    query = query.where(*_in_queue(departments, states)).order_by(tickets.c.touched_at.desc(), tickets.c.id.desc())
    return connection.execute(query.limit(limit).offset(offset)).all()


def count_by_state(connection: Connection, departments: Sequence[str] | None) -> dict[str, int]:
    query = select(tickets.c.state, func.count()).group_by(tickets.c.state)
    if departments is not None:
        query = query.where(tickets.c.department.in_(departments))
    return dict(connection.execute(query).all())


def _in_queue(departments: Sequence[str] | None, states: Sequence[str]) -> list[Any]:
    conditions = [tickets.c.state.in_(states)]
    return conditions if departments is None else [tickets.c.department.in_(departments), *conditions]

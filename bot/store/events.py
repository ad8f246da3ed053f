"""What happened to tickets: appended, chained, refused by the database to whoever would rewrite it; and the words said."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)

from bot import chain
from bot.store.accounts import accounts
from bot.store.prepared import Prepared
from bot.store.schema import Id, Instant, metadata
from bot.store.tickets import tickets

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("account_id", Id, ForeignKey("accounts.id")),
    Column("action", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Column("digest", Text, nullable=False),
    UniqueConstraint("ticket_id", "seq"),
)

event_words = Table(
    "event_words",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("text", Text, nullable=False),
)
"""Words that only officials read. They are no part of the history itself, which knows them by their digest: a person's
words can be forgotten after their time without breaking it."""

_HEAD = Prepared(
    select(tickets.c.number, tickets.c.head, tickets.c.events)
    .where(tickets.c.id == bindparam("of_ticket"))
    .with_for_update()
)
_RECORD = Prepared(insert(events), into=events)
_SAY = Prepared(insert(event_words), into=event_words)
_MOVE_HEAD = Prepared(
    update(tickets)
    .where(tickets.c.id == bindparam("of_ticket"))
    .values(head=bindparam("new_head"), events=bindparam("new_events"))
)


def opening(number: str, at: datetime, actor: str, **data: Any) -> dict[str, Any]:
    """A ticket's first event, before the ticket has its row: `head` and `events` of the ticket are its digest and 1."""
    return _chained("", number, 1, at, actor, None, "open", data)


def record_opening(connection: Connection, ticket_id: int, event: dict[str, Any]) -> None:
    """Appends what `opening` made."""
    _RECORD.run(connection, {"ticket_id": ticket_id, **event})


def record(
    connection: Connection,
    ticket_id: int,
    at: datetime,
    actor: str,
    action: str,
    *,
    account: int | None = None,
    text: str = "",
    **data: Any,
) -> None:
    """Appends what happened. `account`: the official; `text`: words officials alone read; `data`: codes and numbers."""
    ticket = _HEAD.run(connection, {"of_ticket": ticket_id})[0]
    seq = ticket.events + 1
    if text:
        salt = secrets.token_hex(8)
        _SAY.run(connection, {"ticket_id": ticket_id, "seq": seq, "salt": salt, "text": text})
        data["words"] = chain.digest_of_words(salt, text)
    event = _chained(ticket.head, ticket.number, seq, at, actor, account, action, data)
    _RECORD.run(connection, {"ticket_id": ticket_id, **event})
    _MOVE_HEAD.run(connection, {"of_ticket": ticket_id, "new_head": event["digest"], "new_events": seq})


def of_ticket(connection: Connection, ticket_id: int) -> Sequence[Row[tuple[Any, ...]]]:
    """A ticket's events, oldest first, with `who` (the official's name) and `text` (empty: none, or forgotten)."""
    text = select(event_words.c.text).where(
        event_words.c.ticket_id == events.c.ticket_id, event_words.c.seq == events.c.seq
    )
    query = select(events, accounts.c.name.label("who"), text.scalar_subquery().label("text"))
    query = query.outerjoin(accounts, accounts.c.id == events.c.account_id)
    return connection.execute(query.where(events.c.ticket_id == ticket_id).order_by(events.c.seq)).all()


def histories(connection: Connection, after: int, limit: int) -> Iterator[tuple[Any, list[Any], list[Any]]]:
    """(ticket, its events oldest first, its words) for up to `limit` tickets with an id above `after`, in order."""
    query = select(tickets.c.id, tickets.c.number, tickets.c.head, tickets.c.events)
    found = connection.execute(query.where(tickets.c.id > after).order_by(tickets.c.id).limit(limit)).all()
    if not found:
        return
    span = (found[0].id, found[-1].id)
    told = _by_ticket(connection, events, span)
    said = _by_ticket(connection, event_words, span)
    for ticket in found:
        yield ticket, told.get(ticket.id, []), said.get(ticket.id, [])


def _by_ticket(connection: Connection, table: Table, span: tuple[int, int]) -> dict[int, list[Any]]:
    rows = connection.execute(select(table).where(table.c.ticket_id.between(*span)).order_by(table.c.seq))
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.ticket_id, []).append(row)
    return grouped


def _chained(
    before: str, number: str, seq: int, at: datetime, actor: str, account: int | None, action: str, data: dict[str, Any]
) -> dict[str, Any]:
    event = {"seq": seq, "at": at, "actor": actor, "account_id": account, "action": action, "data": data}
    return event | {"digest": chain.digest(before, number, event)}

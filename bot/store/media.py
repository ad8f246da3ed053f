"""Files that came with a message or went with an answer: what is to be fetched, what became of it, and where it lies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from bot.store.messages import inbound
from bot.store.schema import Id, Instant, metadata
from bot.store.tickets import tickets

_WAITING = "state = 'waiting'"

media = Table(
    "media",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inbound_id", Id, ForeignKey("inbound.id")),
    Column("position", Integer, nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("url", Text, nullable=False),
    Column("told_kind", Text, nullable=False),
    Column("kind", Text, nullable=False, default=""),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("bytes", Integer, nullable=False, default=0),
    Column("sha256", Text, nullable=False, default=""),
    Column("key", Text, nullable=False, default=""),
    Column("small_key", Text, nullable=False, default=""),
    Column("small_bytes", Integer, nullable=False, default=0),
    Column("name", Text, nullable=False, default=""),
    Column("seconds", Float),
    Column("width", Integer, nullable=False, default=0),
    Column("height", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("inbound_id", "position"),
    Index("ix_media_waiting", "due_at", sqlite_where=text(_WAITING), postgresql_where=text(_WAITING)),
    Index("ix_media_ticket_id", "ticket_id"),
)
"""`inbound_id`: the message it came with; an official's own file has a `ticket_id` instead, and the outbox row names its id.
`told_kind`: what the carrier said it is, `kind`: what it is. `state`: waiting, ready, refused or failed."""


def expect(connection: Connection, inbound_id: int, files: Sequence[tuple[str, str]], now: datetime) -> None:
    """Writes down the files of a message, (address, told kind) each, to be fetched later."""
    rows = [
        {"inbound_id": inbound_id, "position": position, "url": url, "told_kind": kind, **_new("waiting", now)}
        for position, (url, kind) in enumerate(files)
    ]
    if rows:
        connection.execute(insert(media), rows)


def keep(connection: Connection, ticket_id: int, now: datetime, **fields: Any) -> int:
    """Writes down an official's own file, which is ready at once; its id."""
    row = {"position": 0, "ticket_id": ticket_id, "url": "", "told_kind": "", **_new("ready", now), **fields}
    return int(connection.execute(insert(media).values(row).returning(media.c.id)).scalar_one())


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to claim."""
    return connection.execute(select(media.c.id).where(*_due(now)).limit(1)).first() is not None


def claim(connection: Connection, now: datetime, lease_until: datetime, limit: int) -> Sequence[Row[tuple[Any, ...]]]:
    """Takes files to fetch, longest due first, with their message's carrier; nobody else has them before `lease_until`.

    The attempt counts from here: a file that kills whoever opens it does so a few times only.
    """
    due = select(media.c.id).where(*_due(now)).order_by(media.c.due_at, media.c.id).limit(limit)
    taken = connection.execute(due.with_for_update(skip_locked=True)).scalars().all()
    if not taken:
        return []
    mine = update(media).where(media.c.id.in_(taken))
    connection.execute(mine.values(lease_until=lease_until, attempts=media.c.attempts + 1))
    query = select(media, inbound.c.carrier).join(inbound, inbound.c.id == media.c.inbound_id)
    return connection.execute(query.where(media.c.id.in_(taken)).order_by(media.c.id)).all()


def finish(connection: Connection, media_id: int, lease: datetime, **fields: Any) -> bool:
    """Writes down what became of a claimed file; whether it was still ours: one whose lease ran out may be another's."""
    mine = update(media).where(media.c.id == media_id, media.c.state == "waiting", media.c.lease_until == lease)
    return bool(connection.execute(mine.values(lease_until=None, **fields)).rowcount)


def of_ticket(connection: Connection, ticket_id: int) -> Sequence[Row[tuple[Any, ...]]]:
    """Every file of a ticket: of the messages that belong to it, and of the answers."""
    of_messages = select(inbound.c.id).where(inbound.c.ticket_id == ticket_id)
    query = select(media).where(or_(media.c.inbound_id.in_(of_messages), media.c.ticket_id == ticket_id))
    return connection.execute(query.order_by(media.c.id)).all()


def find(connection: Connection, media_id: int) -> Row[tuple[Any, ...]] | None:
    """A file, with the `of_ticket` (id), `number` and `department` of the ticket it belongs to; None before its message has one."""
    of = func.coalesce(media.c.ticket_id, inbound.c.ticket_id)
    query = select(media, tickets.c.id.label("of_ticket"), tickets.c.number, tickets.c.department).outerjoin(
        inbound, inbound.c.id == media.c.inbound_id
    )
    query = query.outerjoin(tickets, tickets.c.id == of).where(media.c.id == media_id)
    return connection.execute(query).one_or_none()


def of_answer(connection: Connection, ids: Sequence[int]) -> Sequence[Row[tuple[Any, ...]]]:
    """The files of an answer that are ready to go, in the order of the ids."""
    query = select(media).where(media.c.id.in_(ids), media.c.state == "ready", media.c.inbound_id.is_(None))
    found = {row.id: row for row in connection.execute(query)}
    return [found[i] for i in ids if i in found]


def is_named(connection: Connection, key: str) -> bool:
    """Whether a file on the shelf is any row's. For the few that were put there in vain: all rows are walked through."""
    named = or_(media.c.key == key, media.c.small_key == key)
    return connection.execute(select(media.c.id).where(named).limit(1)).first() is not None


def keys_from(connection: Connection, start: str) -> set[str]:
    """All keys that begin so, of files and of small pictures."""
    keys = (media.c.key, media.c.small_key)
    found = connection.execute(select(*keys).where(or_(*(key.startswith(start) for key in keys))))
    return {key for row in found for key in row}


def _due(now: datetime) -> tuple[Any, ...]:
    free = or_(media.c.lease_until.is_(None), media.c.lease_until < now)
    return (media.c.state == "waiting", media.c.due_at <= now, free)


def _new(state: str, now: datetime) -> dict[str, Any]:
    return {"state": state, "due_at": now, "created_at": now}

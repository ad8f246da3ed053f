"""What citizens wrote: inbound messages, each stored once however often its carrier repeats it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
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
    bindparam,
    func,
    select,
    text,
    update,
)

from bot import loops
from bot.store.database import insert
from bot.store.prepared import Prepared
from bot.store.schema import Id, Instant, metadata

inbound = Table(
    "inbound",
    metadata,
    Column("id", Id, primary_key=True),
    Column("carrier", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("channel", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("button", Text, nullable=False, default=""),
    Column("media", JSON, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("retry_at", Instant),
    UniqueConstraint("carrier", "provider_id"),
    Index("ix_inbound_contact_id", "contact_id"),
    Index("ix_inbound_ticket_id", "ticket_id"),
    Index(
        "ix_inbound_unanswered",
        "retry_at",
        sqlite_where=text("state = 'unanswered'"),
        postgresql_where=text("state = 'unanswered'"),
    ),
)

MAX_ATTEMPTS = 5
FIRST_RETRY = timedelta(seconds=5)


def _once(dialect: str) -> Any:
    new = insert(dialect, inbound).on_conflict_do_nothing(index_elements=["carrier", "provider_id"])
    return new.returning(inbound.c.id)


_JOIN = Prepared(update(inbound).where(inbound.c.id == bindparam("of_id")).values(ticket_id=bindparam("to_ticket")))
_STORE = Prepared(_once, into=inbound, returns=[inbound.c.id])


def store(connection: Connection, **fields: Any) -> int | None:
    """Stores a message; its row id, or None when this carrier delivered it before."""
    rows = _STORE.run(connection, fields)
    return int(rows[0].id) if rows else None


def mark_unanswered(connection: Connection, inbound_id: int, now: datetime) -> bool:
    """A turn failed: a worker tries again, later each time. True after MAX_ATTEMPTS: now a person must read it."""
    attempts = connection.execute(select(inbound.c.attempts).where(inbound.c.id == inbound_id)).scalar_one() + 1
    state = "unanswered" if attempts < MAX_ATTEMPTS else "given_up"
    retry_at = now + FIRST_RETRY * 2**attempts
    changed = update(inbound).where(inbound.c.id == inbound_id)
    connection.execute(changed.values(state=state, attempts=attempts, retry_at=retry_at))
    return state == "given_up"


def mark_answered(connection: Connection, inbound_id: int) -> None:
    connection.execute(update(inbound).where(inbound.c.id == inbound_id).values(state="answered", retry_at=None))


def due_unanswered(connection: Connection, now: datetime, limit: int = 50) -> Sequence[int]:
    """Ids of messages whose turn failed and whose next try is due, oldest first."""
    due = select(inbound.c.id).where(inbound.c.state == "unanswered", inbound.c.retry_at <= now)
    return connection.execute(due.order_by(inbound.c.id).limit(limit)).scalars().all()


def count_unanswered(connection: Connection) -> int:
    waiting = inbound.c.state.in_(("unanswered", "given_up"))
    return int(connection.execute(select(func.count()).where(waiting)).scalar_one())


def recent_texts(
    connection: Connection, contact_id: int, since: datetime, before_id: int
) -> Sequence[tuple[datetime, str]]:
    """When and what a contact wrote since then, before the message with that id; the newest loops.MOST_LONG of it."""
    said = select(inbound.c.received_at, inbound.c.text).where(inbound.c.contact_id == contact_id)
    said = said.where(inbound.c.received_at >= since, inbound.c.id < before_id).order_by(inbound.c.id.desc())
    return [(row.received_at, row.text) for row in connection.execute(said.limit(loops.MOST_LONG))]


def last_received(connection: Connection, carrier: str) -> datetime | None:
    """When the newest message of a carrier came in."""
    return connection.execute(select(func.max(inbound.c.received_at)).where(inbound.c.carrier == carrier)).scalar()


def find(connection: Connection, inbound_id: int) -> Row[tuple[Any, ...]]:
    return connection.execute(select(inbound).where(inbound.c.id == inbound_id)).one()


def join_ticket(connection: Connection, inbound_ids: Sequence[int], ticket_id: int) -> None:
    """The messages belong to a ticket from now on."""
    for inbound_id in inbound_ids:
        _JOIN.run(connection, {"of_id": inbound_id, "to_ticket": ticket_id})


def of_ticket(connection: Connection, ticket_id: int) -> Sequence[Row[tuple[Any, ...]]]:
    query = select(inbound).where(inbound.c.ticket_id == ticket_id).order_by(inbound.c.id)
    return connection.execute(query).all()

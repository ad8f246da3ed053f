"""Requests to see a citizen's number: who asked and why, who decided, and until when it is shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Index, Row, Table, Text, select, text, update

from bot.store.accounts import accounts
from bot.store.database import insert
from bot.store.schema import Id, Instant, metadata
from bot.store.tickets import tickets

_WAITING = "decision = ''"

unsealings = Table(
    "unsealings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("asked_by", Id, ForeignKey("accounts.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("decided_by", Id, ForeignKey("accounts.id")),
    Column("decision", Text, nullable=False, default=""),
    Column("decided_at", Instant),
    Column("expires_at", Instant),
    CheckConstraint("decided_by <> asked_by", name="two_people"),
    Index("ix_unsealings_ticket_id_asked_by", "ticket_id", "asked_by"),
    Index("ix_unsealings_decided_at", "decided_at"),
    Index(
        "uq_unsealings_waiting",
        "ticket_id",
        "asked_by",
        unique=True,
        sqlite_where=text(_WAITING),
        postgresql_where=text(_WAITING),
    ),
)
"""`decision`: empty while nobody decided, then granted or refused. One request of a person about a ticket waits at a time."""

_ASKER, _DECIDER = accounts.alias("asker"), accounts.alias("decider")
_TOLD = (
    select(unsealings, tickets.c.number, tickets.c.department, _ASKER.c.name.label("asker"))
    .add_columns(_DECIDER.c.name.label("decider"))
    .join(tickets, tickets.c.id == unsealings.c.ticket_id)
    .join(_ASKER, _ASKER.c.id == unsealings.c.asked_by)
    .outerjoin(_DECIDER, _DECIDER.c.id == unsealings.c.decided_by)
)


def ask(connection: Connection, ticket_id: int, account_id: int, reason: str, now: datetime) -> int | None:
    """Writes down a request; its id, or None where one of this person about this ticket waits already."""
    new = insert(connection.dialect.name, unsealings).values(
        ticket_id=ticket_id, asked_by=account_id, reason=reason, asked_at=now, decision=""
    )
    asked = connection.execute(new.on_conflict_do_nothing().returning(unsealings.c.id))
    return asked.scalar_one_or_none()


def decide(connection: Connection, unsealing_id: int, account_id: int, now: datetime, **fields: Any) -> bool:
    """Decides a request (`decision`, `expires_at`) that waits and is somebody else's; whether it was."""
    waiting = update(unsealings).where(
        unsealings.c.id == unsealing_id, unsealings.c.decision == "", unsealings.c.asked_by != account_id
    )
    return bool(connection.execute(waiting.values(decided_by=account_id, decided_at=now, **fields)).rowcount)


def find(connection: Connection, unsealing_id: int) -> Row[tuple[Any, ...]] | None:
    """A request with its ticket's number and department and the names of who asked and who decided."""
    return connection.execute(_TOLD.where(unsealings.c.id == unsealing_id)).one_or_none()


def newest_of(connection: Connection, ticket_id: int, account_id: int) -> Row[tuple[Any, ...]] | None:
    """What somebody asked last about a ticket; as `find`."""
    mine = _TOLD.where(unsealings.c.ticket_id == ticket_id, unsealings.c.asked_by == account_id)
    return connection.execute(mine.order_by(unsealings.c.id.desc()).limit(1)).one_or_none()


def waiting(connection: Connection, departments: Sequence[str] | None, limit: int) -> Sequence[Row[tuple[Any, ...]]]:
    """Requests nobody decided about tickets of these departments (None: of all), oldest first; as `find`."""
    query = _of(departments).where(unsealings.c.decision == "")
    return connection.execute(query.order_by(unsealings.c.id).limit(limit)).all()


def decided(connection: Connection, departments: Sequence[str] | None, limit: int) -> Sequence[Row[tuple[Any, ...]]]:
    """Those decided last, newest first; as `waiting`."""
    query = _of(departments).where(unsealings.c.decided_at.is_not(None))
    return connection.execute(query.order_by(unsealings.c.decided_at.desc()).limit(limit)).all()


def _of(departments: Sequence[str] | None) -> Any:
    return _TOLD if departments is None else _TOLD.where(tickets.c.department.in_(departments))

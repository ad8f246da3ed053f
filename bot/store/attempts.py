"""Each try to send a message: written down before the carrier is called, ended with what it said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, Text, bindparam, func, insert, or_, select, update

from bot.store.outbox import change, outbox
from bot.store.schema import Id, Instant, metadata

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outbox_id", Id, ForeignKey("outbox.id"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", Text, nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    Index("ix_attempts_outbox_id", "outbox_id"),
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message the carrier took: our row and its attempt, the carrier's id and word for it."""

    outbox_id: int
    attempt_id: int
    provider_id: str
    status: str


_ACCEPT = (
    update(outbox)
    .where(outbox.c.id == bindparam("of_id"), or_(outbox.c.state == "sending", outbox.c.state == "unknown"))
    .values(
        state="accepted",
        provider_id=bindparam("new_provider_id"),
        lease_until=None,
        reason="",
        accepted_at=bindparam("now", type_=Instant),
        updated_at=bindparam("now", type_=Instant),
    )
)


_END = (
    update(attempts)
    .where(attempts.c.id == bindparam("of_id"))
    .values(ended_at=bindparam("now", type_=Instant), outcome="accepted", detail=bindparam("new_detail"))
)


def begin(connection: Connection, outbox_ids: Sequence[int], now: datetime) -> list[int]:
    """Written before the carrier is called: whatever happens then, the ledger knows that it was tried. Their ids, in order."""
    if not outbox_ids:
        return []
    new = insert(attempts).returning(attempts.c.id, sort_by_parameter_order=True)
    return list(connection.execute(new, [{"outbox_id": i, "started_at": now} for i in outbox_ids]).scalars())


def accept(connection: Connection, taken: Sequence[Accepted], now: datetime) -> None:
    """Writes down, all at once, what the carrier took. A receipt may have been here first; then only the attempt ends."""
    if not taken:
        return
    rows = [{"of_id": one.outbox_id, "new_provider_id": one.provider_id, "now": now} for one in taken]
    connection.execute(_ACCEPT, rows)
    tries = [{"of_id": one.attempt_id, "now": now, "new_detail": one.status} for one in taken]
    connection.execute(_END, tries)


def end(connection: Connection, outbox_id: int, now: datetime, outcome: str, detail: str = "") -> None:
    last = select(func.max(attempts.c.id)).where(attempts.c.outbox_id == outbox_id).scalar_subquery()
    connection.execute(
        update(attempts).where(attempts.c.id == last).values(ended_at=now, outcome=outcome, detail=detail)
    )


def put_back(connection: Connection, waits: Sequence[tuple[int, datetime]], now: datetime) -> None:
    """(id, until) of claimed messages that were not tried after all: as if they had never been claimed."""
    for outbox_id, until in waits:
        last = select(func.max(attempts.c.id)).where(attempts.c.outbox_id == outbox_id).scalar_subquery()
        connection.execute(attempts.delete().where(attempts.c.id == last, attempts.c.ended_at.is_(None)))
        fields = {"state": "waiting", "due_at": until, "attempts": outbox.c.attempts - 1}
        change(connection, outbox_id, now, states=("sending",), **fields)

"""Receipts whose message is not known yet, or not any more: kept for a while, and matched when it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, Table, Text, insert, select

from bot.store.outbox import outbox
from bot.store.schema import Id, Instant, metadata

parked_receipts = Table(
    "parked_receipts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("carrier", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("error", Text, nullable=False, default=""),
    Column("received_at", Instant, nullable=False),
    Index("ix_parked_receipts_provider_id", "provider_id"),
)


def park(connection: Connection, **fields: Any) -> None:
    """Keeps a receipt whose message is not known yet."""
    connection.execute(insert(parked_receipts).values(**fields))


def among(connection: Connection, provider_ids: Sequence[str]) -> set[str]:
    """Those of the ids that a parked receipt is for: nearly always none."""
    query = select(parked_receipts.c.provider_id).where(parked_receipts.c.provider_id.in_(provider_ids))
    return set(connection.execute(query).scalars())


def take(connection: Connection, provider_id: str) -> Sequence[Row[tuple[Any, ...]]]:
    """The parked receipts of a provider's id, taken out."""
    mine = parked_receipts.c.provider_id == provider_id
    rows = connection.execute(select(parked_receipts).where(mine).order_by(parked_receipts.c.id)).all()
    if rows:
        connection.execute(parked_receipts.delete().where(mine))
    return rows


def and_known(connection: Connection, limit: int = 50) -> Sequence[tuple[int, str]]:
    """(outbox id, provider's id) of receipts that were parked while their message was being written down."""
    same = (parked_receipts.c.provider_id == outbox.c.provider_id) & (parked_receipts.c.carrier == outbox.c.carrier)
    query = select(outbox.c.id, outbox.c.provider_id).join(parked_receipts, same).distinct().limit(limit)
    return [(row.id, row.provider_id) for row in connection.execute(query)]


def drop(connection: Connection, before: datetime) -> int:
    """Forgets receipts that matched nothing for days."""
    return connection.execute(parked_receipts.delete().where(parked_receipts.c.received_at < before)).rowcount

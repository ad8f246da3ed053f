"""Seals over the whole history: each covers every event since the one before it, so that a ticket taken out whole shows too."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Row, Table, Text, func, insert, select

from bot.store.events import events
from bot.store.schema import Id, Instant, metadata

seals = Table(
    "seals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("up_to", Id, nullable=False),
    Column("events", Integer, nullable=False),
    Column("digest", Text, nullable=False),
)


def newest(connection: Connection) -> Row[tuple[Any, ...]] | None:
    return connection.execute(select(seals).order_by(seals.c.id.desc()).limit(1)).one_or_none()


def all_seals(connection: Connection) -> Iterable[Row[tuple[Any, ...]]]:
    return connection.execute(select(seals).order_by(seals.c.id))


def add(connection: Connection, now: datetime, settled: datetime) -> bool:
    """Seals the events that are older than `settled` (all of them are committed by then); whether there were any."""
    last = newest(connection)
    since, before = (last.up_to, last.digest) if last else (0, "")
    up_to = connection.execute(select(func.max(events.c.id)).where(events.c.id > since, events.c.at < settled)).scalar()
    if up_to is None:
        return False
    digest, count = over(connection, before, since, up_to)
    connection.execute(insert(seals).values(at=now, up_to=up_to, events=count, digest=digest))
    return True


def over(connection: Connection, before: str, since: int, up_to: int) -> tuple[str, int]:
    """(digest, how many) of the events after id `since` up to id `up_to`, chained to the seal `before`."""
    running, count = hashlib.sha256(before.encode()), 0
    query = select(events.c.digest).where(events.c.id > since, events.c.id <= up_to).order_by(events.c.id)
    for digest in connection.execute(query.execution_options(yield_per=1000)).scalars():
        running.update(digest.encode())
        count += 1
    return running.hexdigest(), count

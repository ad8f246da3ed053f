"""What is remembered of carriers: who is out of order, how fast a sender went, how far its messages were caught up."""

from datetime import datetime

from sqlalchemy import Column, Connection, Float, Integer, Table, Text, select, update

from bot.store.database import insert
from bot.store.schema import Instant, metadata

breakers = Table(
    "breakers",
    metadata,
    Column("route", Text, primary_key=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("open_until", Instant),
    Column("reason", Text, nullable=False, default=""),
    Column("updated_at", Instant, nullable=False),
)

rates = Table(
    "rates",
    metadata,
    Column("sender", Text, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", Float, nullable=False),
)

cursors = Table("cursors", metadata, Column("name", Text, primary_key=True), Column("at", Instant, nullable=False))


def shut_routes(connection: Connection, now: datetime) -> dict[str, datetime]:
    """{carrier:channel: until} of the ways that are left alone for a while."""
    query = select(breakers.c.route, breakers.c.open_until).where(breakers.c.open_until > now)
    return {row.route: row.open_until for row in connection.execute(query)}


def troubles(connection: Connection) -> dict[str, tuple[int, datetime | None, str]]:
    """{carrier:channel: (failures in a row, left alone until, why)} of every way whose last call failed."""
    query = select(breakers).where(breakers.c.failures > 0).order_by(breakers.c.route)
    return {row.route: (row.failures, row.open_until, row.reason) for row in connection.execute(query)}


def count_failures(connection: Connection, route: str, more: int, reason: str, now: datetime) -> int:
    """Adds failures of a way; how many there are in a row."""
    new = insert(connection.dialect.name, breakers).values(route=route, failures=more, reason=reason, updated_at=now)
    added = {"failures": breakers.c.failures + more, "reason": reason, "updated_at": now}
    new = new.on_conflict_do_update(index_elements=[breakers.c.route], set_=added).returning(breakers.c.failures)
    return int(connection.execute(new).scalar_one())


def shut(connection: Connection, route: str, until: datetime) -> None:
    connection.execute(update(breakers).where(breakers.c.route == route).values(open_until=until))


def forget_failures(connection: Connection, route: str, now: datetime) -> None:
    """The way works: what failed before counts no more."""
    failed = update(breakers).where(breakers.c.route == route, breakers.c.failures > 0)
    connection.execute(failed.values(failures=0, open_until=None, reason="", updated_at=now))


def take_tokens(connection: Connection, sender: str, at: float, full: float, per_second: float) -> tuple[float, float]:
    """The tokens of a sender at the time `at` (seconds since 1970), its row locked; and the time that is theirs.

    `full`: what it holds at most, and begins with. The time is never before the row's own: another host's clock may go
    ahead, another thread may have waited less for the lock, and no second is counted twice.
    """
    begin = insert(connection.dialect.name, rates).values(sender=sender, tokens=full, at=at)
    connection.execute(begin.on_conflict_do_nothing())
    row = connection.execute(select(rates).where(rates.c.sender == sender).with_for_update()).one()
    return float(min(full, row.tokens + max(0.0, at - row.at) * per_second)), max(at, float(row.at))


def leave_tokens(connection: Connection, sender: str, at: float, tokens: float) -> None:
    connection.execute(update(rates).where(rates.c.sender == sender).values(tokens=tokens, at=at))


def cursor(connection: Connection, name: str) -> datetime | None:
    """How far something was done."""
    return connection.execute(select(cursors.c.at).where(cursors.c.name == name)).scalar_one_or_none()


def move_cursor(connection: Connection, name: str, at: datetime) -> None:
    new = insert(connection.dialect.name, cursors).values(name=name, at=at)
    connection.execute(new.on_conflict_do_update(index_elements=[cursors.c.name], set_={"at": at}))

"""Campaigns: what is to be told to whom, and the audience frozen into the outbox, one row a person."""

from collections.abc import Mapping, Sequence
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
    and_,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from bot.outbox import Lane
from bot.store.contacts import contacts
from bot.store.outbox import outbox
from bot.store.schema import Id, Instant, metadata

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("districts", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_by", Id, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("starts_at", Instant),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("audience", Integer, nullable=False, default=0),
    Column("version", Integer, nullable=False, default=1),
)


def add(connection: Connection, **fields: Any) -> int:
    return int(connection.execute(insert(campaigns).values(**fields).returning(campaigns.c.id)).scalar_one())


def find(connection: Connection, campaign_id: int) -> Row[tuple[Any, ...]] | None:
    return connection.execute(select(campaigns).where(campaigns.c.id == campaign_id)).one_or_none()


def get(connection: Connection, campaign_id: int) -> Row[tuple[Any, ...]]:
    return connection.execute(select(campaigns).where(campaigns.c.id == campaign_id)).one()


def newest(connection: Connection, limit: int = 50) -> Sequence[Row[tuple[Any, ...]]]:
    return connection.execute(select(campaigns).order_by(campaigns.c.id.desc()).limit(limit)).all()


def change(connection: Connection, campaign_id: int, states: Sequence[str], **fields: Any) -> bool:
    """Changes a campaign if it is still in one of `states`; whether it was. Two clocks that race: one gets True."""
    changed = update(campaigns).where(campaigns.c.id == campaign_id, campaigns.c.state.in_(states))
    return bool(connection.execute(changed.values(version=campaigns.c.version + 1, **fields)).rowcount)


def due(connection: Connection, now: datetime) -> Sequence[int]:
    query = select(campaigns.c.id).where(campaigns.c.state == "scheduled", campaigns.c.starts_at <= now)
    return connection.execute(query.order_by(campaigns.c.starts_at)).scalars().all()


def in_state(connection: Connection, state: str) -> Sequence[int]:
    return connection.execute(select(campaigns.c.id).where(campaigns.c.state == state)).scalars().all()


def states_of(connection: Connection, campaign_ids: Sequence[int]) -> dict[int, str]:
    query = select(campaigns.c.id, campaigns.c.state).where(campaigns.c.id.in_(campaign_ids))
    return dict(connection.execute(query).all())


def texts_of(connection: Connection, campaign_ids: Sequence[int]) -> dict[int, Mapping[str, str]]:
    query = select(campaigns.c.id, campaigns.c.texts).where(campaigns.c.id.in_(campaign_ids))
    return dict(connection.execute(query).all())


def count_audience(connection: Connection, districts: Sequence[str], languages: Sequence[str]) -> dict[str, int]:
    """{language: people who would get it} and under "opted_out" how many are left out because they said STOP."""
    is_out = contacts.c.opted_out_at.is_not(None)
    group = case((is_out, literal("opted_out")), else_=contacts.c.language)
    query = select(group, func.count()).where(_wanted(districts, languages)).group_by(group)
    return dict(connection.execute(query).all())


def freeze(
    connection: Connection, campaign_id: int, districts: Sequence[str], languages: Sequence[str], now: datetime
) -> int:
    """Turns the audience into outbox rows with one statement; how many. Run twice it adds nobody a second time."""
    prefix = f"c{campaign_id}-"
    people = select(
        literal(prefix) + _random_ref(connection),
        contacts.c.id,
        literal(int(Lane.BROADCAST)),
        contacts.c.carrier,
        contacts.c.channel,
        contacts.c.language,
        literal(""),
        literal(campaign_id),
        literal("waiting"),
        literal(""),
        literal(""),
        literal(""),
        literal(0),
        literal(0),
        literal(now, Instant),
        literal(now, Instant),
        literal(now, Instant),
    ).where(
        _wanted(districts, languages),
        contacts.c.opted_out_at.is_(None),
        contacts.c.id.not_in(select(outbox.c.contact_id).where(outbox.c.campaign_id == campaign_id)),
    )
    columns = ["ref", "contact_id", "lane", "carrier", "channel", "language", "text", "campaign_id", "state", "status",
               "reason", "provider_id", "attempts", "asks", "due_at", "created_at", "updated_at"]  # fmt: skip
    frozen = insert(outbox).from_select(columns, people, include_defaults=False)
    return connection.execute(frozen.execution_options(preserve_rowcount=True)).rowcount


def progress(connection: Connection, campaign_id: int) -> dict[tuple[str, str], int]:
    """{(state, delivery status): people}; the values add up to the audience. Of a message that was sent anew the newest counts."""
    query = select(outbox.c.state, outbox.c.status, func.count())
    query = query.where(outbox.c.campaign_id == campaign_id, outbox.c.state != "replaced")
    rows = connection.execute(query.group_by(outbox.c.state, outbox.c.status))
    return {(state, status): count for state, status, count in rows}


def skip_waiting(connection: Connection, campaign_id: int, now: datetime, reason: str) -> int:
    """Takes back what has not left yet; how many."""
    waiting = update(outbox).where(outbox.c.campaign_id == campaign_id, outbox.c.state == "waiting")
    return connection.execute(waiting.values(state="skipped", reason=reason, updated_at=now)).rowcount


def unfinished(connection: Connection, campaign_id: int) -> int:
    query = select(func.count()).where(outbox.c.campaign_id == campaign_id, outbox.c.state.in_(("waiting", "sending")))
    return int(connection.execute(query).scalar_one())


def _wanted(districts: Sequence[str], languages: Sequence[str]) -> Any:
    conditions = [contacts.c.language.in_(languages), contacts.c.carrier != ""]
    if districts:
        conditions.append(contacts.c.district.in_(districts))
    return and_(*conditions)


def _random_ref(connection: Connection) -> Any:
    """64 random bits a row, made by the database so that one statement is enough."""
    if connection.dialect.name == "sqlite":
        return func.lower(func.hex(func.randomblob(8)))
    return func.md5(func.concat(contacts.c.id, func.random(), func.clock_timestamp()))

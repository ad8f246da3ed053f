"""The outbox: every message that is to leave, its attempts and its receipts. A claim is an UPDATE with a WHERE."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from bot.outbox import Lane
from bot.store.contacts import contacts
from bot.store.prepared import Prepared
from bot.store.schema import Id, Instant, metadata

_UNSENT = "state IN ('waiting', 'sending')"
_FIRST = "replaces_id IS NULL"
_HELD = "state = 'held'"
_UNDELIVERED = "state = 'accepted' AND channel = 'whatsapp' AND status IN ('', 'accepted', 'queued', 'sending', 'sent')"

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ref", Text, nullable=False, unique=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False, default=""),
    Column("text", Text, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("choices", JSON, nullable=False, server_default="[]"),
    Column("media", JSON, nullable=False, server_default="[]"),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("template", Text, nullable=False, server_default=""),
    Column("variables", JSON, nullable=False, server_default="[]"),
    Column("replaces_id", Id, ForeignKey("outbox.id"), unique=True),
    Column("inbound_id", Id, ForeignKey("inbound.id")),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("campaign_id", Id, ForeignKey("campaigns.id")),
    Column("state", Text, nullable=False),
    Column("status", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("provider_id", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("asks", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Index(
        "uq_outbox_person",
        "campaign_id",
        "contact_id",
        unique=True,
        sqlite_where=text(_FIRST),
        postgresql_where=text(_FIRST),
    ),
    Index(
        "ix_outbox_due",
        "lane",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("ix_outbox_unsent", "contact_id", "id", sqlite_where=text(_UNSENT), postgresql_where=text(_UNSENT)),
    Index(
        "ix_outbox_unsettled",
        "lease_until",
        sqlite_where=text("state IN ('sending', 'unknown')"),
        postgresql_where=text("state IN ('sending', 'unknown')"),
    ),
    Index("ix_outbox_held", "contact_id", sqlite_where=text(_HELD), postgresql_where=text(_HELD)),
    Index("ix_outbox_undelivered", "accepted_at", sqlite_where=text(_UNDELIVERED), postgresql_where=text(_UNDELIVERED)),
    Index("ix_outbox_ticket_id", "ticket_id"),
    Index("ix_outbox_provider_id", "provider_id"),
    Index("ix_outbox_campaign_state", "campaign_id", "state"),
)

_PUT_ONE = Prepared(insert(outbox).returning(outbox.c.id), into=outbox, returns=[outbox.c.id])

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


_OF_CONTACT = (
    contacts.c.phone,
    contacts.c.opted_out_at,
    contacts.c.whatsapp_at,
    contacts.c.prefers,
    contacts.c.unreachable,
)


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Adds messages that are to leave; their ids, in order."""
    if len(rows) == 1:  # the common case, and the cheaper way
        return [_PUT_ONE.run(connection, rows[0])[0].id]
    new = insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)
    return list(connection.execute(new, rows).scalars()) if rows else []


def claim(
    connection: Connection,
    now: datetime,
    lease_until: datetime,
    limit: int,
    ids: Sequence[int] | None = None,
    paused: Sequence[int] = (),
) -> Sequence[Row[tuple[Any, ...]]]:
    """Takes due messages, most urgent first; a person's answers keep their order, and a broadcast lets them go first.

    Rows of `paused` campaigns stay where they are, in nobody's way.

    The rows become `sending` until `lease_until`; another worker that got there first is simply not in the answer.
    """
    earlier = outbox.alias("earlier")
    waits_behind = exists().where(
        earlier.c.contact_id == outbox.c.contact_id,
        earlier.c.id < outbox.c.id,
        earlier.c.lane <= outbox.c.lane,
        earlier.c.lane < int(Lane.BROADCAST),  # one broadcast does not wait for another
        earlier.c.state.in_(("waiting", "sending")),
    )
    due = select(outbox.c.id).where(outbox.c.state == "waiting", outbox.c.due_at <= now, ~waits_behind)
    if ids is not None:
        due = due.where(outbox.c.id.in_(ids))
    if paused:
        due = due.where(outbox.c.campaign_id.is_(None) | outbox.c.campaign_id.not_in(paused))
    due = due.order_by(outbox.c.lane, outbox.c.id).limit(limit).with_for_update(skip_locked=True)
    taken = connection.execute(due).scalars().all()
    if not taken:
        return []
    mine = update(outbox).where(outbox.c.id.in_(taken), outbox.c.state == "waiting")
    connection.execute(
        mine.values(state="sending", lease_until=lease_until, attempts=outbox.c.attempts + 1, updated_at=now)
    )
    query = (
        select(outbox, *_OF_CONTACT).join(contacts, contacts.c.id == outbox.c.contact_id).where(outbox.c.id.in_(taken))
    )
    return connection.execute(query.order_by(outbox.c.lane, outbox.c.id)).all()


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


def send_by(connection: Connection, row: Any, carrier: str, channel: str) -> None:
    """Notes the way the gate chose, so that receipts find the message by carrier and id."""
    if (row.carrier, row.channel) != (carrier, channel):
        chosen = update(outbox).where(outbox.c.id == row.id)
        connection.execute(chosen.values(carrier=carrier, channel=channel))


def put_back(connection: Connection, waits: Sequence[tuple[int, datetime]], now: datetime) -> None:
    """(id, until) of claimed messages that were not tried after all: as if they had never been claimed."""
    for outbox_id, until in waits:
        last = select(func.max(attempts.c.id)).where(attempts.c.outbox_id == outbox_id).scalar_subquery()
        connection.execute(attempts.delete().where(attempts.c.id == last, attempts.c.ended_at.is_(None)))
        fields = {"state": "waiting", "due_at": until, "attempts": outbox.c.attempts - 1}
        change(connection, outbox_id, now, states=("sending",), **fields)


def begin_attempts(connection: Connection, outbox_ids: Sequence[int], now: datetime) -> list[int]:
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


def end_attempt(connection: Connection, outbox_id: int, now: datetime, outcome: str, detail: str = "") -> None:
    last = select(func.max(attempts.c.id)).where(attempts.c.outbox_id == outbox_id).scalar_subquery()
    connection.execute(
        update(attempts).where(attempts.c.id == last).values(ended_at=now, outcome=outcome, detail=detail)
    )


def change(connection: Connection, outbox_id: int, now: datetime, *, states: Sequence[str], **fields: Any) -> bool:
    """Changes a message if it is still in one of `states`; whether it was."""
    changed = update(outbox).where(outbox.c.id == outbox_id, outbox.c.state.in_(states))
    return bool(connection.execute(changed.values(updated_at=now, **fields)).rowcount)


def lock_by_ref(connection: Connection, ref: str) -> Row[tuple[Any, ...]] | None:
    """The message, locked until the transaction ends: its receipts come at once and must queue up."""
    return connection.execute(select(outbox).where(outbox.c.ref == ref).with_for_update()).one_or_none()


def lock_by_provider_id(connection: Connection, carrier: str, provider_id: str) -> Row[tuple[Any, ...]] | None:
    """As `lock_by_ref`, by the id the carrier gave it."""
    query = select(outbox).where(outbox.c.carrier == carrier, outbox.c.provider_id == provider_id)
    return connection.execute(query.limit(1).with_for_update()).one_or_none()


def find_by_provider_id(connection: Connection, carrier: str, provider_id: str) -> Row[tuple[Any, ...]] | None:
    query = select(outbox).where(outbox.c.carrier == carrier, outbox.c.provider_id == provider_id)
    return connection.execute(query.limit(1)).one_or_none()


def find(connection: Connection, outbox_id: int) -> Row[tuple[Any, ...]] | None:
    return connection.execute(select(outbox).where(outbox.c.id == outbox_id)).one_or_none()


def expire_leases(connection: Connection, now: datetime, unknown_until: datetime) -> int:
    """Messages whose worker vanished in mid-send may or may not have left: they become unknown. How many."""
    lost = update(outbox).where(outbox.c.state == "sending", outbox.c.lease_until < now)
    return connection.execute(lost.values(state="unknown", lease_until=unknown_until, updated_at=now)).rowcount


def claim_unsettled(
    connection: Connection, now: datetime, ask_again_at: datetime, limit: int = 10
) -> Sequence[Row[tuple[Any, ...]]]:
    """Unknown messages whose time to ask the carrier has come; nobody else asks about them before `ask_again_at`."""
    due = select(outbox.c.id).where(outbox.c.state == "unknown", outbox.c.lease_until < now)
    taken = connection.execute(due.order_by(outbox.c.id).limit(limit).with_for_update(skip_locked=True)).scalars().all()
    connection.execute(update(outbox).where(outbox.c.id.in_(taken)).values(lease_until=ask_again_at))
    query = select(outbox, contacts.c.phone).join(contacts, contacts.c.id == outbox.c.contact_id)
    return connection.execute(query.where(outbox.c.id.in_(taken)).order_by(outbox.c.id)).all()


def of_ticket(connection: Connection, ticket_id: int) -> Sequence[Row[tuple[Any, ...]]]:
    return connection.execute(select(outbox).where(outbox.c.ticket_id == ticket_id).order_by(outbox.c.id)).all()


def oldest_waiting(connection: Connection) -> datetime | None:
    """When the longest-waiting unsent message was due."""
    return connection.execute(select(func.min(outbox.c.due_at)).where(outbox.c.state == "waiting")).scalar()


def counts_by_state(connection: Connection) -> dict[str, int]:
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return dict(connection.execute(query).all())


def park(connection: Connection, **fields: Any) -> None:
    """Keeps a receipt whose message is not known yet."""
    connection.execute(insert(parked_receipts).values(**fields))


def parked_among(connection: Connection, provider_ids: Sequence[str]) -> set[str]:
    """Those of the ids that a parked receipt is for: nearly always none."""
    query = select(parked_receipts.c.provider_id).where(parked_receipts.c.provider_id.in_(provider_ids))
    return set(connection.execute(query).scalars())


def take_parked(connection: Connection, provider_id: str) -> Sequence[Row[tuple[Any, ...]]]:
    """The parked receipts of a provider's id, taken out."""
    mine = parked_receipts.c.provider_id == provider_id
    rows = connection.execute(select(parked_receipts).where(mine).order_by(parked_receipts.c.id)).all()
    if rows:
        connection.execute(parked_receipts.delete().where(mine))
    return rows


def parked_and_known(connection: Connection, limit: int = 50) -> Sequence[tuple[int, str]]:
    """(outbox id, provider's id) of receipts that were parked while their message was being written down."""
    same = (parked_receipts.c.provider_id == outbox.c.provider_id) & (parked_receipts.c.carrier == outbox.c.carrier)
    query = select(outbox.c.id, outbox.c.provider_id).join(parked_receipts, same).distinct().limit(limit)
    return [(row.id, row.provider_id) for row in connection.execute(query)]


def drop_parked(connection: Connection, before: datetime) -> int:
    """Forgets receipts that matched nothing for days."""
    return connection.execute(parked_receipts.delete().where(parked_receipts.c.received_at < before)).rowcount

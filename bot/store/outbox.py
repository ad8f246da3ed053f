"""The outbox: every message that is to leave, its attempts and its receipts. A claim is an UPDATE with a WHERE."""

from collections.abc import Mapping, Sequence
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
    Select,
    Table,
    Text,
    exists,
    func,
    insert,
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
_NOTICES = "template <> ''"
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
    Index("ix_outbox_notices", "contact_id", sqlite_where=text(_NOTICES), postgresql_where=text(_NOTICES)),
    Index("ix_outbox_held", "contact_id", sqlite_where=text(_HELD), postgresql_where=text(_HELD)),
    Index("ix_outbox_undelivered", "accepted_at", sqlite_where=text(_UNDELIVERED), postgresql_where=text(_UNDELIVERED)),
    Index("ix_outbox_ticket_id", "ticket_id"),
    Index("ix_outbox_provider_id", "provider_id"),
    Index("ix_outbox_campaign_state", "campaign_id", "state"),
)

_PUT_ONE = Prepared(insert(outbox).returning(outbox.c.id), into=outbox, returns=[outbox.c.id])

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
    due = _due(now, ids, paused).order_by(outbox.c.lane, outbox.c.id).limit(limit).with_for_update(skip_locked=True)
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


def _due(now: datetime, ids: Sequence[int] | None, paused: Sequence[int]) -> Select[tuple[int]]:
    """Ids of messages that may leave: of `ids` or of all, none of a paused campaign, none behind an earlier one."""
    earlier = outbox.alias("earlier")
    waits_behind = exists().where(
        earlier.c.contact_id == outbox.c.contact_id,
        earlier.c.id < outbox.c.id,
        earlier.c.lane <= outbox.c.lane,
        earlier.c.lane < int(Lane.BROADCAST),  # one broadcast does not wait for another
        # word for word the index's own condition, or SQLite walks through all rows before it
        text(f"earlier.{_UNSENT}"),
    )
    due = select(outbox.c.id).where(outbox.c.state == "waiting", outbox.c.due_at <= now, ~waits_behind)
    if ids is not None:
        due = due.where(outbox.c.id.in_(ids))
    if paused:
        due = due.where(outbox.c.campaign_id.is_(None) | outbox.c.campaign_id.not_in(paused))
    return due


def send_by(connection: Connection, row: Any, carrier: str, channel: str) -> None:
    """Notes the way the gate chose, so that receipts find the message by carrier and id."""
    if (row.carrier, row.channel) != (carrier, channel):
        chosen = update(outbox).where(outbox.c.id == row.id)
        connection.execute(chosen.values(carrier=carrier, channel=channel))


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

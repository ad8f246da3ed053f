"""Messages that wait for the person, and messages sent once more: by another way, in another form, or later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, or_, select, text, update

from bot.delivery import FAILED
from bot.store.contacts import contacts
from bot.store.outbox import outbox
from bot.store.prepared import Prepared

_COPIED = (
    "contact_id", "lane", "language", "text", "body", "choices", "media", "latitude", "longitude", "inbound_id",
    "ticket_id", "campaign_id", "created_at",
)  # fmt: skip
"""What a copy shares with its original: it is one message to one person."""
_IS_NOTICE = text("template <> ''")
"""Word for word the condition of the index on them."""
_HELD_OF = Prepared(select(outbox.c.id).where(outbox.c.contact_id == bindparam("of_contact"), outbox.c.state == "held"))


def release(connection: Connection, contact_id: int, now: datetime, *, carrier: str, channel: str) -> list[int]:
    """The person wrote: what waited for that may leave, the way they wrote by; the ids, in order."""
    ids = sorted(row.id for row in _HELD_OF.run(connection, {"of_contact": contact_id}))
    if ids:
        held = update(outbox).where(outbox.c.id.in_(ids), outbox.c.state == "held")
        way = {"carrier": carrier, "channel": channel}
        connection.execute(held.values(state="waiting", due_at=now, reason="", updated_at=now, **way))
    return ids


def wake_held(connection: Connection, now: datetime) -> int:
    """Asks the gate again about messages that waited for the person long enough; how many."""
    due = update(outbox).where(outbox.c.state == "held", outbox.c.due_at <= now)
    return connection.execute(due.values(state="waiting", updated_at=now)).rowcount


def wake_held_of(connection: Connection, contact_id: int, now: datetime) -> None:
    """Asks the gate again about a person's messages at once: telling them that something waits did not work."""
    held = update(outbox).where(outbox.c.contact_id == contact_id, outbox.c.state == "held")
    connection.execute(held.values(state="waiting", due_at=now, updated_at=now))


def untold(connection: Connection, contact_ids: Sequence[int], since: datetime) -> set[int]:
    """Those of the people who were to be told by a template since then and were not."""
    failed = or_(outbox.c.state == "refused", outbox.c.status.in_(FAILED))
    query = select(outbox.c.contact_id).where(_IS_NOTICE, outbox.c.contact_id.in_(contact_ids), failed)
    return set(connection.execute(query.where(outbox.c.created_at >= since)).scalars())


def has_notice(connection: Connection, contact_id: int, template: str, since: datetime) -> bool:
    """Whether the person was told by this template since then, or is about to be."""
    told = select(outbox.c.id).where(
        _IS_NOTICE, outbox.c.contact_id == contact_id, outbox.c.template == template, outbox.c.created_at >= since
    )
    return bool(connection.execute(select(exists(told))).scalar())


def times_replaced(connection: Connection, row: Any, most: int) -> int:
    """How many messages before it this one stands for; counted up to `most`."""
    times, earlier = 0, row.replaces_id
    while earlier and times < most:
        earlier = connection.execute(select(outbox.c.replaces_id).where(outbox.c.id == earlier)).scalar()
        times += 1
    return times


def replace(connection: Connection, row: Any, now: datetime, **fields: Any) -> int | None:
    """Puts a copy of a message in its place (`ref carrier channel due_at`, and the reason why); the copy's id.

    None when it was replaced before: two that see the same failure make one copy.
    """
    taken = update(outbox).where(
        outbox.c.id == row.id, outbox.c.state.in_(("accepted", "refused", "unknown", "sending"))
    )
    if not connection.execute(taken.values(state="replaced", lease_until=None, updated_at=now)).rowcount:
        return None
    copied = {name: getattr(row, name) for name in _COPIED}
    new = insert(outbox).values(**copied, state="waiting", replaces_id=row.id, updated_at=now, **fields)
    return int(connection.execute(new.returning(outbox.c.id)).scalar_one())


def take_back_copy(connection: Connection, row_id: int, now: datetime) -> bool:
    """The original arrived after all: a copy that has not left stays here. Whether there was one to keep back."""
    copy = update(outbox).where(outbox.c.replaces_id == row_id, outbox.c.state.in_(("waiting", "held")))
    return bool(connection.execute(copy.values(state="skipped", reason="arrived", updated_at=now)).rowcount)


def undelivered(
    connection: Connection, lane: int, accepted_before: datetime, created_after: datetime, limit: int = 50
) -> Sequence[Row[tuple[Any, ...]]]:
    """WhatsApp messages of a lane that the carrier took and nobody's phone has had so long; locked, oldest first.

    A template that says that something waits is not among them, nor is what went to a person we cannot text.
    """
    late = select(outbox).join(contacts, contacts.c.id == outbox.c.contact_id)
    late = late.where(
        outbox.c.state == "accepted",
        outbox.c.channel == "whatsapp",
        outbox.c.status.in_(("", "accepted", "queued", "sending", "sent")),
        outbox.c.accepted_at <= accepted_before,
        outbox.c.created_at >= created_after,
        outbox.c.lane == lane,
        outbox.c.template == "",
        contacts.c.unreachable == "",
    )
    return connection.execute(
        late.order_by(outbox.c.accepted_at).limit(limit).with_for_update(of=outbox, skip_locked=True)
    ).all()


def oldest_held(connection: Connection) -> datetime | None:
    return connection.execute(select(func.min(outbox.c.created_at)).where(outbox.c.state == "held")).scalar()

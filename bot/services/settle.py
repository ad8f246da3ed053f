"""Messages whose outcome we never learnt: the carrier is asked; what it has is accepted, what it has not is sent again."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot.carriers.port import Outgoing, Template
from bot.delivery import ASK_AFTER, ASKS, is_progress, is_worth_sending
from bot.outbox import Lane
from bot.services.hands import Hands
from bot.services.numbers import number_of
from bot.services.receipts import match_parked
from bot.services.send import message_of, outbox_texts
from bot.store import attempts, outbox


def settle_unknown(hands: Hands, is_over: Callable[[], bool] = lambda: False) -> int:
    """Asks the carriers about messages whose outcome we never learnt; how many were claimed to be asked about. A carrier may
    take long to answer: once `is_over`, the rest is asked about another time.

    A message the carrier has is accepted. One it does not have, asked ASKS times, is sent again if it is an answer to a
    citizen; a broadcast stays unknown, because a second copy is worse than a gap.
    """
    now = hands.now()
    with hands.db.write() as tx:
        outbox.expire_leases(tx, now, now + ASK_AFTER)
        rows = outbox.claim_unsettled(tx, now, now + ASK_AFTER)
        texts = outbox_texts(tx, rows)
        numbers = [number_of(hands, row.contact_id, row.phone) for row in rows]
        messages = [
            message_of(tx, hands, row, (number or "", texts[row.id]), row.channel, _of(row))
            for row, number in zip(rows, numbers, strict=True)
        ]
    for row, message in zip(rows, messages, strict=True):
        if is_over():
            break
        carrier = hands.carriers.get(row.carrier) if message.phone else None
        seen = carrier.find(message, row.created_at - timedelta(minutes=1)) if carrier else None
        with hands.db.write() as tx:
            _settle(tx, hands, row, None if seen is None else _unclaimed(tx, row, message, seen))
    return len(rows)


def _of(row: Any) -> Template | None:
    """That it was a template, if it was: a carrier lists those without their words."""
    return Template("", {}) if row.template else None


def _unclaimed(tx: Connection, row: Any, message: Outgoing, seen: Sequence[Any]) -> Any:
    """The sighting that is this message: same text, and not known as another row's."""
    texts = {message.text, message.body or message.text}  # a file alone has no words, here or there
    same = (s for s in seen if s.text in texts and not outbox.find_by_provider_id(tx, row.carrier, s.provider_id))
    return next(same, False)


def _settle(tx: Connection, hands: Hands, row: Any, sighting: Any) -> None:
    """`sighting`: None (could not ask), False (the carrier has no such message) or what the carrier has."""
    now = hands.now()
    fields: dict[str, Any]
    if sighting:
        fields = {"state": "accepted", "provider_id": sighting.provider_id, "lease_until": None, "accepted_at": now}
        if is_progress(row.status, sighting.status):
            fields["status"] = sighting.status
        if outbox.change(tx, row.id, now, states=("unknown",), **fields):
            attempts.end(tx, row.id, now, "accepted", "by asking")
            match_parked(tx, hands, row.id, sighting.provider_id)
        return
    asks = row.asks + (sighting is False)
    fields = {"asks": asks}
    if sighting is None and not is_worth_sending(row.lane, row.created_at, now):
        fields["lease_until"] = None  # a carrier that cannot be asked (Kannel): only a late receipt may tell
    if asks >= ASKS:
        again = row.lane != Lane.BROADCAST
        fields = {"asks": 0, "state": "waiting", "due_at": now, "lease_until": None} if again else {"lease_until": None}
    outbox.change(tx, row.id, now, states=("unknown",), **fields)

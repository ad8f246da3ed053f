"""Messages leave: claimed with a lease, asked at the gate, tried outside any transaction, and their outcome written down."""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.carriers.port import Accepted, OptedOut, Outcome, Outgoing, Refused, TryAgain, Unknown
from bot.outbox import ASK_AFTER, ASKS, LEASE, Hold, Lane, Never, gate, is_progress, is_worth_sending, retry_at
from bot.services.hands import Hands
from bot.services.receipts import match_parked
from bot.store import campaigns, contacts, outbox

BATCH = 32
"""Messages claimed at once. With 16 calls under way, each at worst two time-outs long, a batch ends well before its lease."""
Run = Callable[[Callable[[Any], Outcome], Iterable[Any]], Iterable[Outcome]]
"""Calls a function on each item, e.g. `map` or a thread pool's `map`: how many carriers' calls are under way at once."""


def send_due(hands: Hands, run: Run = map, ids: Sequence[int] | None = None, limit: int = BATCH) -> int:
    """Sends what is due (of `ids`, or of all); how many messages were looked at."""
    now = hands.now()
    with hands.db.write() as tx:
        claimed = outbox.claim(tx, now, now + LEASE, limit, ids, campaigns.in_state(tx, "paused"))
        ready = _pass_gate(tx, hands, claimed, now)
        outbox.begin_attempts(tx, [row.id for row, _ in ready], now)
    if not ready:
        return len(claimed)
    outcomes = list(run(lambda pair: _send(hands, pair), ready))
    with hands.db.write() as tx:
        for (row, _), outcome in zip(ready, outcomes, strict=True):
            _record(tx, hands, row, outcome)
    return len(claimed)


def settle_unknown(hands: Hands) -> int:
    """Asks the carriers about messages whose outcome we never learnt; how many were asked about.

    A message the carrier has is accepted. One it does not have, asked ASKS times, is sent again if it is an answer to a
    citizen; a broadcast stays unknown, because a second copy is worse than a gap.
    """
    now = hands.now()
    with hands.db.write() as tx:
        outbox.expire_leases(tx, now, now + ASK_AFTER)
        rows = outbox.claim_unsettled(tx, now, now + ASK_AFTER)
        texts = _texts(tx, rows)
    for row in rows:
        carrier = hands.carriers.get(row.carrier)
        message = Outgoing(row.ref, row.channel, row.phone, texts[row.id])
        seen = carrier.find(message, row.created_at - timedelta(minutes=1)) if carrier else None
        with hands.db.write() as tx:
            _settle(tx, hands, row, None if seen is None else _unclaimed(tx, row, texts[row.id], seen))
    return len(rows)


def _pass_gate(tx: Connection, hands: Hands, claimed: Sequence[Any], now: datetime) -> list[tuple[Any, str]]:
    """The claimed rows that may leave now, with their texts; the others are held or skipped, with the reason."""
    states = campaigns.states_of(tx, [row.campaign_id for row in claimed if row.campaign_id])
    texts, ready = _texts(tx, claimed), []
    for row in claimed:
        verdict = gate(
            row.lane,
            now=now,
            opted_out=row.opted_out_at is not None,
            campaign_state=states.get(row.campaign_id, ""),
            can_send=(carrier := hands.carriers.get(row.carrier)) is not None and carrier.sends(row.channel),
        )
        match verdict:
            case Hold():
                fields = {
                    "state": "waiting",
                    "due_at": verdict.until,
                    "reason": verdict.reason,
                    "attempts": row.attempts - 1,
                }
                outbox.change(tx, row.id, now, states=("sending",), **fields)
            case Never():
                outbox.change(tx, row.id, now, states=("sending",), state="skipped", reason=verdict.reason)
            case _:
                ready.append((row, texts[row.id]))
    return ready


def _texts(tx: Connection, rows: Sequence[Any]) -> dict[int, str]:
    """What each row says; a broadcast's rows share their campaign's texts."""
    shared = campaigns.texts_of(tx, [row.campaign_id for row in rows if row.campaign_id])
    return {row.id: row.text or shared.get(row.campaign_id, {}).get(row.language, "") for row in rows}


def _send(hands: Hands, pair: tuple[Any, str]) -> Outcome:
    row, text = pair
    carrier = hands.carriers.get(row.carrier)
    if carrier is None:
        return Refused("no_carrier")
    try:
        return carrier.send(Outgoing(row.ref, row.channel, row.phone, text))
    except Exception as error:  # one odd answer must not spoil the outcomes of the others
        return Unknown(type(error).__name__)


def _record(tx: Connection, hands: Hands, row: Any, outcome: Outcome) -> None:
    """Writes down what the carrier said. A receipt may have been here first; then the row is no longer `sending`."""
    now = hands.now()
    fields: dict[str, Any]
    match outcome:
        case Accepted():
            fields = {"state": "accepted", "provider_id": outcome.provider_id, "lease_until": None}
            if outbox.change(tx, row.id, now, states=("sending", "unknown"), **fields):
                outbox.end_attempt(tx, row.id, now, "accepted", outcome.status)
            match_parked(tx, hands, row.id, outcome.provider_id)
            return
        case TryAgain() if is_worth_sending(row.lane, row.created_at, now):
            due = retry_at(now, row.attempts, random.random())  # noqa: S311 spreads load, guards nothing
            fields = {"state": "waiting", "due_at": due, "reason": outcome.error}
        case Unknown():
            fields = {"state": "unknown", "lease_until": now + ASK_AFTER, "reason": outcome.error}
        case OptedOut():
            contacts.opt_out(tx, row.contact_id, now)
            fields = {"state": "refused", "reason": outcome.error}
        case _:
            fields = {"state": "refused", "reason": outcome.error}
    # What the carrier said for sure also ends a row whose lease ran out meanwhile.
    if outbox.change(tx, row.id, now, states=("sending", "unknown"), **fields):
        outbox.end_attempt(tx, row.id, now, str(fields["state"]), outcome.error)


def _unclaimed(tx: Connection, row: Any, text: str, seen: Sequence[Any]) -> Any:
    """The sighting that is this message: same text, and not known as another row's."""
    same = (s for s in seen if s.text == text and not outbox.find_by_provider_id(tx, row.carrier, s.provider_id))
    return next(same, False)


def _settle(tx: Connection, hands: Hands, row: Any, sighting: Any) -> None:
    """`sighting`: None (could not ask), False (the carrier has no such message) or what the carrier has."""
    now = hands.now()
    fields: dict[str, Any]
    if sighting:
        fields = {"state": "accepted", "provider_id": sighting.provider_id, "lease_until": None}
        if is_progress(row.status, sighting.status):
            fields["status"] = sighting.status
        if outbox.change(tx, row.id, now, states=("unknown",), **fields):
            outbox.end_attempt(tx, row.id, now, "accepted", "by asking")
            match_parked(tx, hands, row.id, sighting.provider_id)
        return
    asks = row.asks + (sighting is False)
    fields = {"asks": asks}
    if asks >= ASKS:
        again = row.lane != Lane.BROADCAST
        fields = {"asks": 0, "state": "waiting", "due_at": now, "lease_until": None} if again else {"lease_until": None}
    outbox.change(tx, row.id, now, states=("unknown",), **fields)

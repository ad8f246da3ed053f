"""Messages leave: claimed with a lease, asked at the gate, tried outside any transaction, and their outcome written down."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot import sms
from bot.carriers.port import (
    Accepted,
    Choice,
    OptedOut,
    Outcome,
    Outgoing,
    Refused,
    Template,
    TryAgain,
    Unknown,
    WindowClosed,
)
from bot.delivery import ASK_AFTER, LEASE, is_worth_sending, retry_at
from bot.outbox import Await, Form, Hold, Never, Send, Trouble, gate
from bot.services import breakers, routes, waiting
from bot.services.hands import Hands
from bot.services.receipts import match_parked
from bot.store import campaigns, contacts, outbox

BATCH = 32
"""Messages claimed at once. With 16 calls under way, each at worst two time-outs long, a batch ends well before its lease."""
Run = Callable[[Callable[[Any], Outcome], Iterable[Any]], Iterable[Outcome]]
"""Calls a function on each item, e.g. `map` or a thread pool's `map`: how many carriers' calls are under way at once."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that may leave now, by which carrier, and what is handed to it."""

    row: Any
    carrier: str
    message: Outgoing


def send_due(hands: Hands, run: Run = map, ids: Sequence[int] | None = None, limit: int = BATCH) -> int:
    """Sends what is due (of `ids`, or of all); how many messages were dealt with: sent, held or skipped.

    Those whose sender has gone as fast as it may are left for later and do not count: there is nothing more to do now.
    """
    now = hands.now()
    with hands.db.write() as tx:
        claimed = outbox.claim(tx, now, now + LEASE, limit, ids, campaigns.in_state(tx, "paused"))
        passed = _pass_gate(tx, hands, claimed)
        outbox.begin_attempts(tx, [one.row.id for one in passed], now)
    ready, early = _within_rates(hands, passed)
    outcomes = list(run(lambda one: _send(hands, one), ready))
    if not passed:
        return len(claimed)
    with hands.db.write() as tx:
        outbox.put_back(tx, [(one.row.id, now + wait) for one, wait in early], now)
        for one, outcome in zip(ready, outcomes, strict=True):
            _record(tx, hands, one, outcome)
        breakers.note(tx, hands.now(), [f"{one.carrier}:{one.message.channel}" for one in ready], outcomes)
    return len(claimed) - len(early)


def _pass_gate(tx: Connection, hands: Hands, claimed: Sequence[Any]) -> list[Ready]:
    """The claimed rows that may leave now; the others are held or skipped, with the reason."""
    if not claimed:
        return []
    now, texts, ready = hands.now(), outbox_texts(tx, claimed), []
    known = routes.look(tx, claimed, now)
    for row in claimed:
        match verdict := gate(routes.case_of(hands, row, known, now)):
            case Send():
                outbox.send_by(tx, row, verdict.route.carrier, verdict.route.channel)
                template = routes.template_of(hands, row, known.approved) if verdict.form is Form.TEMPLATE else ""
                message = _message(row, texts[row.id], verdict.route.channel, template)
                ready.append(Ready(row, verdict.route.carrier, message))
            case Hold(until, reason):
                fields = {"state": "waiting", "due_at": until, "reason": reason, "attempts": row.attempts - 1}
                outbox.change(tx, row.id, now, states=("sending",), **fields)
            case Await():
                waiting.hold(tx, hands, row, verdict)
            case Never(reason):
                outbox.change(tx, row.id, now, states=("sending",), state="skipped", reason=reason)
    return ready


def _message(row: Any, text: str, channel: str, template: str) -> Outgoing:
    variables = row.variables or [text]
    return Outgoing(
        row.ref,
        channel,
        row.phone,
        text,
        body=row.body,
        choices=tuple(Choice(id_, label) for id_, label in row.choices),
        pin=None if row.latitude is None else (row.latitude, row.longitude),
        template=Template(template, {str(n): value for n, value in enumerate(variables, 1)}) if template else None,
    )


def outbox_texts(tx: Connection, rows: Sequence[Any]) -> dict[int, str]:
    """What each row says; a broadcast's rows share their campaign's texts."""
    shared = campaigns.texts_of(tx, [row.campaign_id for row in rows if row.campaign_id])
    return {row.id: row.text or shared.get(row.campaign_id, {}).get(row.language, "") for row in rows}


def _within_rates(hands: Hands, passed: Sequence[Ready]) -> tuple[list[Ready], list[tuple[Ready, timedelta]]]:
    """Those that may leave now, and those that must wait so long for their sender's rate."""
    ready: list[Ready] = []
    early: list[tuple[Ready, timedelta]] = []
    for one in passed:
        carrier = hands.carriers.get(one.carrier)
        if hands.rates is None or carrier is None:
            ready.append(one)
            continue
        pace = carrier.pace(one.message.channel)
        cost = sms.measure(one.message.text).segments if pace.in_segments else 1
        wait = hands.rates.take(pace.sender, cost, pace.per_second, one.row.lane)
        if wait > 0:
            early.append((one, timedelta(seconds=wait)))
        else:
            ready.append(one)
    return ready, early


def _send(hands: Hands, one: Ready) -> Outcome:
    carrier = hands.carriers.get(one.carrier)
    if carrier is None:
        return Refused("no_carrier")
    try:
        return carrier.send(one.message)
    except Exception as error:  # one odd answer must not spoil the outcomes of the others
        return Unknown(type(error).__name__)


def _record(tx: Connection, hands: Hands, one: Ready, outcome: Outcome) -> None:
    """Writes down what the carrier said. A receipt may have been here first; then the row is no longer `sending`."""
    row, now = one.row, hands.now()
    fields: dict[str, Any]
    match outcome:
        case Accepted():
            fields = {
                "state": "accepted",
                "provider_id": outcome.provider_id,
                "lease_until": None,
                "accepted_at": now,
                "reason": "",
            }
            if outbox.change(tx, row.id, now, states=("sending", "unknown"), **fields):
                outbox.end_attempt(tx, row.id, now, "accepted", outcome.status)
            match_parked(tx, hands, row.id, outcome.provider_id)
            return
        case TryAgain() if is_worth_sending(row.lane, row.created_at, now):
            due = retry_at(now, row.attempts, random.random(), outcome.trouble)  # noqa: S311 spreads load, guards nothing
            fields = {"state": "waiting", "due_at": max(due, now + (outcome.after or timedelta(0)))}
        case WindowClosed():  # the carrier's clock decides: the gate finds another form, another way, or waits
            contacts.close_window(tx, row.contact_id, now)
            fields = {"state": "waiting", "due_at": now}
        case Unknown():
            fields = {"state": "unknown", "lease_until": now + ASK_AFTER}
        case _:
            fields = {"state": "refused"}
    _note_person(tx, row, outcome, hands)
    # What the carrier said for sure also ends a row whose lease ran out meanwhile.
    if outbox.change(tx, row.id, now, states=("sending", "unknown"), reason=outcome.error, **fields):
        outbox.end_attempt(tx, row.id, now, str(fields["state"]), outcome.error)
        if isinstance(outcome, Refused) and outcome.trouble is Trouble.ELSEWHERE:
            waiting.send_elsewhere(tx, hands, row.id)


def _note_person(tx: Connection, row: Any, outcome: Outcome, hands: Hands) -> None:
    """What an outcome says of the person, whatever becomes of the message."""
    match outcome:
        case OptedOut():
            contacts.opt_out(tx, row.contact_id, hands.now())
        case Refused(error, Trouble.NUMBER):
            contacts.note_unreachable(tx, row.contact_id, error)

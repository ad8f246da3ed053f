"""Messages leave: claimed with a lease, asked at the gate, tried outside any transaction, and their outcome written down."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot import sms
from bot.carriers.port import (
    Accepted,
    Choice,
    OptedOut,
    Outcome,
    Outgoing,
    Pace,
    Refused,
    Template,
    TryAgain,
    Unknown,
    WindowClosed,
)
from bot.delivery import ASK_AFTER, LEASE, is_worth_sending, retry_at
from bot.outbox import Await, Form, Hold, Never, Send, Trouble, gate
from bot.rates import Wanted
from bot.services import breakers, routes, waiting
from bot.services.hands import Hands
from bot.services.media import links_of
from bot.services.numbers import ASK_AGAIN, number_of
from bot.services.receipts import match_parked
from bot.store import anew, attempts, campaigns, contacts, outbox, parked
from bot.store.database import DatabaseAway

BATCH = 32
"""Messages claimed at once, unless the caller has seen that the carrier is quick."""
CALL = timedelta(seconds=30)
"""Longer than any call to a carrier takes, time-outs included: none is begun later than that before its lease ends."""
AWAY_S = 1.0
NotTaken = Refused | TryAgain | OptedOut | WindowClosed | Unknown
Run = Callable[[Callable[[Any], Outcome], Iterable[Any]], Iterable[Outcome]]
"""Calls a function on each item, e.g. `map` or a thread pool's `map`: how many carriers' calls are under way at once."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that may leave now, by which carrier, and what is handed to it. `attempt`: its id, once it was begun."""

    row: Any
    carrier: str
    message: Outgoing
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """`dealt`: messages sent, held or skipped; `early`: those whose sender may go no faster, `wait` seconds from now on."""

    dealt: int = 0
    early: int = 0
    wait: float = 0.0


def send_due(hands: Hands, run: Run = map, ids: Sequence[int] | None = None, limit: int = BATCH) -> int:
    """Sends what is due (of `ids`, or of all); how many messages were dealt with."""
    return send_round(hands, run, ids, limit).dealt


def send_round(hands: Hands, run: Run = map, ids: Sequence[int] | None = None, limit: int = BATCH) -> Round:
    """Sends up to `limit` messages that are due, of `ids` or of all."""
    now = hands.now()
    until = now + LEASE - CALL
    with hands.db.write() as tx:
        claimed = outbox.claim(tx, now, now + LEASE, limit, ids, campaigns.in_state(tx, "paused"))
        passed = _pass_gate(tx, hands, claimed)
        tries = attempts.begin(tx, [one.row.id for one in passed], now)
        passed = [replace(one, attempt=attempt) for one, attempt in zip(passed, tries, strict=True)]
    ready, early = _within_rates(hands, passed)
    outcomes = list(run(lambda one: _send(hands, one, until), ready))
    if not passed:
        return Round(len(claimed))
    with hands.db.write() as tx:
        attempts.put_back(tx, [(one.row.id, now + wait) for one, wait in early], now)
        _accept(tx, hands, ready, outcomes)
        for one, outcome in zip(ready, outcomes, strict=True):
            if not isinstance(outcome, Accepted):
                _record(tx, hands, one.row, outcome)
        breakers.note(tx, hands.now(), [f"{one.carrier}:{one.message.channel}" for one in ready], outcomes)
    wait = min((wait.total_seconds() for _, wait in early), default=0.0)
    return Round(len(claimed) - len(early), len(early), wait)


def _pass_gate(tx: Connection, hands: Hands, claimed: Sequence[Any]) -> list[Ready]:
    """The claimed rows that may leave now; the others are held or skipped, with the reason."""
    if not claimed:
        return []
    now, texts, ready = hands.now(), outbox_texts(tx, claimed), []
    known = routes.look(tx, claimed, now)
    for row in claimed:
        number = number_of(hands, row.contact_id, row.phone)
        verdict = gate(routes.case_of(hands, row, number, known, now)) if number else Hold(now + ASK_AGAIN, "sealed")
        match verdict:
            case Send():
                outbox.send_by(tx, row, verdict.route.carrier, verdict.route.channel)
                template = routes.template_of(hands, row, known.approved) if verdict.form is Form.TEMPLATE else ""
                how = _template(row, texts[row.id], template)
                message = message_of(tx, hands, row, (number or "", texts[row.id]), verdict.route.channel, how)
                ready.append(Ready(row, verdict.route.carrier, message))
            case Hold(until, reason):
                fields = {"state": "waiting", "due_at": until, "reason": reason, "attempts": row.attempts - 1}
                outbox.change(tx, row.id, now, states=("sending",), **fields)
            case Await():
                waiting.hold(tx, hands, row, verdict)
            case Never(reason):
                outbox.change(tx, row.id, now, states=("sending",), state="skipped", reason=reason)
    return ready


def message_of(
    tx: Connection, hands: Hands, row: Any, to: tuple[str, str], channel: str, template: Template | None = None
) -> Outgoing:
    """What a carrier is handed of a row, and asked about afterwards: whatever is left out here is not recognised there.

    `to`: (number, words)
    """
    number, text = to
    return Outgoing(
        row.ref,
        channel,
        number,
        text,
        body=row.body,
        choices=tuple(Choice(id_, label) for id_, label in row.choices),
        menu=hands.catalog.text(row.language, "option.list") if row.choices else "",
        media=links_of(tx, hands, row),
        pin=None if row.latitude is None else (row.latitude, row.longitude),
        template=template,
    )


def _template(row: Any, text: str, name: str) -> Template | None:
    return Template(name, {str(n): value for n, value in enumerate(row.variables or [text], 1)}) if name else None


def outbox_texts(tx: Connection, rows: Sequence[Any]) -> dict[int, str]:
    """What each row says; a broadcast's rows share their campaign's texts."""
    shared = campaigns.texts_of(tx, [row.campaign_id for row in rows if row.campaign_id])
    return {row.id: row.text or shared.get(row.campaign_id, {}).get(row.language, "") for row in rows}


def _within_rates(hands: Hands, passed: Sequence[Ready]) -> tuple[list[Ready], list[tuple[Ready, timedelta]]]:
    """Those that may leave now, and those that must wait so long for their sender's rate; one question a sender."""
    senders: dict[str, tuple[Pace, list[Ready]]] = {}
    ready: list[Ready] = []
    early: list[tuple[Ready, timedelta]] = []
    for one in passed:
        if hands.rates is None or (carrier := hands.carriers.get(one.carrier)) is None:
            ready.append(one)
        else:
            pace = carrier.pace(one.message.channel)
            senders.setdefault(pace.sender, (pace, []))[1].append(one)
    for pace, mine in senders.values():
        taken, wait = _take(hands, pace, mine)
        ready += mine[:taken]
        early += [(one, timedelta(seconds=wait)) for one in mine[taken:]]
    return ready, early


def _take(hands: Hands, pace: Pace, mine: Sequence[Ready]) -> tuple[int, float]:
    try:
        return hands.rates.take_all(pace.sender, [_cost(one, pace) for one in mine], pace.per_second)  # type: ignore[union-attr]
    except DatabaseAway:  # nothing has left: they are put back, and not taken for messages whose fate nobody knows
        return 0, AWAY_S


def _cost(one: Ready, pace: Pace) -> Wanted:
    return (sms.measure(one.message.text).segments if pace.in_segments else 1, one.row.lane)


def _send(hands: Hands, one: Ready, until: datetime) -> Outcome:
    carrier = hands.carriers.get(one.carrier)
    if carrier is None:
        return Refused("no_carrier")
    if hands.now() >= until:  # the calls before it took so long that its lease may end while it is under way
        return TryAgain("late")
    try:
        return carrier.send(one.message)
    except Exception as error:  # one odd answer must not spoil the outcomes of the others
        return Unknown(type(error).__name__)


def _accept(tx: Connection, hands: Hands, ready: Sequence[Ready], outcomes: Sequence[Outcome]) -> None:
    taken = [
        attempts.Accepted(one.row.id, one.attempt, outcome.provider_id, outcome.status)
        for one, outcome in zip(ready, outcomes, strict=True)
        if isinstance(outcome, Accepted)
    ]
    attempts.accept(tx, taken, hands.now())
    early = parked.among(tx, [one.provider_id for one in taken]) if taken else set()
    for one in taken:
        if one.provider_id in early:
            match_parked(tx, hands, one.outbox_id, one.provider_id)


def _record(tx: Connection, hands: Hands, row: Any, outcome: NotTaken) -> None:
    """Writes down what the carrier said. A receipt may have been here first; then the row is no longer `sending`."""
    now = hands.now()
    fields: dict[str, Any]
    match outcome:
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
        attempts.end(tx, row.id, now, str(fields["state"]), outcome.error)
        if isinstance(outcome, Refused) and row.template:
            anew.wake_held_of(tx, row.contact_id, now)
        if isinstance(outcome, Refused) and outcome.trouble is Trouble.ELSEWHERE:
            waiting.send_elsewhere(tx, hands, row.id)


def _note_person(tx: Connection, row: Any, outcome: Outcome, hands: Hands) -> None:
    """What an outcome says of the person, whatever becomes of the message."""
    match outcome:
        case OptedOut():
            contacts.opt_out(tx, row.contact_id, hands.now())
        case Refused(error, Trouble.NUMBER):
            contacts.note_unreachable(tx, row.contact_id, error)

"""The clock looks at tickets: warns, goes up a level, tells citizens what is late, asks once more, and ends what nobody judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot import clock
from bot.dialogue import form
from bot.dialogue.talk import join, say
from bot.dialogue.values import Day, Option, Reply, Term
from bot.ladder import (
    Escalate,
    InterimNote,
    LapseVerdict,
    NudgeUnassigned,
    RemindQuestion,
    RemindVerdict,
    Step,
    StopWaiting,
    Warn,
    after,
    due_steps,
    next_look,
)
from bot.services import timing
from bot.services.hands import Hands
from bot.services.steps import step
from bot.services.telling import tell
from bot.store import contacts, tickets

BATCH = 100
VERDICT = tuple(Option(name, Term(f"option.{name}")) for name in form.VERDICTS)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would happen to a ticket at an instant: `step` names it, `to` the department whose desk it would concern."""

    at: datetime
    number: str
    step: str
    to: str = ""


def watch(hands: Hands, batch: int = BATCH) -> int:
    """Looks at up to `batch` tickets that are due, in one transaction; how many. Two clocks at once look at each once."""
    now = hands.now()
    with hands.db.read() as tx:
        due = tickets.due(tx, now, batch)
    if not due:
        return 0
    with hands.db.write() as tx:
        # People before tickets, as a citizen's own turn locks them: the other way round the two could wait for each other.
        people = contacts.lock_all(tx, {row.contact_id for row in due})
        for ticket in tickets.lock_due(tx, [row.id for row in due], now):
            _look(tx, hands, ticket, people[ticket.contact_id], now)
    return len(due)


def foresee(hands: Hands, span: timedelta) -> Sequence[Foreseen]:
    """What would happen within `span` from now on if nobody did anything, in order; nothing is changed."""
    now, rules, found = hands.now(), hands.directory.rules, []
    with hands.db.read() as tx:
        rows = tickets.watched(tx, now + span)
    for row in rows:
        facts, at = timing.running(row), now
        while (look := next_look(facts, rules)) and (at := max(look, at)) <= now + span:
            for one in due_steps(facts, at, rules):
                found.append(Foreseen(at, row.number, type(one).__name__, getattr(one, "department", "")))
                facts = after(facts, one, at)
    return sorted(found, key=lambda one: (one.at, one.number))


def _look(tx: Connection, hands: Hands, ticket: Any, contact: Any, now: datetime) -> None:
    rules, facts = hands.directory.rules, timing.running(ticket)
    for one in due_steps(facts, now, rules):
        _carry_out(tx, hands, ticket, contact, one, now)
        facts = after(facts, one, now)
        ticket = tickets.lock(tx, ticket.number) or ticket
        facts = timing.running(ticket) if isinstance(one, StopWaiting) else facts
    tickets.look_again(tx, ticket.id, next_look(facts, rules))


def _carry_out(tx: Connection, hands: Hands, ticket: Any, contact: Any, one: Step, now: datetime) -> None:
    action, changes, data = _told(ticket, one, now)
    step(tx, hands, ticket, action, "clock", changes=changes, **data)
    if ticket.unsafe or not (reply := _words(hands, ticket, one)):
        return
    asking = None
    if isinstance(one, RemindVerdict):
        asking = ("verdict", join(reply, say("verdict.ask", VERDICT)))
    tell(tx, hands, ticket, contact, reply, asking=asking, due=clock.daytime(now, hands.day) if hands.day else None)


def _told(ticket: Any, one: Step, now: datetime) -> tuple[str, dict[str, Any], dict[str, Any]]:  # noqa: PLR0911
    """A step as the table of a ticket's life calls it, the columns that change, and what its history says."""
    match one:
        case Warn():
            return "warn", {"warned": True, "unread": True}, {"level": ticket.level}
        case NudgeUnassigned(_, department):
            return "nudge", {"nudged": True, "unread": True}, {"department": department}
        case InterimNote():
            return "delay", {"interim_told": True}, {}
        case Escalate(level, role, department, _):
            changes = timing.climbed(one, now) | {"unread": True, "touched_at": now}
            return "escalate", changes, {"level": level, "post": role, "department": department}
        case RemindVerdict() | RemindQuestion():
            return "remind", {"reminded_at": now}, {}
        case StopWaiting():
            return "unanswered", {"unread": True, "touched_at": now}, {}
        case LapseVerdict():
            return "lapse", {}, {}


def _words(hands: Hands, ticket: Any, one: Step) -> Reply | None:
    """What the citizen hears of a step: the number alone says what it is about, whoever else holds the phone."""
    number = ticket.number
    match one:
        case InterimNote(deadline):
            return say("notice.delayed", number=number, date=Day(deadline))
        case Escalate(_, _, department, deadline):
            names = hands.directory.sender_of(department, ticket.category)
            return say("notice.escalated", number=number, department=names, date=Day(deadline))
        case RemindVerdict():
            return say("notice.remind", number=number)
        case RemindQuestion():
            return say("notice.remind_question", number=number)
        case LapseVerdict():
            return say("notice.lapsed", number=number)
    return None

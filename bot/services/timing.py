"""A ticket's row as the rules of time see it, and what a step changes of its time."""

from datetime import datetime, timedelta
from typing import Any

from bot import deadlines, ladder
from bot.deadlines import Timer
from bot.ladder import RUNNING, WAITING, Escalate, Running
from bot.limits import QUESTION
from bot.rules import Rules

WATCHED = RUNNING | {WAITING, ladder.ANSWERED}
"""The states in which something may become due."""
ANEW = {"warned": False, "nudged": False, "interim_told": False}


def running(ticket: Any) -> Running:
    """What the ladder asks of a ticket's row."""
    return Running(
        ticket.state,
        QUESTION if ticket.kind == "question" else ticket.category,
        ticket.department,
        ticket.district,
        ticket.since or ticket.opened_at,
        ticket.deadline,
        ticket.level,
        assigned=ticket.owner_id is not None,
        warned=ticket.warned,
        nudged=ticket.nudged,
        interim_told=ticket.interim_told,
        answered_at=ticket.answered_at,
        asked_at=ticket.paused_at,
        reminded_at=ticket.reminded_at,
    )


def changes(rules: Rules, ticket: Any, action: str, state: str, now: datetime) -> dict[str, Any]:
    """The columns of a ticket's time after `action` brought it to `state`. The clock looks at it again at once."""
    found: dict[str, Any] = {"clock_at": now if state in WATCHED else None}
    if action == "resolve":
        found |= {"answered_at": now, "reminded_at": None}
    if action == "dispute":
        found |= climbed(ladder.going_up(running(ticket), now, rules), now)
    elif action == "partly":
        facts = running(ticket)
        due = rules.deadline(now, facts.category, facts.department, facts.district, facts.level)
        found |= {"deadline": due, "since": now, **ANEW}
    if state == WAITING != ticket.state:
        found |= _paused(rules, ticket, now)
    elif ticket.state == WAITING != state:
        found |= _gone_on(rules, ticket, now) if state in RUNNING else {}
        found |= {"paused_at": None, "left_s": None}
    return found


def climbed(up: Escalate, now: datetime) -> dict[str, Any]:
    """The columns after a step up: that level has its own time."""
    return {"level": up.level, "deadline": up.deadline, "since": now, **ANEW}


def above(rules: Rules, ticket: Any, now: datetime) -> str:
    """The department whose desk sees a ticket besides once it goes up; empty where it is the ticket's own."""
    department = ladder.going_up(running(ticket), now, rules).department
    return "" if department == ticket.department else department


def _paused(rules: Rules, ticket: Any, now: datetime) -> dict[str, Any]:
    timer = deadlines.pause(Timer(ticket.deadline), now, _calendar(rules, ticket))
    return {"paused_at": now, "left_s": timer.left.total_seconds(), "reminded_at": None}


def _gone_on(rules: Rules, ticket: Any, now: datetime) -> dict[str, Any]:
    facts = running(ticket)
    timer = Timer(ticket.deadline, ticket.paused_at, timedelta(seconds=ticket.left_s or 0))
    least = rules.patience(facts.category, facts.department).least
    due = deadlines.resume(timer, now, _calendar(rules, ticket), least).due
    return {"deadline": due, "since": now, **ANEW}


def _calendar(rules: Rules, ticket: Any) -> Any:
    facts = running(ticket)
    return rules.calendar(facts.category, facts.department, facts.district, facts.level)

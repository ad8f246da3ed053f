"""Until when, and how that moves: a limit begins, pauses while the citizen is asked, goes on, is put off with a reason.

A deadline is a stored instant. Nothing here changes one by itself: each function gives the new value, and `moved`
what the citizen, who is told every change, is to hear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calendar import Calendar
from bot.limits import WORKING, Limit

REASONS = ("resumed", "escalated", "sorted", "postponed", "calendar", "disputed")


@dataclass(frozen=True, slots=True)
class Timer:
    """A ticket's time: until `due`; while it is paused, since `paused_at` with `left` of its own calendar to go."""

    due: datetime
    paused_at: datetime | None = None
    left: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that is another now; `reason` is one of REASONS, or what an official wrote."""

    was: datetime
    due: datetime
    reason: str


def due(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """When `limit` ends if it begins at `start`, on the calendar of its basis.

    By the clock after its hours; in working days at the closing of the last, the day of `start` not counting: never on a
    closed day, and never sooner than one whole working day.
    """
    if limit.basis == WORKING:
        return calendar.after_days(start, limit.days)
    return calendar.add(start, timedelta(hours=limit.hours))


def pause(timer: Timer, now: datetime, calendar: Calendar) -> Timer:
    """Stops the time; once stopped it stays as it was."""
    if timer.paused_at:
        return timer
    return Timer(timer.due, now, max(calendar.between(now, timer.due), timedelta(0)))


def resume(timer: Timer, now: datetime, calendar: Calendar, least: timedelta) -> Timer:
    """Lets the time go on with what was left, and at least `least` of it, so that nothing is late the moment it runs."""
    if not timer.paused_at:
        return timer
    now = max(now, timer.paused_at)  # a clock that went back must not bring the deadline nearer
    return Timer(calendar.add(now, max(timer.left, least)))


def move(timer: Timer, to: datetime, calendar: Calendar) -> Timer:
    """Puts the deadline to `to`, on a closed day to the next closing. A paused timer keeps the difference."""
    to = to if calendar.is_working_day(to) else calendar.after_days(to, 1)
    if not timer.paused_at:
        return Timer(to)
    return Timer(to, timer.paused_at, max(calendar.between(timer.paused_at, to), timedelta(0)))


def moved(was: Timer, now: Timer, reason: str) -> Moved | None:
    """What the citizen is to be told between two timers; None where the day is the same instant, or not known yet."""
    return Moved(was.due, now.due, reason) if now.due != was.due and not now.paused_at else None


def recalculated(
    dues: Mapping[str, tuple[datetime, Calendar, Calendar]], now: datetime, reason: str = "calendar"
) -> dict[str, Moved]:
    """What an edited calendar would change: for each ticket its deadline, its calendar as it was, and as it is.

    The working time left stays. Deadlines that are past, and those the edit does not touch, are not in the answer.
    """
    found = {}
    for ticket, (deadline, before, after) in dues.items():
        left = before.between(now, deadline)
        same = after.between(now, deadline) == left and after.is_working_day(deadline)
        if deadline > now and not same:
            found[ticket] = Moved(deadline, after.add(now, left), reason)
    return found

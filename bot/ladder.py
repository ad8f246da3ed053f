"""What is due for a ticket as time passes: a warning, a note to the citizen, the next rung, the question for the verdict.

Steps are values; who carries them out writes down what was done (`after`), and what is written down is not due again.
A ticket climbs one rung at a time and has that rung's own time there, however far the clock jumped; a clock that went back
finds nothing due.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.calendar import Calendar
from bot.limits import Measure
from bot.rules import Rules, Rung

RUNNING = frozenset({"new", "assigned", "in_progress", "disputed"})
"""The states in which time runs against the department. It stands still while the citizen is asked (`waiting`)."""
ANSWERED = "answered"
WAITING = "waiting"
LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Running:
    """A ticket as the clock sees it.

    `department` is who answers for it, which going up does not change; `since` when the time of this level began: opened,
    gone up, or resumed. `warned`, `nudged` and `interim_told` are of this level; a new deadline begins them anew.
    """

    state: str
    category: str
    department: str
    district: str
    since: datetime
    deadline: datetime
    level: int = 0
    assigned: bool = False
    warned: bool = False
    nudged: bool = False
    interim_told: bool = False
    answered_at: datetime | None = None
    asked_at: datetime | None = None
    """When the citizen was asked something the ticket waits for."""
    reminded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Warn:
    """The desk of `department` hears that the deadline comes near."""

    role: str
    department: str


@dataclass(frozen=True, slots=True)
class NudgeUnassigned:
    """The next rung hears that nobody has taken the ticket."""

    role: str
    department: str


@dataclass(frozen=True, slots=True)
class InterimNote:
    """The citizen hears that the deadline will be missed."""

    deadline: datetime


@dataclass(frozen=True, slots=True)
class Escalate:
    """The ticket goes up to `level` with a time of its own; the citizen hears the new day."""

    level: int
    role: str
    department: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class RemindVerdict:
    """The citizen is asked once more whether the answer helped."""


@dataclass(frozen=True, slots=True)
class RemindQuestion:
    """The citizen is asked once more what the department wants to know."""


@dataclass(frozen=True, slots=True)
class StopWaiting:
    """The citizen did not answer the department's question: its time runs again, and somebody must decide."""


@dataclass(frozen=True, slots=True)
class LapseVerdict:
    """The ticket closes without the citizen's verdict."""


Step = Warn | NudgeUnassigned | InterimNote | Escalate | RemindVerdict | LapseVerdict | RemindQuestion | StopWaiting


def due_steps(ticket: Running, now: datetime, rules: Rules) -> list[Step]:
    """What is due at `now` and not yet done. Going up says all that a warning or a note would, and stands alone."""
    steps = [step for at, step in _moments(ticket, rules) if at <= now]
    if any(isinstance(step, Escalate) for step in steps):
        return [going_up(ticket, now, rules)]
    return steps


def next_look(ticket: Running, rules: Rules) -> datetime | None:
    """The first instant at which a step is due, which may be past; None while nothing will be."""
    return min((at for at, _ in _moments(ticket, rules)), default=None)


def going_up(ticket: Running, now: datetime, rules: Rules) -> Escalate:
    """The step to the next rung, also for a dispute; from the top the ticket has the top's time again."""
    level = min(ticket.level + 1, rules.ladder.top)
    rung = _rung(ticket, rules, level)
    deadline = rules.deadline(now, ticket.category, ticket.department, ticket.district, level)
    return Escalate(level, rung.role, rung.to or ticket.department, deadline)


def after(ticket: Running, step: Step, now: datetime) -> Running:  # noqa: PLR0911 one return a kind of step
    """The ticket once `step` was carried out at `now`."""
    match step:
        case Warn():
            return replace(ticket, warned=True)
        case NudgeUnassigned():
            return replace(ticket, nudged=True)
        case InterimNote():
            return replace(ticket, interim_told=True)
        case Escalate():
            return anew(replace(ticket, level=step.level), now, step.deadline)
        case RemindVerdict() | RemindQuestion():
            return replace(ticket, reminded_at=now)
        case StopWaiting():
            return replace(ticket, state="in_progress", asked_at=None)
        case LapseVerdict():
            return replace(ticket, state=LAPSED)


def anew(ticket: Running, now: datetime, deadline: datetime) -> Running:
    """The ticket with a new deadline: of this one nobody was warned or told yet."""
    return replace(ticket, since=now, deadline=deadline, warned=False, nudged=False, interim_told=False)


def _moments(ticket: Running, rules: Rules) -> list[tuple[datetime, Step]]:
    """When each step is due that was not done, and could be in this state."""
    if ticket.state == ANSWERED and ticket.answered_at:
        return _patient_moments(ticket, ticket.answered_at, rules, (RemindVerdict(), LapseVerdict()))
    if ticket.state == WAITING and ticket.asked_at:
        return _patient_moments(ticket, ticket.asked_at, rules, (RemindQuestion(), StopWaiting()))
    return _running_moments(ticket, rules) if ticket.state in RUNNING else []


def _running_moments(ticket: Running, rules: Rules) -> list[tuple[datetime, Step]]:
    calendar = rules.calendar(ticket.category, ticket.department, ticket.district, ticket.level)
    rung, above = (_rung(ticket, rules, level) for level in (ticket.level, ticket.level + 1))
    given = max(calendar.between(ticket.since, ticket.deadline), timedelta(0))
    found: list[tuple[datetime, Step]] = []
    if not ticket.warned:
        at = _before_end(ticket, given, rung.warn_before, calendar)
        found.append((at, Warn(rung.role, rung.to or ticket.department)))
    if not ticket.nudged and not ticket.assigned:
        at = calendar.add(ticket.since, rung.unassigned_after.of(given))
        found.append((at, NudgeUnassigned(above.role, above.to or ticket.department)))
    if not ticket.interim_told:
        found.append((_before_end(ticket, given, rung.interim_before, calendar), InterimNote(ticket.deadline)))
    if ticket.level < rules.ladder.top:
        late = calendar.add(max(ticket.since, ticket.deadline), rung.escalate_after.of(given))
        found.append((late, going_up(ticket, late, rules)))
    return found


def _patient_moments(
    ticket: Running, begun: datetime, rules: Rules, steps: tuple[Step, Step]
) -> list[tuple[datetime, Step]]:
    """The citizen's turn since `begun`: reminded once, then not waited for any longer."""
    patience, (remind, give_up) = rules.patience(ticket.category, ticket.department), steps
    if ticket.reminded_at is None:
        return [(begun + patience.remind, remind)]
    # A reminder that was late, as after an outage, leaves as many days to answer it as one in time.
    ends = max(begun + patience.lapse, ticket.reminded_at + patience.lapse - patience.remind)
    return [(ends, give_up)]


def _before_end(ticket: Running, given: timedelta, part: Measure, calendar: Calendar) -> datetime:
    return calendar.add(ticket.since, max(given - part.of(given), timedelta(0)))


def _rung(ticket: Running, rules: Rules, level: int) -> Rung:
    return rules.ladder.rung(ticket.department, ticket.district, level)

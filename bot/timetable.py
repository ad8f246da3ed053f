"""The business calendar as rows: opening hours, holidays and shutdowns, for all, for a district or for a department.

Hours (`bot/data/hours.csv`): a row holds on its `days` from `since` to `until`, both included, either of one year
(2027-02-09) or of every year (10-15 to 04-14). Of the rows for a day the one of given years wins over that of every year,
then a department's over a district's over everybody's, then the one that began later. A day without a row is closed.

Days (`bot/data/calendar.csv`): `holiday`, `religious` and `shutdown` close; `working` is worked in spite of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

from bot.calendar import DAY_MINUTES, Calendar, Span

Row = Mapping[str, str]
CLOSING = frozenset({"holiday", "religious", "shutdown"})
KINDS = CLOSING | {"working"}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WARN_AHEAD = timedelta(days=60)
_SCOPES = ("", "district", "department")
_Read = TypeVar("_Read")
_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a row is for: `kind` is empty (all), `district` or `department`, with the codes it names."""

    kind: str
    codes: frozenset[str]

    @classmethod
    def read(cls, cell: str) -> "Scope":
        """From a cell: empty, `district:QTA`, `department:HLT|SED`. Raises ValueError on anything else."""
        kind, _, codes = cell.partition(":")
        if kind not in _SCOPES or bool(kind) != bool(codes):
            raise ValueError(f"the scope {cell!r} is neither empty nor like district:QTA or department:HLT|SED")
        return cls(kind, frozenset(codes.split("|")) if codes else frozenset())

    def covers(self, department: str, district: str) -> bool:
        return not self.kind or (district if self.kind == "district" else department) in self.codes


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of some days of the week; `since` and `until` are ISO dates, or month and day of every year."""

    scope: Scope
    since: str
    until: str
    days: frozenset[int]
    spans: tuple[Span, ...]

    @property
    def rank(self) -> tuple[bool, int, str]:
        return _is_dated(self.since), _SCOPES.index(self.scope.kind), self.since

    def holds_on(self, day: date) -> bool:
        if day.weekday() not in self.days:
            return False
        today = day.isoformat() if _is_dated(self.since) else day.isoformat()[5:]
        if self.since <= self.until:
            return self.since <= today <= self.until
        return today >= self.since or today <= self.until  # winter goes over New Year


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """Days that are closed, or worked although others are closed."""

    kind: str
    scope: Scope
    since: date
    until: date


@dataclass(frozen=True)
class Timetable:
    """All rows; a calendar for each office that has rows of its own."""

    hours: tuple[Hours, ...]
    days: tuple[SpecialDay, ...]
    _calendars: dict[tuple[tuple[Hours, ...], tuple[SpecialDay, ...]], Calendar] = field(
        default_factory=dict, repr=False, compare=False
    )
    _known: dict[tuple[str, str], Calendar] = field(default_factory=dict, repr=False, compare=False)

    def calendar(self, department: str = "", district: str = "") -> Calendar:
        """The calendar of a department in a district. Offices with the same rows share one."""
        if (department, district) not in self._known:
            hours = tuple(row for row in self.hours if row.scope.covers(department, district))
            days = tuple(row for row in self.days if row.scope.covers(department, district))
            shared = self._calendars.setdefault((hours, days), _build(hours, days))
            self._known[department, district] = shared
        return self._known[department, district]

    def covers_until(self) -> date | None:
        """The last holiday that is known; None where none is. After it only weekends and hours are reckoned with."""
        return max((row.until for row in self.days if row.kind in {"holiday", "religious"}), default=None)


def read_timetable(hours: Iterable[Row], days: Iterable[Row]) -> Timetable:
    """From the rows of the two files. Raises ValueError, with the row's code, where one cannot be read."""
    return Timetable(_read_all("hours.csv", hours, _read_hours), _read_all("calendar.csv", days, _read_day))


def warning(timetable: Timetable, today: date) -> str:
    """A sentence for the operator where the holidays end within sixty days, else empty."""
    last = timetable.covers_until()
    if last and last - today > WARN_AHEAD:
        return ""
    end = f"end on {last}" if last else "are missing"
    return f"the calendar's holidays {end}: add the next year's to calendar.csv and its Ramadan to hours.csv"


def _build(hours: Sequence[Hours], days: Sequence[SpecialDay]) -> Calendar:
    ranked = sorted(hours, key=lambda row: row.rank, reverse=True)

    def spans_on(day: date) -> tuple[Span, ...]:
        kinds = {row.kind for row in days if row.since <= day <= row.until}
        if kinds and "working" not in kinds:
            return ()
        return next((row.spans for row in ranked if row.holds_on(day)), ())

    return Calendar(spans_on)


def _read_all(file: str, rows: Iterable[Row], read: Callable[[Row], _Read]) -> tuple[_Read, ...]:
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except ValueError as error:
            raise ValueError(f"{file}, {row['code']}: {error}") from error
    return tuple(found)


def _read_hours(row: Row) -> Hours:
    spans = tuple(map(_read_span, row["open"].split("|"))) if row["open"] else ()
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        raise ValueError(f"{row['open']!r} is not in order")
    since, until = _read_bounds(row["since"], row["until"])
    days = frozenset(WEEK.index(day) for day in row["days"].split("|"))
    return Hours(Scope.read(row["scope"]), since, until, days, spans)


def _read_day(row: Row) -> SpecialDay:
    if row["kind"] not in KINDS:
        raise ValueError(f"the kind {row['kind']!r} is none of {', '.join(sorted(KINDS))}")
    since, until = date.fromisoformat(row["since"]), date.fromisoformat(row["until"])
    if until < since:
        raise ValueError(f"it ends on {until}, before it begins")
    return SpecialDay(row["kind"], Scope.read(row["scope"]), since, until)


def _read_bounds(since: str, until: str) -> tuple[str, str]:
    for bound in (since, until):
        date.fromisoformat(bound if _is_dated(bound) else f"2028-{bound}")  # a leap year has every month and day
    if _is_dated(since) != _is_dated(until) or (_is_dated(since) and until < since):
        raise ValueError(f"{since} to {until} is no stretch of days")
    return since, until


def _read_span(cell: str) -> Span:
    found = _SPAN.fullmatch(cell)
    if not found:
        raise ValueError(f"{cell!r} is not like 08:30-16:00")
    opens, closes = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
    if not opens < closes <= DAY_MINUTES:
        raise ValueError(f"{cell!r} does not end after it begins")
    return opens, closes


def _is_dated(bound: str) -> bool:
    return len(bound) == len("2027-02-09")

"""Working time: whether an office is open, how much work lies between two instants, and where a stretch of it ends.

Instants are aware, in and out; out is UTC. Days are those of Asia/Karachi. Reckoned in whole microseconds, so that adding
and measuring agree exactly.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from bot.clock import KARACHI

Span = tuple[int, int]
"""An opening and a closing, in minutes since the day's midnight; a day ends at 1440."""
DAY_MINUTES = 1440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MINUTE = 60_000_000
_YEARS_AHEAD = 20
"""A timetable that never opens is a mistake in the data, and must not be looked through for ever."""


class NeverOpenError(ValueError):
    """The timetable has no open hour in twenty years: a mistake in its rows."""


@dataclass(frozen=True, slots=True)
class _Year:
    """The open spans of one year in ticks since 1970: `done` is the work done when a span ends, all since New Year."""

    begins: Sequence[int]
    ends: Sequence[int]
    done: Sequence[int]
    midnights: Sequence[int]
    closings: Sequence[int]
    """The working days of the year: where each begins, and when its office closes."""

    def worked(self, tick: int) -> int:
        """The work of this year that is over at `tick`."""
        n = bisect_right(self.begins, tick) - 1
        return self.done[n] - max(self.ends[n] - tick, 0) if n >= 0 else 0

    @property
    def total(self) -> int:
        return self.done[-1] if self.done else 0

    def is_open(self, tick: int) -> bool:
        n = bisect_right(self.begins, tick) - 1
        return n >= 0 and tick < self.ends[n]


@dataclass(frozen=True)
class Calendar:
    """When one office works; `spans_on` gives a day's opening hours, in order, empty where it is closed."""

    spans_on: Callable[[date], Sequence[Span]]
    _years: dict[int, _Year] = field(default_factory=dict, repr=False, compare=False)

    def is_open(self, at: datetime) -> bool:
        """Whether the office works at `at`; it does at the instant of opening and no longer at that of closing."""
        return self._year(_year_of(at)).is_open(_tick(at))

    def is_working_day(self, at: datetime) -> bool:
        """Whether the day of `at` in Karachi has any working hours."""
        return bool(self.spans_on(at.astimezone(KARACHI).date()))

    def between(self, first: datetime, last: datetime) -> timedelta:
        """The working time from `first` to `last`; negative where `last` is the earlier."""
        if last < first:
            return -self.between(last, first)
        began, ended = _year_of(first), _year_of(last)
        whole = sum(self._year(year).total for year in range(began, ended))
        return (whole + self._year(ended).worked(_tick(last)) - self._year(began).worked(_tick(first))) * _TICK

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The first instant at which `working` has been worked since `start`: the closing rather than the next opening.

        Of no work at all the result is `start`, or the next opening. Raises ValueError on a negative stretch, NeverOpenError
        where the timetable has no hours.
        """
        if working < timedelta(0):
            raise ValueError(f"cannot work {working}: a stretch of work is not negative")
        if not working:
            return start.astimezone(UTC) if self.is_open(start) else self._next_opening(start)
        began = _year_of(start)
        target = self._year(began).worked(_tick(start)) + working // _TICK
        for number in range(began, began + _YEARS_AHEAD):
            year = self._year(number)
            if target <= year.total:
                n = bisect_left(year.done, target)
                return _instant(year.ends[n] - (year.done[n] - target))
            target -= year.total
        raise NeverOpenError(f"{working} of work do not fit into the {_YEARS_AHEAD} years from {began}")

    def after_days(self, start: datetime, days: int) -> datetime:
        """The closing of the `days`th working day (1 or more) after the day of `start`, which itself does not count."""
        if days < 1:
            raise ValueError(f"cannot end after {days} working days: one is the least")
        began = _year_of(start)
        left = bisect_right(self._year(began).midnights, _tick(start)) + days - 1
        for number in range(began, began + _YEARS_AHEAD):
            closings = self._year(number).closings
            if left < len(closings):
                return _instant(closings[left])
            left -= len(closings)
        raise NeverOpenError(f"there are no {days} working days in the {_YEARS_AHEAD} years from {began}")

    def _next_opening(self, at: datetime) -> datetime:
        began = _year_of(at)
        for number in range(began, began + _YEARS_AHEAD):
            begins = self._year(number).begins
            n = bisect_left(begins, _tick(at))
            if n < len(begins):
                return _instant(begins[n])
        raise NeverOpenError(f"the office does not open in the {_YEARS_AHEAD} years from {began}")

    def _year(self, number: int) -> _Year:
        if number not in self._years:
            self._years[number] = _reckon(number, self.spans_on)
        return self._years[number]


ROUND_THE_CLOCK = Calendar(lambda _: ((0, DAY_MINUTES),))
"""For what cannot wait for an office to open."""


def _reckon(number: int, spans_on: Callable[[date], Sequence[Span]]) -> _Year:
    begins, ends, midnights, closings = [], [], [], []
    day, new_year = date(number, 1, 1), date(number + 1, 1, 1)
    while day < new_year:
        midnight = _tick(datetime(day.year, day.month, day.day, tzinfo=KARACHI))
        spans = [(midnight + opens * _MINUTE, midnight + closes * _MINUTE) for opens, closes in spans_on(day)]
        begins += [opens for opens, _ in spans]
        ends += [closes for _, closes in spans]
        if spans:
            midnights.append(midnight)
            closings.append(spans[-1][1])
        day += timedelta(days=1)
    done = list(accumulate(closes - opens for opens, closes in zip(begins, ends, strict=True)))
    return _Year(begins, ends, done, midnights, closings)


def _tick(at: datetime) -> int:
    return (at - _EPOCH) // _TICK


def _instant(tick: int) -> datetime:
    return _EPOCH + tick * _TICK


def _year_of(at: datetime) -> int:
    return at.astimezone(KARACHI).year

"""The rules of time as one value: calendars, limits, the ladder of each department and district, patience.

The ladder (`bot/data/ladder.csv`): a row is a rung, an empty cell means any; the one naming the department wins over the
one naming the district. Rung 0 is the desk that has the ticket; the last one is the chief secretary's cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.calendar import ROUND_THE_CLOCK, Calendar
from bot.deadlines import due
from bot.limits import CLOCK, Limit, Limits, Measure, Patience, Patiences, read_limits, read_patience
from bot.timetable import Timetable, read_timetable

Row = Mapping[str, str]
KINDS = ("hours", "calendar", "limits", "ladder", "patience")
"""The files of rules in `bot/data`; the categories of the directory are the sixth."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is asked on a level: `role` a key for words, `to` the department whose desk it is, empty the ticket's own.

    Measures are of the time the level has, on the ticket's own calendar: how long before its end the desk is warned and
    the citizen told that it will be late, how long after it the ticket goes up, and after how much of it somebody is told
    that nobody has taken it.
    """

    department: str
    district: str
    level: int
    role: str
    to: str
    warn_before: Measure
    interim_before: Measure
    escalate_after: Measure
    unassigned_after: Measure


@dataclass(frozen=True, slots=True)
class Ladder:
    rungs: Sequence[Rung]
    top: int

    def rung(self, department: str, district: str, level: int) -> Rung:
        """The rung of a level; above the top, the top."""
        level = min(level, self.top)
        fitting = (
            rung
            for rung in self.rungs
            if rung.level == level and rung.department in ("", department) and rung.district in ("", district)
        )
        return max(fitting, key=lambda rung: (bool(rung.department), bool(rung.district)))


@dataclass(frozen=True)
class Rules:
    timetable: Timetable
    limits: Limits
    ladder: Ladder
    patiences: Patiences

    def calendar(self, category: str, department: str, district: str, level: int = 0) -> Calendar:
        """The calendar a ticket's time runs on: the office's, or the clock where it cannot wait for the office."""
        if self.limits.of(category, department, level).basis == CLOCK:
            return ROUND_THE_CLOCK
        return self.timetable.calendar(department, district)

    def limit(self, category: str, department: str, level: int = 0) -> Limit:
        return self.limits.of(category, department, level)

    def deadline(self, start: datetime, category: str, department: str, district: str, level: int = 0) -> datetime:
        """Until when a department has a ticket on a level that begins at `start`; for a question the category is QUESTION."""
        calendar = self.calendar(category, department, district, level)
        return due(start, self.limits.of(category, department, level), calendar)

    def patience(self, category: str, department: str) -> Patience:
        return self.patiences.of(category, self.limits.of(category, department).basis)


def read_rules(rows: Mapping[str, Sequence[Row]]) -> Rules:
    """From rows by kind: those of KINDS, and `categories`. Raises ValueError where one cannot be read."""
    return Rules(
        read_timetable(rows["hours"], rows["calendar"]),
        read_limits(rows["limits"], rows["categories"]),
        read_ladder(rows["ladder"]),
        read_patience(rows["patience"]),
    )


def read_ladder(rows: Iterable[Row]) -> Ladder:
    """From the rows of `ladder.csv`. Raises ValueError where a level between 0 and the top has no rung for everybody."""
    rungs = [_read_rung(row) for row in rows]
    general = sorted(rung.level for rung in rungs if not rung.department and not rung.district)
    levels = range(max((rung.level for rung in rungs), default=0) + 1)
    if general != list(levels):
        raise ValueError(f"ladder.csv: the levels for everybody are {general}, not one each of {list(levels)}")
    return Ladder(rungs, levels[-1])


def _read_rung(row: Row) -> Rung:
    names = ("warn_before", "interim_before", "escalate_after", "unassigned_after")
    try:
        measures = [Measure.read(row[name]) for name in names]
        place = (row["department"], row["district"], int(row["level"]), row["role"], row["to_department"])
        return Rung(*place, *measures)
    except ValueError as error:
        raise ValueError(f"ladder.csv, {row['code']}: {error}") from error

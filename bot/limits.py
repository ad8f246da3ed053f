"""How long each level has, per category and department, and how patient the service is with citizens: rows, not code.

A category's `sla_hours` count as its `basis` says. `clock`: hours that run day and night, for what is due within a day or
is urgent. `working`: 24 hours are one working day; the limit ends with the last of them, at the office's closing.

Limits (`bot/data/limits.csv`): an empty cell means any; of the rows that fit the one naming the category wins, then the
department, then the level. `limit` is a share of the category's hours (`50%`) or hours of its own (`120h`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

Row = Mapping[str, str]
FALLBACK_CATEGORY = "other"
"""What is about none of the categories; a person sorts it."""
CLOCK, WORKING = "clock", "working"
BASES = (CLOCK, WORKING)
QUESTION = "question"
"""Stands for the category where a department answers a question and nobody complains."""
DAY_HOURS = 24
_PRESSING = ("urgent", "emergency")
_MEASURE = re.compile(r"(\d+)(%|h)")


@dataclass(frozen=True, slots=True)
class Measure:
    """A share of something in per cent, or hours whatever that is."""

    number: int
    is_share: bool

    @classmethod
    def read(cls, cell: str) -> "Measure":
        """From `25%` or `8h`. Raises ValueError on anything else."""
        found = _MEASURE.fullmatch(cell)
        if not found:
            raise ValueError(f"{cell!r} is neither a share like 25% nor hours like 8h")
        return cls(int(found[1]), found[2] == "%")

    def of(self, whole: timedelta) -> timedelta:
        return whole * self.number // 100 if self.is_share else timedelta(hours=self.number)


_WHOLE = Measure(100, is_share=True)


@dataclass(frozen=True, slots=True)
class Limit:
    """`hours` (1 or more) counted as `basis` says; `sla_basis` is where they come from, `certainty` how sure that is."""

    hours: int
    basis: str
    sla_basis: str
    certainty: str

    @property
    def days(self) -> int:
        """The working days these hours stand for, a day begun counting as a day."""
        return -(-self.hours // DAY_HOURS)


@dataclass(frozen=True, slots=True)
class LimitRow:
    category: str
    department: str
    level: str
    measure: Measure
    basis: str
    sla_basis: str
    certainty: str

    def fits(self, category: str, department: str, level: int) -> bool:
        asked = (category, department, str(level))
        return all(cell in ("", value) for cell, value in zip(self._cells, asked, strict=True))

    @property
    def rank(self) -> tuple[bool, ...]:
        return tuple(map(bool, self._cells))

    @property
    def _cells(self) -> tuple[str, str, str]:
        return self.category, self.department, self.level


@dataclass(frozen=True, slots=True)
class Limits:
    rows: Sequence[LimitRow]
    categories: Mapping[str, Limit]

    def of(self, category: str, department: str, level: int = 0) -> Limit:
        """The limit of a level. An unknown category has that of `other`; a level no row speaks of has the whole time."""
        own = self.categories.get(category) or self.categories[FALLBACK_CATEGORY]
        fitting = [row for row in self.rows if row.fits(category, department, level)]
        if not fitting:
            return own
        row = max(fitting, key=lambda row: row.rank)
        hours = -(-row.measure.of(timedelta(hours=own.hours)) // timedelta(hours=1))
        told = own if row.measure == _WHOLE else row  # who leaves the time as it is says nothing of where it is from
        return Limit(max(hours, 1), row.basis or own.basis, told.sla_basis, told.certainty)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the verdict on an answer is waited for, and what a paused ticket has at least when it runs again."""

    remind: timedelta
    lapse: timedelta
    least: timedelta


@dataclass(frozen=True, slots=True)
class Patiences:
    by_basis: Mapping[str, Patience]
    by_category: Mapping[str, Patience]

    def of(self, category: str, basis: str) -> Patience:
        return self.by_category.get(category) or self.by_basis[basis]


def basis_of(hours: int, priority: str) -> str:
    """How a category's hours count where its row does not say: by the clock within a day or when urgent."""
    return CLOCK if hours <= DAY_HOURS or priority in _PRESSING else WORKING


def read_limits(rows: Iterable[Row], categories: Iterable[Row]) -> Limits:
    """From the rows of `limits.csv` and the directory's categories. Raises ValueError where a cell cannot be read."""
    return Limits([_read_row(row) for row in rows], {row["code"]: _read_category(row) for row in categories})


def read_patience(rows: Iterable[Row]) -> Patiences:
    """From `patience.csv`: a row for each basis, and for categories that differ."""
    by_basis, by_category = {}, {}
    for row in rows:
        remind, lapse = (timedelta(days=int(row[f"{name}_days"])) for name in ("remind", "lapse"))
        if not timedelta(0) < remind < lapse:
            raise ValueError(f"patience.csv, {row['code']}: a verdict lapses after the reminder")
        known = Patience(remind, lapse, timedelta(hours=int(row["least_hours"])))
        if row["category"]:
            by_category[row["category"]] = known
        else:
            by_basis[row["basis"]] = known
    return Patiences(by_basis, by_category)


def _read_row(row: Row) -> LimitRow:
    if row["basis"] not in ("", *BASES):
        raise ValueError(f"limits.csv, {row['code']}: the basis {row['basis']!r} is none of {', '.join(BASES)}")
    measure = Measure.read(row["limit"])
    cells = (row["category"], row["department"], row["level"])
    return LimitRow(*cells, measure, row["basis"], row["sla_basis"], row["certainty"])


def _read_category(row: Row) -> Limit:
    hours = int(row["sla_hours"])
    basis = row.get("basis") or basis_of(hours, row["priority"])
    return Limit(max(hours, 1), basis, row.get("sla_basis", ""), row.get("certainty", ""))

"""How well messages are read: labelled rows against what was read, as shares, counts and a list of misses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.text.reading import Reading

Row = Mapping[str, str]
NO_PLACE = "-"
SCORED_INTENTS = ("complaint", "emergency")
"""A category is scored on rows that complain."""


@dataclass
class Tally:
    """Right and asked, for one measure."""

    right: int = 0
    asked: int = 0

    def add(self, is_right: bool) -> bool:
        self.right += is_right
        self.asked += 1
        return is_right

    @property
    def share(self) -> float | None:
        return self.right / self.asked if self.asked else None


MEASURES = (
    "language",
    "language_few",
    "intent",
    "category_top1",
    "category_top3",
    "district_named",
    "district_none",
    "tehsil",
)


@dataclass
class Score:
    """All measures over some rows."""

    rows: int = 0
    tallies: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in MEASURES})
    invented_places: int = 0
    false_optouts: int = 0
    missed_optouts: int = 0
    emergencies: Tally = field(default_factory=Tally)

    def figures(self) -> dict[str, Any]:
        shares = {name: tally.share for name, tally in self.tallies.items()}
        counts = {
            "invented_places": self.invented_places,
            "false_optouts": self.false_optouts,
            "missed_optouts": self.missed_optouts,
        }
        return {"rows": self.rows, **shares, **counts, "emergencies": self.emergencies.share}


FEW_WORDS = (3, 4)
"""Messages so short tell least of their language, and are measured by themselves too."""


def parse_rows(text: str) -> list[Row]:
    """The rows of a tab-separated text with a header; no quoting, a literal `\\n` is a line break. Raises ValueError without
    a `text` column."""
    lines = [line for line in text.splitlines() if line.strip()]
    header = lines[0].split("\t") if lines else []
    if "text" not in header:
        raise ValueError(f"the first line names no column `text` but: {', '.join(header) or 'nothing'}")
    rows = [dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:]]
    return [{**row, "text": row.get("text", "").replace("\\n", "\n")} for row in rows]


def parse_lines(text: str, way: str) -> list[Row]:
    """Rows of one way of writing out of `source TAB text` lines without a header."""
    return [{"text": line.split("\t", 1)[-1], "language": way} for line in text.splitlines() if line.strip()]


def evaluate(rows: Iterable[Row], read: Callable[[str], Reading]) -> dict[str, Any]:
    """Figures over all rows and by way of writing, confusion of languages and intents, and every miss."""
    total, misses = Score(), []
    by_language: dict[str, Score] = {}
    confusion: dict[str, dict[str, int]] = {}
    for number, row in enumerate(rows, 1):
        reading = read(row["text"])
        scores = [total, by_language.setdefault(row.get("language", ""), Score())]
        for column, expected, got in _judge(row, reading, scores):
            misses.append({"row": number, "column": column, "expected": expected, "got": got, "text": row["text"]})
            if column in ("language", "intent"):
                pair = confusion.setdefault(column, {})
                pair[f"{expected} -> {got}"] = pair.get(f"{expected} -> {got}", 0) + 1
    ways = {code: score.figures() for code, score in by_language.items() if code}
    return {**total.figures(), "by_language": ways, "confusion": confusion, "misses": misses}


def _judge(row: Row, reading: Reading, scores: Sequence[Score]) -> list[tuple[str, str, str]]:
    """Adds a row to the scores; its misses as (column, expected, got)."""
    for score in scores:
        score.rows += 1
    misses = [*_simple(row, reading, scores), *_category(row, reading, scores), *_place(row, reading, scores)]
    wanted, got = row.get("intent", ""), reading.intent
    for score in scores:
        score.false_optouts += bool(wanted) and "opt_out" not in wanted.split("|") and got == "opt_out"
        score.missed_optouts += wanted == "opt_out" and got != "opt_out"
        if wanted == "emergency":
            score.emergencies.add(got == "emergency")
    return misses


def _simple(row: Row, reading: Reading, scores: Sequence[Score]) -> list[tuple[str, str, str]]:
    misses = []
    way = row.get("language", "")
    if way and len(row["text"].split()) in FEW_WORDS:
        _add(scores, "language_few", reading.way in way.split("|"))
    for column, got in (("language", reading.way), ("intent", reading.intent)):
        expected = row.get(column, "")
        if expected and not _add(scores, column, got in expected.split("|")):
            misses.append((column, expected, got))
    return misses


def _category(row: Row, reading: Reading, scores: Sequence[Score]) -> list[tuple[str, str, str]]:
    expected = row.get("category", "")
    if not expected or not set(row.get("intent", "").split("|")) & set(SCORED_INTENTS):
        return []
    right = expected.split("|")
    _add(scores, "category_top3", any(code in right for code in reading.categories))
    if _add(scores, "category_top1", bool(reading.categories) and reading.categories[0] in right):
        return []
    return [("category", expected, " ".join(reading.categories))]


def _place(row: Row, reading: Reading, scores: Sequence[Score]) -> list[tuple[str, str, str]]:
    if "district" not in row:  # labelled for its language alone
        return []
    district = reading.place.district if reading.place else NO_PLACE
    expected = [code or NO_PLACE for code in (row.get("district", "") or NO_PLACE).split("|")]
    is_none = expected == [NO_PLACE]
    misses = []
    if not _add(scores, "district_none" if is_none else "district_named", district in expected):
        misses.append(("district", "|".join(expected), district))
        for score in scores:
            score.invented_places += is_none
    wanted = row.get("tehsil", "")
    tehsil = (reading.place.tehsil if reading.place else "") or NO_PLACE
    if wanted and not _add(scores, "tehsil", tehsil in wanted.split("|")):
        misses.append(("tehsil", wanted, tehsil))
    return misses


def _add(scores: Sequence[Score], measure: str, is_right: bool) -> bool:
    for score in scores:
        score.tallies[measure].add(is_right)
    return is_right

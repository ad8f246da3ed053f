"""The labelled messages are whole: codes resolve, everything promised is there, and the kept part is not a copy of the other."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from bot.evaluation import parse_rows
from bot.text.fold import fold
from bot.tickets import read_number

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "tests" / "data" / "messages.tsv").read_text(encoding="utf-8")
HEADER = ["part", "text", "language", "intent", "category", "district", "tehsil", "kind"]
ROWS = parse_rows(TEXT)
WAYS = {"en": 150, "ur": 250, "ur_Latn": 250, "bal": 110, "bal_Latn": 80, "ps": 5, "sd": 3, "fa": 3}
INTENTS = [
    "complaint", "service", "track", "opt_out", "opt_in", "help", "language", "greeting", "thanks", "yes", "no", "emergency",
    "abuse", "other",
]  # fmt: skip
ARABIC = re.compile("[\u0600-\u06ff]")
MOBILE = re.compile(r"(?:\+?92|0092|\b0)\s?-?3\d\d[\s-]?\d{3,4}[\s-]?\d{3,4}")
CNIC = re.compile(r"\d{5}-\d{7}-\d")


def codes(name):
    with (ROOT / "bot" / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file) if row.get("status", "active") == "active"}


CATEGORIES, DISTRICTS, TEHSILS = codes("categories"), codes("districts"), codes("tehsils")


def either(row, column):
    """The codes of a cell; none for an empty one and for `-`."""
    return {code for code in row[column].split("|") if code not in ("", "-")}


def count(column, rows=ROWS):
    return Counter(code for row in rows for code in either(row, column))


def test_every_line_has_the_columns_of_the_header():
    lines = TEXT.removesuffix("\n").split("\n")
    assert lines[0].split("\t") == HEADER
    assert {len(line.split("\t")) for line in lines} == {len(HEADER)}
    assert len(ROWS) == len(lines) - 1 >= 850
    assert all(row["text"].strip() and row["kind"] for row in ROWS)


def test_codes_resolve():
    assert set(count("part")) == {"build", "kept"}
    assert set(count("language")) == set(WAYS)
    assert set(count("intent")) == set(INTENTS)
    assert set(count("category")) == set(CATEGORIES)
    assert set(count("district")) == set(DISTRICTS)
    assert set(count("tehsil")) <= set(TEHSILS)
    for row in ROWS:
        assert {TEHSILS[code]["district"] for code in either(row, "tehsil")} <= either(row, "district"), row
        assert bool(either(row, "category")) == bool(either(row, "intent") & {"complaint", "emergency"}), row


def test_counts_are_as_promised():
    assert count("language") >= Counter(WAYS)
    assert min(count("intent").values()) >= 12
    assert count("intent")["complaint"] / len(ROWS) > 0.55
    assert min(count("category").values()) >= 6
    assert min(count("district").values()) >= 5
    assert len(count("tehsil")) >= 60
    assert sum(not either(row, "district") for row in ROWS) >= 150
    promised = {"opt-out": 25, "opt-out-trap": 30, "place-trap": 40, "emergency": 40, "outside-province": 8}
    assert count("kind") >= Counter(promised)
    assert sum(row["intent"] == "track" and read_number(fold(row["text"])) is not None for row in ROWS) >= 25


@pytest.mark.parametrize("column", ["category", "district"])
def test_every_code_is_written_in_several_ways(column):
    for code in count(column):
        rows = [row for row in ROWS if code in either(row, column)]
        assert len(count("language", rows)) >= 3, code
        assert {bool(ARABIC.search(row["text"])) for row in rows} == {True, False}, code


def test_the_kept_part_covers_everything_and_repeats_nothing():
    kept = [row for row in ROWS if row["part"] == "kept"]
    assert 0.35 < len(kept) / len(ROWS) < 0.45
    for column in ("language", "intent", "category", "district"):
        assert set(count(column, kept)) == set(count(column)), column
    assert max(Counter(fold(row["text"]) for row in ROWS).values()) == 1


def test_nobody_real_is_named_by_number():
    text = "".join(str(int(char)) if char.isdecimal() else char for char in TEXT)
    numbers = [re.sub(r"\D", "", found) for found in MOBILE.findall(text)]
    assert numbers
    assert all(number.startswith("923000000") for number in numbers)
    assert set(CNIC.findall(text)) == {"54400-0000000-0"}

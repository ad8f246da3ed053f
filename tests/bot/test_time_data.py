"""The rules of time as the project ships them: every code exists, every row says where it is from and how sure it is."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.services.setup import shipped_rows
from bot.timetable import KINDS, Scope, read_timetable

DATA = Path(__file__).parents[2] / "bot" / "data"
NAMES = ["calendar", "hours"]
FIXED = {"02-05", "03-23", "05-01", "05-28", "08-14", "11-09", "12-25"}
MOON_DAYS = {"Eid ul Fitr": 3, "Eid ul Azha": 3, "Ashura": 2, "Eid Milad-un-Nabi": 1}


def codes(name: str) -> set[str]:
    return {row["code"] for row in shipped_rows(name)}


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_whole_and_told_apart(name: str) -> None:
    rows = shipped_rows(name)
    assert rows
    assert not [code for code, count in Counter(row["code"] for row in rows).items() if count > 1]
    raw = (DATA / f"{name}.csv").read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    for row in rows:
        assert None not in row.values(), row["code"]
        assert all(cell == cell.strip() for cell in row.values()), row["code"]


@pytest.mark.parametrize("name", NAMES)
def test_every_row_says_where_it_is_from_and_how_sure_it_is(name: str) -> None:
    for row in shipped_rows(name):
        assert row.get("source") or row.get("sla_basis"), row["code"]
        assert re.fullmatch(r"(sure|unsure|guess)(; .+)?", row["certainty"]), row["code"]


@pytest.mark.parametrize("name", ["calendar", "hours"])
def test_scopes_name_what_exists(name: str) -> None:
    known = {"": set(), "department": codes("departments"), "district": codes("districts")}
    for row in shipped_rows(name):
        scope = Scope.read(row["scope"])
        assert scope.codes <= known[scope.kind], row["code"]


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_each_year_has_all_the_holidays(year: int) -> None:
    rows = [row for row in shipped_rows("calendar") if row["since"].startswith(str(year))]
    assert {row["since"][5:] for row in rows if row["kind"] == "holiday"} == FIXED
    for name, least in MOON_DAYS.items():
        (row,) = [row for row in rows if row["name"] == name]
        length = (date.fromisoformat(row["until"]) - date.fromisoformat(row["since"])).days + 1
        assert least <= length <= least + 1, row["code"]


def test_what_the_moon_decides_is_never_sure() -> None:
    moon = [row for row in shipped_rows("calendar") if row["kind"] == "religious"]
    moon += [row for row in shipped_rows("hours") if row["code"].startswith("ramadan")]
    assert len(moon) == 12 + 12
    assert {row["certainty"].split(";")[0] for row in moon} == {"guess"}
    assert {row["kind"] for row in shipped_rows("calendar")} <= KINDS


@pytest.mark.parametrize("year", [2027, 2028])
def test_ramadan_ends_where_eid_begins(year: int) -> None:
    ends = {row["until"] for row in shipped_rows("hours") if row["code"].startswith(f"ramadan_{year}")}
    (eid,) = [row["since"] for row in shipped_rows("calendar") if row["code"] == f"eid_ul_fitr_{year}"]
    assert {date.fromisoformat(end) + timedelta(days=1) for end in ends} == {date.fromisoformat(eid)}
    begins = {row["since"] for row in shipped_rows("hours") if row["code"].startswith(f"ramadan_{year}")}
    assert (date.fromisoformat(eid) - date.fromisoformat(begins.pop())).days in {29, 30}
    assert not begins


def test_no_weekday_of_any_season_is_left_without_hours() -> None:
    timetable = read_timetable(shipped_rows("hours"), [])
    day, open_days = date(2026, 6, 1), 0
    while day < date(2029, 6, 1):
        for department in codes("departments"):
            spans = timetable.calendar(department).spans_on(day)
            assert bool(spans) == (day.weekday() < 5 or (day.weekday() == 5 and department in {"HLT", "SED", "HED"}))
            assert all(480 <= opens < closes <= 960 for opens, closes in spans)
            open_days += bool(spans)
        day += timedelta(days=1)
    assert open_days > 100_000 / 3

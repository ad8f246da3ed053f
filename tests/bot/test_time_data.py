"""The rules of time as the project ships them: every code exists, every row says where it is from and how sure it is."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import rules
from bot.limits import BASES, QUESTION, basis_of
from bot.rules import read_rules
from bot.services.setup import shipped_rows
from bot.timetable import KINDS, Scope, read_timetable

DATA = Path(__file__).parents[2] / "bot" / "data"
NAMES = ["calendar", "hours", "limits", "ladder", "patience"]
RULES = read_rules({kind: shipped_rows(kind) for kind in (*rules.KINDS, "categories")})
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


@pytest.mark.parametrize("name", ["limits", "ladder", "patience"])
def test_rules_name_categories_departments_and_districts_that_exist(name: str) -> None:
    known = {"category": codes("categories") | {QUESTION}, "department": codes("departments"),
             "to_department": codes("departments"), "district": codes("districts"), "level": set("0123"),
             "basis": set(BASES)}  # fmt: skip
    for row in shipped_rows(name):
        assert all(row.get(column, "") in {"", *found} for column, found in known.items()), row["code"]


def test_every_category_says_how_its_hours_count_and_as_the_rule_has_it() -> None:
    rows = shipped_rows("categories")
    assert {row["code"]: row["basis"] for row in rows} == {
        row["code"]: basis_of(int(row["sla_hours"]), row["priority"]) for row in rows
    }
    assert {row["basis"] for row in rows} == set(BASES)


def test_every_category_of_every_department_has_a_limit_and_a_source_on_every_level() -> None:
    for category in [*codes("categories"), QUESTION]:
        for level in range(4):
            limit = RULES.limit(category, "PHED", level)
            assert 1 <= limit.hours <= 720, category
            assert limit.basis in BASES
            assert limit.sla_basis, category
            assert re.match(r"(sure|unsure|guess)\b", limit.certainty), category


def test_the_first_level_has_the_hours_the_category_says() -> None:
    for row in shipped_rows("categories"):
        assert RULES.limit(row["code"], row["department"]).hours == max(int(row["sla_hours"]), 1)


def test_every_ladder_ends_at_the_chief_secretary_or_above_his_own_department() -> None:
    assert RULES.ladder.top == 3
    for department in codes("departments"):
        for district in codes("districts"):
            roles = [RULES.ladder.rung(department, district, level).role for level in range(4)]
            assert len(set(roles)) == 4, (department, roles)
            assert roles[0] == "desk"
            assert roles[-1] == ("chief_minister" if department == "SGAD" else "chief_secretary")
            assert RULES.ladder.rung(department, district, 3).to not in {"", department}


def test_the_citizen_is_told_before_the_deadline_and_the_desk_before_the_citizen() -> None:
    for rung in RULES.ladder.rungs:
        assert rung.warn_before.is_share
        assert 0 < rung.interim_before.number < rung.warn_before.number < 100 - rung.unassigned_after.number

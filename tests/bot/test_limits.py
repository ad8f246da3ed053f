"""How long a level has: which row wins, how hours count, and how patient the service is."""

from datetime import timedelta

import pytest

from bot.limits import Limits, Measure, basis_of, read_limits, read_patience

CATEGORIES = [
    {"code": "water_none", "sla_hours": "72", "basis": "working", "priority": "high", "sla_basis": "proposed"},
    {"code": "gas_leak", "sla_hours": "1", "basis": "clock", "priority": "emergency", "sla_basis": "proposed"},
    {"code": "crime_now", "sla_hours": "0", "basis": "clock", "priority": "emergency", "sla_basis": "15 at once"},
    {"code": "other", "sla_hours": "168", "priority": "normal", "sla_basis": "a person sorts it"},
]


def row(limit: str, level: str = "", *, category: str = "", department: str = "", basis: str = "") -> dict[str, str]:
    cells = {"code": "r", "category": category, "department": department, "level": level, "limit": limit}
    return cells | {"basis": basis, "sla_basis": f"law of {limit}", "certainty": "sure"}


def limits(*rows: dict[str, str]) -> Limits:
    return read_limits(rows, CATEGORIES)


def test_the_row_that_names_the_category_wins_then_the_department_then_the_level() -> None:
    rows = [row("50%", "1"), row("40h", department="PHED"), row("30h", "1", department="PHED"),
            row("20h", category="water_none"), row("10h", "2", category="water_none", department="PHED")]  # fmt: skip
    for order in (rows, rows[::-1]):
        known = limits(*order)
        assert known.of("other", "HLT", 0).hours == 168
        assert known.of("other", "HLT", 1).hours == 84
        assert known.of("other", "PHED", 0).hours == 40
        assert known.of("other", "PHED", 1).hours == 30
        assert known.of("water_none", "PHED", 1).hours == 20
        assert known.of("water_none", "PHED", 2).hours == 10


def test_where_the_hours_come_from_travels_with_them() -> None:
    known = limits(row("100%", "0"), row("50%", "1"), row("2h", category="gas_leak"))
    assert known.of("water_none", "PHED").sla_basis == "proposed"
    assert known.of("water_none", "PHED", 1).sla_basis == "law of 50%"
    assert known.of("gas_leak", "SSGC").sla_basis == "law of 2h"
    assert known.of("gas_leak", "SSGC").certainty == "sure"


def test_the_basis_is_the_categorys_unless_a_row_says_otherwise() -> None:
    known = limits(row("100%"), row("100%", department="LG", basis="clock"))
    assert known.of("water_none", "PHED").basis == "working"
    assert known.of("gas_leak", "SSGC").basis == "clock"
    assert known.of("water_none", "LG").basis == "clock"


@pytest.mark.parametrize(
    ("hours", "priority", "basis"),
    [(24, "high", "clock"), (25, "high", "working"), (72, "urgent", "clock"), (720, "emergency", "clock"),
     (0, "normal", "clock"), (168, "low", "working")],
)  # fmt: skip
def test_a_category_without_a_basis_has_the_rules(hours: int, priority: str, basis: str) -> None:
    assert basis_of(hours, priority) == basis


def test_an_unknown_category_is_other_and_nothing_is_due_in_no_time() -> None:
    known = limits(row("1%"))
    assert limits().of("no_such", "PHED").hours == 168
    assert limits().of("crime_now", "POL").hours == 1
    assert known.of("water_none", "PHED").hours == 1
    assert known.of("other", "CMU").hours == 2  # 1.68 hours, a begun hour counting


@pytest.mark.parametrize(("hours", "days"), [(1, 1), (24, 1), (25, 2), (48, 2), (72, 3), (360, 15), (720, 30)])
def test_24_hours_are_one_working_day(hours: int, days: int) -> None:
    assert limits(row(f"{hours}h")).of("water_none", "PHED").days == days


@pytest.mark.parametrize("cell", ["", "25", "25 %", "-3h", "1d", "2.5h", "h"])
def test_a_measure_is_a_share_or_hours(cell: str) -> None:
    with pytest.raises(ValueError, match="neither a share"):
        Measure.read(cell)


def test_measures() -> None:
    assert Measure.read("25%").of(timedelta(hours=8)) == timedelta(hours=2)
    assert Measure.read("8h").of(timedelta(hours=1)) == timedelta(hours=8)


def test_an_unknown_basis_is_named() -> None:
    with pytest.raises(ValueError, match="none of clock, working"):
        limits(row("72h", basis="office"))


def test_patience_by_basis_and_by_category() -> None:
    cells = {"remind_days": "3", "lapse_days": "10", "least_hours": "4"}
    rows = [{"code": "a", "category": "", "basis": "clock", **cells},
            {"code": "b", "category": "rti", "basis": "", **cells, "lapse_days": "30"}]  # fmt: skip
    known = read_patience(rows)
    assert known.of("gas_leak", "clock").lapse == timedelta(days=10)
    assert known.of("rti", "clock").lapse == timedelta(days=30)
    with pytest.raises(ValueError, match="lapses after the reminder"):
        read_patience([{"code": "c", "category": "", "basis": "clock", **cells, "lapse_days": "3"}])

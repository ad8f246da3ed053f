"""The rows of hours and days: which one wins, whom it is for, and what the shipped ones say of days people know."""

from datetime import date, datetime, timedelta

import pytest

from bot.clock import KARACHI
from bot.services.setup import shipped_rows
from bot.timetable import Timetable, read_timetable, warning

SHIPPED = read_timetable(shipped_rows("hours"), shipped_rows("calendar"))


def hours(since: str, until: str, days: str, opening: str, scope: str = "") -> dict[str, str]:
    return {"code": "h", "scope": scope, "since": since, "until": until, "days": days, "open": opening}


def day(kind: str, since: str, until: str = "", scope: str = "") -> dict[str, str]:
    return {"code": "d", "kind": kind, "scope": scope, "since": since, "until": until or since}


def opening(timetable: Timetable, text: str, department: str = "PHED", district: str = "QTA") -> str:
    """The opening hours of a day as people write them."""
    spans = timetable.calendar(department, district).spans_on(date.fromisoformat(text))
    return " ".join(f"{a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for a, b in spans)


@pytest.mark.parametrize(
    ("day", "department", "hours"),
    [
        ("2026-11-23", "PHED", "8:30-13:30 14:00-16:00"),  # a Monday in winter
        ("2026-11-27", "PHED", "8:30-13:15 14:15-15:30"),  # a Friday: prayers
        ("2026-11-28", "PHED", ""),  # Saturday
        ("2026-11-28", "SED", "8:30-14:30"),  # where the week has six days
        ("2026-11-27", "HLT", "8:30-12:30"),
        ("2026-11-29", "HLT", ""),  # Sunday
        ("2026-11-09", "PHED", ""),  # Iqbal Day
        ("2026-07-06", "PHED", "8:00-13:30 14:00-16:00"),  # summer
        ("2027-04-14", "PHED", "8:30-13:30 14:00-16:00"),  # the last day of winter
        ("2027-04-15", "PHED", "8:00-13:30 14:00-16:00"),  # the first of summer
        ("2027-10-14", "PHED", "8:00-13:30 14:00-16:00"),
        ("2027-10-15", "PHED", "8:30-13:15 14:15-15:30"),  # a Friday
        ("2027-02-08", "PHED", "8:30-13:30 14:00-16:00"),
        ("2027-02-09", "PHED", "9:00-15:00"),  # Ramadan begins
        ("2027-02-12", "PHED", "9:00-13:00"),  # a Friday in it
        ("2027-02-13", "HLT", "9:00-14:00"),  # a Saturday in it
        ("2027-03-09", "PHED", "9:00-15:00"),  # its last day
        ("2027-03-10", "PHED", ""),  # Eid ul Fitr
        ("2027-03-12", "HLT", ""),
        ("2027-03-15", "PHED", "8:30-13:30 14:00-16:00"),
        ("2026-03-27", "PHED", ""),  # the Fridays that were saved in spring 2026
        ("2031-03-10", "PHED", "8:30-13:30 14:00-16:00"),  # beyond the table weekdays and seasons still hold
        ("2031-03-15", "PHED", ""),
    ],
)
def test_shipped_days(day: str, department: str, hours: str) -> None:
    assert opening(SHIPPED, day, department) == hours


def test_a_shutdown_closes_one_district_only() -> None:
    days = [*shipped_rows("calendar"), day("shutdown", "2026-11-24", "2026-11-25", "district:KCH|GWD")]
    timetable = read_timetable(shipped_rows("hours"), days)
    assert opening(timetable, "2026-11-24", district="KCH") == ""
    assert opening(timetable, "2026-11-26", district="KCH") != ""
    assert opening(timetable, "2026-11-24", district="QTA") != ""
    monday = datetime(2026, 11, 23, 10, tzinfo=KARACHI)
    ends = [timetable.calendar("PHED", district).after_days(monday, 1) for district in ("QTA", "GWD")]
    assert ends[1] - ends[0] == timedelta(days=2)


def test_a_department_may_work_on_a_holiday() -> None:
    always = hours("01-01", "12-31", "mon|tue|wed|thu|fri|sat|sun", "00:00-24:00", "department:RES")
    days = [day("holiday", "2026-12-25"), day("working", "2026-12-25", scope="department:RES")]
    timetable = read_timetable([*shipped_rows("hours"), always], days)
    assert opening(timetable, "2026-12-25", "RES") == "0:00-24:00"
    assert opening(timetable, "2026-12-25", "PHED") == ""


def test_given_years_win_over_every_year_then_departments_then_districts_then_the_newer() -> None:
    rows = [
        hours("01-01", "12-31", "mon", "08:00-09:00", "department:PHED"),
        hours("2026-01-01", "2026-12-31", "mon", "08:00-10:00"),
        hours("2026-06-01", "2026-12-31", "mon", "08:00-11:00"),
        hours("2026-01-01", "2026-12-31", "mon", "08:00-12:00", "district:QTA"),
        hours("2026-01-01", "2026-12-31", "mon", "08:00-13:00", "department:WASA"),
    ]
    for order in (rows, rows[::-1]):
        timetable = read_timetable(order, [])
        assert opening(timetable, "2027-11-22") == "8:00-9:00"
        assert opening(timetable, "2026-03-02", district="KCH") == "8:00-10:00"
        assert opening(timetable, "2026-11-23", district="KCH") == "8:00-11:00"
        assert opening(timetable, "2026-11-23", district="QTA") == "8:00-12:00"
        assert opening(timetable, "2026-11-23", "WASA", "QTA") == "8:00-13:00"


def test_offices_with_the_same_rows_share_a_calendar() -> None:
    assert SHIPPED.calendar("PHED", "QTA") is SHIPPED.calendar("WASA", "KCH")
    assert SHIPPED.calendar("HLT", "QTA") is not SHIPPED.calendar("PHED", "QTA")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (hours("10-15", "04-14", "mon", "8:30-16:00"), "not like 08:30-16:00"),
        (hours("10-15", "04-14", "mon", "16:00-08:30"), "does not end after it begins"),
        (hours("10-15", "04-14", "mon", "08:00-24:30"), "does not end after it begins"),
        (hours("10-15", "04-14", "mon", "08:00-12:00|11:00-13:00"), "not in order"),
        (hours("10-15", "2027-04-14", "mon", "08:30-16:00"), "no stretch of days"),
        (hours("2027-04-14", "2027-04-13", "mon", "08:30-16:00"), "no stretch of days"),
        (hours("02-30", "04-14", "mon", "08:30-16:00"), "hours.csv, h"),
        (hours("10-15", "04-14", "monday", "08:30-16:00"), "hours.csv, h"),
        (hours("10-15", "04-14", "mon", "08:30-16:00", "QTA"), "scope 'QTA'"),
        (hours("10-15", "04-14", "mon", "08:30-16:00", "district:"), "scope 'district:'"),
    ],
)
def test_a_wrong_row_of_hours_is_named(row: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_timetable([row], [])


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (day("feast", "2026-11-24"), "the kind 'feast'"),
        (day("holiday", "2026-11-24", "2026-11-23"), "before it begins"),
        (day("holiday", "24.11.2026"), "calendar.csv, d"),
        (day("holiday", "2026-11-24", scope="town:QTA"), "scope 'town:QTA'"),
    ],
)
def test_a_wrong_day_is_named(row: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_timetable([], [row])


def test_the_operator_is_warned_sixty_days_before_the_holidays_end() -> None:
    timetable = read_timetable([], [day("holiday", "2026-12-25"), day("shutdown", "2027-06-01")])
    assert timetable.covers_until() == date(2026, 12, 25)
    assert warning(timetable, date(2026, 10, 25)) == ""
    assert "end on 2026-12-25" in warning(timetable, date(2026, 10, 26))
    assert "end on 2026-12-25" in warning(timetable, date(2028, 1, 1))
    assert "are missing" in warning(read_timetable([], []), date(2026, 1, 1))

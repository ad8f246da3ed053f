"""Working time as a table of days and as rules that hold for every instant; written in Karachi's time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import ROUND_THE_CLOCK, Calendar, NeverOpenError
from bot.clock import KARACHI

WEEK = {**dict.fromkeys(range(4), ((510, 810), (840, 960))), 4: ((510, 795), (855, 930))}
HOLIDAYS = {date(2026, 12, 25), date(2027, 3, 10), date(2027, 3, 11), date(2027, 3, 12)}
OFFICE = Calendar(lambda day: () if day in HOLIDAYS else WEEK.get(day.weekday(), ()))
"""Mon-Thu 8:30-13:30 and 14:00-16:00 (7 h), Fri 8:30-13:15 and 14:15-15:30 (6 h)."""

INSTANTS = st.timedeltas(timedelta(0), timedelta(days=1150)).map(
    lambda since: datetime(2025, 12, 1, tzinfo=UTC) + since
)
WORK = st.timedeltas(timedelta(microseconds=1), timedelta(hours=900))
CALENDARS = st.sampled_from([OFFICE, ROUND_THE_CLOCK])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KARACHI).astimezone(UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("start", "work", "end"),
    [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"),  # Monday
        ("2026-11-23 13:00", 1, "2026-11-23 14:30"),  # over the lunch break
        ("2026-11-23 13:00", 0.5, "2026-11-23 13:30"),  # up to the break, not to its end
        ("2026-11-23 13:40", 1, "2026-11-23 15:00"),  # from within the break
        ("2026-11-27 13:00", 1, "2026-11-27 15:00"),  # Friday's prayers
        ("2026-11-27 15:00", 1, "2026-11-30 09:00"),  # over the weekend
        ("2026-11-28 12:00", 7, "2026-11-30 16:00"),  # from a Saturday: all of Monday, its closing
        ("2026-11-23 23:59", 7, "2026-11-24 16:00"),  # midnight is nothing special
        ("2026-11-24 00:00", 7, "2026-11-24 16:00"),
        ("2026-12-24 15:00", 2, "2026-12-28 09:30"),  # a long weekend: a Friday holiday
        ("2026-12-31 15:00", 2, "2027-01-01 09:30"),  # year end
        ("2027-03-09 15:30", 1, "2027-03-15 09:00"),  # Eid from Wednesday to Friday
    ],
)
def test_adding_work(start: str, work: float, end: str) -> None:
    assert OFFICE.add(at(start), hours(work)) == at(end)
    assert OFFICE.between(at(start), at(end)) == hours(work)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-23 09:00", 1, "2026-11-24 16:00"),
        ("2026-11-23 23:00", 1, "2026-11-24 16:00"),
        ("2026-11-24 00:00", 1, "2026-11-25 16:00"),
        ("2026-11-26 09:00", 1, "2026-11-27 15:30"),  # Friday closes earlier
        ("2026-11-28 09:00", 1, "2026-11-30 16:00"),
        ("2026-12-24 09:00", 1, "2026-12-28 16:00"),
        ("2027-03-08 09:00", 3, "2027-03-16 16:00"),  # Tuesday, then Eid, Monday, Tuesday
        ("2026-12-30 09:00", 2, "2027-01-01 15:30"),
        ("2026-12-31 09:00", 262, "2028-01-06 16:00"),  # 258 working days in 2027, then four
    ],
)
def test_counting_working_days(start: str, days: int, end: str) -> None:
    assert OFFICE.after_days(at(start), days) == at(end)


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        ("2026-11-23 08:29", False),
        ("2026-11-23 08:30", True),
        ("2026-11-23 13:30", False),
        ("2026-11-23 14:00", True),
        ("2026-11-23 16:00", False),
        ("2026-11-27 13:30", False),
        ("2026-11-28 10:00", False),
        ("2026-12-25 10:00", False),
        ("2026-01-01 00:00", False),
    ],
)
def test_opening(instant: str, is_open: bool) -> None:
    assert OFFICE.is_open(at(instant)) is is_open


def test_no_work_at_all_waits_for_the_opening() -> None:
    assert OFFICE.add(at("2026-11-28 12:00"), hours(0)) == at("2026-11-30 08:30")
    assert OFFICE.add(at("2026-11-30 09:00"), hours(0)) == at("2026-11-30 09:00")
    assert OFFICE.add(at("2027-12-31 20:00"), hours(0)) == at("2028-01-03 08:30")


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        OFFICE.add(at("2026-11-23 09:00"), hours(-1))
    with pytest.raises(ValueError, match="one is the least"):
        OFFICE.after_days(at("2026-11-23 09:00"), 0)
    with pytest.raises(TypeError):
        OFFICE.add(datetime(2026, 11, 23), hours(1))  # noqa: DTZ001


def test_a_timetable_that_never_opens_is_no_endless_search() -> None:
    never = Calendar(lambda _: ())
    for ask in (lambda: never.add(at("2026-11-23 09:00"), hours(1)), lambda: never.after_days(at("2026-11-23 09:00"), 1),
                lambda: never.add(at("2026-11-23 09:00"), hours(0))):  # fmt: skip
        with pytest.raises(NeverOpenError):
            ask()
    assert never.between(at("2026-11-23 09:00"), at("2028-11-23 09:00")) == hours(0)


@given(INSTANTS, WORK, CALENDARS)
def test_what_is_added_lies_between(start: datetime, work: timedelta, calendar: Calendar) -> None:
    end = calendar.add(start, work)
    assert calendar.between(start, end) == work
    assert calendar.between(end, start) == -work
    assert end - start >= work
    assert end.tzinfo is UTC
    assert calendar.is_working_day(end - timedelta(microseconds=1))


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(hours=900)), CALENDARS)
def test_it_is_the_first_such_instant(start: datetime, work: timedelta, calendar: Calendar) -> None:
    end = calendar.add(start, work)
    if work:
        assert calendar.between(start, end - timedelta(microseconds=1)) < work
    else:
        assert calendar.is_open(end)


@given(INSTANTS, INSTANTS, WORK, CALENDARS)
def test_later_begun_is_later_done(one: datetime, other: datetime, work: timedelta, calendar: Calendar) -> None:
    first, last = sorted([one, other])
    assert calendar.add(first, work) <= calendar.add(last, work)
    assert timedelta(0) <= calendar.between(first, last) <= last - first


@given(INSTANTS, WORK, WORK, CALENDARS)
def test_work_may_be_done_in_parts(start: datetime, one: timedelta, other: timedelta, calendar: Calendar) -> None:
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@given(INSTANTS, st.integers(1, 300))
def test_days_are_counted_one_by_one(start: datetime, days: int) -> None:
    end = OFFICE.after_days(start, days)
    day, counted = start.astimezone(KARACHI).date(), 0
    while day < end.astimezone(KARACHI).date():
        day += timedelta(days=1)
        counted += bool(OFFICE.spans_on(day))
    assert counted == days
    assert not OFFICE.is_open(end)
    assert OFFICE.is_open(end - timedelta(microseconds=1))


@given(INSTANTS, INSTANTS)
def test_round_the_clock_is_the_clock(one: datetime, other: datetime) -> None:
    assert ROUND_THE_CLOCK.between(one, other) == other - one
    assert ROUND_THE_CLOCK.is_open(one)

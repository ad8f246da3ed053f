"""Deadlines: where they fall, and that pausing, moving and an edited calendar do to them what is said and no more."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import ROUND_THE_CLOCK, Calendar
from bot.clock import KARACHI
from bot.deadlines import Moved, Timer, due, move, moved, pause, recalculated, resume
from bot.limits import Limit
from bot.services.setup import shipped_rows
from bot.timetable import read_timetable

TIMETABLE = read_timetable(shipped_rows("hours"), shipped_rows("calendar"))
OFFICE = TIMETABLE.calendar("PHED", "KCH")
LEAST = timedelta(hours=7)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda since: datetime(2026, 4, 1, tzinfo=UTC) + since)
AHEAD = st.timedeltas(timedelta(0), timedelta(days=120))
CALENDARS = st.sampled_from([OFFICE, ROUND_THE_CLOCK])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KARACHI).astimezone(UTC)


def working(hours: int) -> Limit:
    return Limit(hours, "working", "", "")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 10:00", 72, "2026-11-26 16:00"),
        ("2026-11-26 10:00", 24, "2026-11-27 15:30"),  # a Friday
        ("2026-11-28 01:00", 48, "2026-12-01 16:00"),  # opened on a weekend
        ("2026-12-24 10:00", 24, "2026-12-28 16:00"),  # a long weekend
        ("2026-12-31 23:59", 24, "2027-01-01 15:30"),  # year end
        ("2027-02-08 10:00", 24, "2027-02-09 15:00"),  # Ramadan begins
        ("2027-03-08 10:00", 48, "2027-03-15 16:00"),  # Eid
        ("2026-11-23 10:00", 720, "2027-01-05 16:00"),  # thirty working days, one of them a holiday
    ],
)
def test_a_limit_of_working_days_ends_at_a_closing(start: str, hours: int, end: str) -> None:
    assert due(at(start), working(hours), OFFICE) == at(end)


def test_a_limit_by_the_clock_runs_through_the_night() -> None:
    assert due(at("2026-12-24 23:00"), Limit(8, "clock", "", ""), ROUND_THE_CLOCK) == at("2026-12-25 07:00")


@given(INSTANTS, st.integers(1, 720))
def test_a_deadline_never_falls_on_a_closed_day_nor_within_less_than_a_day_of_work(start: datetime, hours: int) -> None:
    end = due(start, working(hours), OFFICE)
    assert OFFICE.is_working_day(end)
    assert OFFICE.between(start, end) >= timedelta(hours=4)  # the shortest day is a Friday in Ramadan
    assert end <= due(start, working(hours + 24), OFFICE)


@given(INSTANTS, AHEAD, AHEAD, CALENDARS)
def test_a_pause_neither_gives_nor_takes_time(
    now: datetime, ahead: timedelta, wait: timedelta, calendar: Calendar
) -> None:
    timer = Timer(now + ahead)
    left = calendar.between(now, timer.due)
    again = resume(pause(timer, now, calendar), now + wait, calendar, LEAST)
    assert calendar.between(now + wait, again.due) == max(left, LEAST)
    assert again.paused_at is None


@given(INSTANTS, AHEAD, AHEAD, CALENDARS)
def test_nothing_is_late_the_moment_it_runs_again(
    now: datetime, late: timedelta, wait: timedelta, calendar: Calendar
) -> None:
    again = resume(pause(Timer(now - late), now, calendar), now + wait, calendar, LEAST)
    assert calendar.between(now + wait, again.due) == LEAST


def test_pausing_twice_and_resuming_twice_is_doing_it_once() -> None:
    monday, timer = at("2026-11-23 10:00"), Timer(at("2026-11-26 16:00"))
    paused = pause(timer, monday, OFFICE)
    assert pause(paused, at("2026-11-25 10:00"), OFFICE) == paused
    assert paused.left == timedelta(hours=5.5 + 7 + 7 + 7)
    again = resume(paused, at("2026-11-30 10:00"), OFFICE, LEAST)
    assert again == Timer(at("2026-12-03 16:00"))
    assert resume(again, at("2026-12-01 10:00"), OFFICE, LEAST) == again


def test_a_clock_that_went_back_brings_no_deadline_nearer() -> None:
    timer, monday = Timer(at("2026-11-26 16:00")), at("2026-11-23 10:00")
    assert resume(pause(timer, monday, OFFICE), monday - timedelta(days=9), OFFICE, LEAST) == timer


def test_what_an_official_puts_off_falls_on_an_open_day_and_is_told() -> None:
    timer = Timer(at("2026-11-26 16:00"))
    later = move(timer, at("2026-12-05 16:00"), OFFICE)  # a Saturday
    assert later.due == at("2026-12-07 16:00")
    assert moved(timer, later, "postponed") == Moved(timer.due, later.due, "postponed")
    assert moved(timer, move(timer, timer.due, OFFICE), "postponed") is None
    assert move(timer, at("2026-12-03 20:00"), OFFICE).due == at("2026-12-03 20:00")


def test_what_is_put_off_during_a_pause_is_told_when_it_runs() -> None:
    timer, monday = Timer(at("2026-11-26 16:00")), at("2026-11-23 10:00")
    paused = pause(timer, monday, OFFICE)
    assert moved(timer, paused, "resumed") is None
    later = move(paused, at("2026-11-27 15:30"), OFFICE)
    assert later.left - paused.left == OFFICE.between(timer.due, later.due)
    assert moved(paused, later, "postponed") is None
    again = resume(later, at("2026-11-24 10:00"), OFFICE, LEAST)
    told = moved(timer, again, "resumed")
    assert told == Moved(timer.due, at("2026-11-30 16:00"), "resumed")


def edited(*days: tuple[str, str]) -> Calendar:
    rows = [{"code": "x", "kind": kind, "scope": "", "since": day, "until": day} for kind, day in days]
    return read_timetable(shipped_rows("hours"), [*shipped_rows("calendar"), *rows]).calendar("PHED", "KCH")


def test_an_edited_calendar_moves_nothing_by_itself_but_says_what_it_would() -> None:
    now = at("2026-11-23 10:00")
    after = edited(("shutdown", "2026-11-26"))
    dues = {"before": at("2026-11-25 16:00"), "on": at("2026-11-26 16:00"), "past": at("2026-11-20 15:30")}
    dues |= {"late": due(now, working(168), OFFICE)}
    stored = dict(dues)
    told = recalculated({name: (day, OFFICE, after) for name, day in dues.items()}, now)
    assert dues == stored
    assert told.keys() == {"on", "late"}
    assert told["late"] == Moved(at("2026-12-02 16:00"), at("2026-12-03 16:00"), "calendar")
    assert OFFICE.between(now, dues["on"]) == after.between(now, told["on"].due)
    assert after.is_working_day(told["on"].due)


@given(INSTANTS, st.integers(1, 720))
def test_an_edit_far_away_changes_nothing(now: datetime, hours: int) -> None:
    end, after = due(now, working(hours), OFFICE), edited(("shutdown", "2031-01-01"))
    assert recalculated({"t": (end, OFFICE, after)}, now) == {}


def test_a_holiday_taken_back_brings_the_day_nearer() -> None:
    now, before = at("2026-11-23 10:00"), edited(("holiday", "2026-11-26"))
    end = due(now, working(120), before)
    told = recalculated({"t": (end, before, OFFICE)}, now)
    assert told["t"].due == due(now, working(120), OFFICE) < end


def test_a_deadline_before_the_opening_of_a_day_that_is_shut_now_leaves_that_day() -> None:
    now, before_opening = at("2026-11-23 10:00"), at("2026-11-26 08:00")
    told = recalculated({"t": (before_opening, OFFICE, edited(("shutdown", "2026-11-26")))}, now)
    assert told["t"].due == at("2026-11-25 16:00")

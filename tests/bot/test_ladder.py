"""A ticket's way up as time passes: its biography by the shipped rules, and what no jump of the clock may do to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import KARACHI
from bot.ladder import (
    RUNNING,
    Escalate,
    InterimNote,
    LapseVerdict,
    NudgeUnassigned,
    RemindVerdict,
    Running,
    Warn,
    after,
    anew,
    due_steps,
    going_up,
    next_look,
)
from bot.limits import QUESTION
from bot.rules import KINDS, read_ladder, read_rules
from bot.services.setup import shipped_rows

RULES = read_rules({kind: shipped_rows(kind) for kind in (*KINDS, "categories")})
STATES = ("new", "assigned", "in_progress", "waiting", "answered", "confirmed", "lapsed", "disputed", "rejected",
          "withdrawn", "joined")  # fmt: skip
PLACES = [("water_none", "PHED", "KCH"), ("gas_leak", "SSGC", "QTA"), ("health_absent", "HLT", "ZHB"),
          ("staff_conduct", "SGAD", "QTA"), ("corruption", "ACE", "GWD"), (QUESTION, "NADRA", "SIB")]  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KARACHI).astimezone(UTC)


MONDAY = at("2026-11-23 10:00")
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda since: datetime(2026, 4, 1, tzinfo=UTC) + since)
DAY = timedelta(days=1)


def opened(place: tuple[str, str, str] = PLACES[0], now: datetime = MONDAY) -> Running:
    return Running("new", *place, since=now, deadline=RULES.deadline(now, *place))


TICKETS = st.builds(
    lambda place, since, state, level, **flags: replace(
        opened(place, since), state=state, level=level, answered_at=since if state == "answered" else None, **flags
    ),
    st.sampled_from(PLACES), INSTANTS, st.sampled_from(STATES), st.integers(0, 3), assigned=st.booleans(),
    warned=st.booleans(), nudged=st.booleans(), interim_told=st.booleans(),
)  # fmt: skip


def biography(ticket: Running) -> list[tuple[str, str]]:
    """What happens, and when in Karachi, if nobody does anything."""
    told = []
    while (now := next_look(ticket, RULES)) is not None:
        for step in due_steps(ticket, now, RULES):
            name = type(step).__name__
            detail = f" {step.level} {step.role}" if isinstance(step, Escalate) else ""
            told.append((f"{now.astimezone(KARACHI):%a %d %b %H:%M}", name + detail))
            ticket = after(ticket, step, now)
    return told


def test_a_complaint_nobody_touches_reaches_the_chief_secretary() -> None:
    assert opened().deadline == at("2026-11-26 16:00")
    assert biography(opened()) == [
        ("Mon 23 Nov 15:48", "NudgeUnassigned"),
        ("Thu 26 Nov 08:52", "Warn"),
        ("Thu 26 Nov 14:40", "InterimNote"),
        ("Fri 27 Nov 11:09", "Escalate 1 executive_engineer"),
        ("Mon 30 Nov 08:37", "NudgeUnassigned"),
        ("Tue 01 Dec 11:09", "Warn"),
        ("Tue 01 Dec 15:07", "InterimNote"),
        ("Wed 02 Dec 10:14", "Escalate 2 secretary"),
        ("Wed 02 Dec 12:41", "NudgeUnassigned"),
        ("Thu 03 Dec 12:26", "Warn"),
        ("Thu 03 Dec 15:23", "InterimNote"),
        ("Fri 04 Dec 09:43", "Escalate 3 chief_secretary"),
        ("Fri 04 Dec 12:04", "NudgeUnassigned"),
        ("Mon 07 Dec 12:33", "Warn"),
        ("Mon 07 Dec 15:24", "InterimNote"),
    ]


def test_danger_goes_up_by_night_and_on_holidays() -> None:
    steps = biography(opened(("gas_leak", "SSGC", "QTA"), at("2026-12-25 23:00")))
    assert steps[:4] == [
        ("Fri 25 Dec 23:12", "NudgeUnassigned"),
        ("Fri 25 Dec 23:45", "Warn"),
        ("Fri 25 Dec 23:57", "InterimNote"),
        ("Sat 26 Dec 00:06", "Escalate 1 district_head"),
    ]
    assert [name for _, name in steps if "Escalate" in name][-1] == "Escalate 3 chief_secretary"


def test_a_ticket_somebody_has_gets_no_nudge() -> None:
    assert "NudgeUnassigned" not in {name for _, name in biography(replace(opened(), assigned=True))}


def test_who_is_told_is_the_rungs() -> None:
    at_desk, at_third = opened(), replace(opened(), level=2)
    late = at_desk.deadline
    assert due_steps(at_desk, late, RULES) == [
        Warn("desk", "PHED"), NudgeUnassigned("executive_engineer", "PHED"), InterimNote(late),
    ]  # fmt: skip
    assert NudgeUnassigned("chief_secretary", "SGAD") in due_steps(at_third, late, RULES)
    own_case = replace(opened(("staff_conduct", "SGAD", "QTA")), level=2)
    assert going_up(own_case, MONDAY, RULES).department == "CMU"


def test_after_a_week_of_outage_it_goes_up_once_with_a_time_of_its_own() -> None:
    now = MONDAY + 30 * DAY
    (step,) = due_steps(opened(), now, RULES)
    assert step == Escalate(1, "executive_engineer", "PHED", RULES.deadline(now, *PLACES[0], 1))
    assert due_steps(after(opened(), step, now), now, RULES) == []


def test_the_verdict_is_asked_for_once_more_then_it_lapses() -> None:
    answered = replace(opened(), state="answered", answered_at=MONDAY)
    assert due_steps(answered, MONDAY + 3 * DAY - timedelta(microseconds=1), RULES) == []
    assert due_steps(answered, MONDAY + 3 * DAY, RULES) == [RemindVerdict()]
    reminded = after(answered, RemindVerdict(), MONDAY + 3 * DAY)
    assert due_steps(reminded, MONDAY + 9 * DAY, RULES) == []
    assert due_steps(reminded, MONDAY + 10 * DAY, RULES) == [LapseVerdict()]
    lapsed = after(reminded, LapseVerdict(), MONDAY + 10 * DAY)
    assert lapsed.state == "lapsed"
    assert next_look(lapsed, RULES) is None


def test_a_late_reminder_leaves_the_days_to_answer_it() -> None:
    answered, late = replace(opened(), state="answered", answered_at=MONDAY), MONDAY + 40 * DAY
    assert due_steps(answered, late, RULES) == [RemindVerdict()]
    assert next_look(after(answered, RemindVerdict(), late), RULES) == late + 7 * DAY


def test_a_dispute_goes_up_and_from_the_top_has_the_tops_time_again() -> None:
    assert going_up(opened(), MONDAY, RULES).level == 1
    top = going_up(replace(opened(), level=3), MONDAY, RULES)
    assert (top.level, top.role) == (3, "chief_secretary")
    assert top.deadline > MONDAY


def test_a_new_deadline_is_warned_of_and_told_anew() -> None:
    known = replace(opened(), warned=True, nudged=True, interim_told=True)
    again = anew(known, MONDAY, MONDAY + 9 * DAY)
    assert (again.warned, again.nudged, again.interim_told) == (False, False, False)
    assert next_look(again, RULES) < next_look(known, RULES)  # type: ignore[operator]


@pytest.mark.parametrize("state", STATES)
def test_time_runs_in_four_states_only(state: str) -> None:
    steps = due_steps(replace(opened(), state=state), MONDAY + 900 * DAY, RULES)
    assert bool(steps) == (state in {"new", "assigned", "in_progress", "disputed"}) == (state in RUNNING)


@given(TICKETS, INSTANTS)
def test_something_is_due_exactly_when_the_next_look_has_come(ticket: Running, now: datetime) -> None:
    look = next_look(ticket, RULES)
    steps = due_steps(ticket, now, RULES)
    assert bool(steps) == (look is not None and look <= now)
    assert steps == due_steps(ticket, now, RULES)


@given(TICKETS, INSTANTS)
def test_what_was_done_is_not_due_again(ticket: Running, now: datetime) -> None:
    steps = due_steps(ticket, now, RULES)
    for step in steps:
        ticket = after(ticket, step, now)
    assert not set(map(type, due_steps(ticket, now, RULES))) & set(map(type, steps))


@given(TICKETS)
def test_a_clock_that_went_back_finds_nothing_due(ticket: Running) -> None:
    assert due_steps(ticket, ticket.since - timedelta(microseconds=1), RULES) == []


@given(st.sampled_from(PLACES), INSTANTS, st.lists(st.integers(-30, 60), min_size=1, max_size=40))
def test_no_jump_of_the_clock_climbs_two_rungs(place: tuple[str, str, str], now: datetime, jumps: list[int]) -> None:
    ticket, gone_up = opened(place, now), now
    for days in jumps:
        now += days * DAY
        steps = due_steps(ticket, now, RULES)
        climbs = [step for step in steps if isinstance(step, Escalate)]
        assert len(climbs) <= 1
        for step in climbs:
            assert step.level == ticket.level + 1
            assert now > RULES.deadline(gone_up, *place, ticket.level)
            gone_up = now
        for step in steps:
            ticket = after(ticket, step, now)
    assert ticket.level <= 3


def rung(level: str, department: str = "", district: str = "", role: str = "desk") -> dict[str, str]:
    shares = dict.fromkeys(("warn_before", "interim_before", "escalate_after", "unassigned_after"), "25%")
    place = {"code": "r", "department": department, "district": district, "level": level}
    return place | {"role": role, "to_department": ""} | shares


def test_the_department_wins_over_the_district_and_both_over_all() -> None:
    rows = [rung("0"), rung("1", role="all"), rung("1", district="QTA", role="quetta"), rung("1", "PHED", role="phed"),
            rung("1", "PHED", "QTA", role="both")]  # fmt: skip
    for order in (rows, rows[::-1]):
        ladder = read_ladder(order)
        asked = [("HLT", "KCH"), ("HLT", "QTA"), ("PHED", "KCH"), ("PHED", "QTA")]
        assert [ladder.rung(*who, 1).role for who in asked] == ["all", "quetta", "phed", "both"]
        assert ladder.rung("HLT", "KCH", 7).role == "all"


@pytest.mark.parametrize("rows", [[], [rung("0"), rung("2")], [rung("0"), rung("1", "PHED")], [rung("0"), rung("0")]])
def test_a_ladder_with_a_gap_is_refused(rows: list[dict[str, str]]) -> None:
    with pytest.raises(ValueError, match="the levels for everybody"):
        read_ladder(rows)


def test_a_wrong_rung_is_named() -> None:
    with pytest.raises(ValueError, match=r"ladder\.csv, r: 'soon'"):
        read_ladder([rung("0") | {"warn_before": "soon"}])

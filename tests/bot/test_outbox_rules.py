"""The gate's table: who may leave now, by which way, in which form; and what no order of things may change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox import (
    FETCH_WITHIN,
    HELD_FOR,
    PAUSE_CHECK,
    WINDOW_MARGIN,
    Await,
    Case,
    Form,
    Hold,
    Lane,
    Never,
    Route,
    Send,
    Verdict,
    gate,
)
from tests.support import START

HOUR = timedelta(hours=1)
OPEN = Route("twilio", "whatsapp", window_until=START + 5 * HOUR)
CLOSED = Route("twilio", "whatsapp", window_until=START - HOUR)
NOTICED = replace(CLOSED, notice=True)
TEMPLATED = replace(CLOSED, template=True)
SMS = Route("kannel", "sms")
BROKEN = replace(SMS, shut_until=START + HOUR)
NIGHT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)  # half past eleven in Karachi


def case(lane: int = Lane.NOTICE, *routes: Route, age: timedelta = timedelta(0), **more: Any) -> Case:
    return Case(lane, START, START - age, routes, **more)


GATE: dict[str, tuple[Case, Verdict]] = {
    "an answer within the window": (case(Lane.REPLY, OPEN, SMS), Send(OPEN)),
    "an answer by SMS": (case(Lane.REPLY, SMS), Send(SMS)),
    "nobody carries it": (case(Lane.REPLY), Never("no_carrier")),
    "STOP does not stop an answer": (case(Lane.NOTICE, OPEN, opted_out=True), Send(OPEN)),
    "a closed window, and no notice": (case(Lane.NOTICE, CLOSED, SMS), Send(SMS)),
    "a closed window, and nothing else": (case(Lane.NOTICE, CLOSED), Await(START + FETCH_WITHIN, None)),
    "a closed window, and a notice": (case(Lane.NOTICE, NOTICED, SMS), Await(START + FETCH_WITHIN, NOTICED)),
    "not fetched for a day": (case(Lane.NOTICE, NOTICED, SMS, age=FETCH_WITHIN), Send(SMS)),
    "not fetched for a day, no SMS": (
        case(Lane.NOTICE, NOTICED, age=FETCH_WITHIN),
        Await(START + FETCH_WITHIN, None),
    ),
    "never fetched": (case(Lane.NOTICE, NOTICED, age=HELD_FOR), Never("not_fetched")),
    "SMS is out of order, so it waits": (case(Lane.NOTICE, CLOSED, BROKEN), Await(START + FETCH_WITHIN, None)),
    "all ways out of order": (case(Lane.REPLY, BROKEN), Hold(START + HOUR, "carrier_down")),
    "one way out of order": (case(Lane.REPLY, replace(OPEN, shut_until=START + HOUR), SMS), Send(SMS)),
    "in order again": (case(Lane.REPLY, replace(SMS, shut_until=START)), Send(replace(SMS, shut_until=START))),
    "the notice itself": (case(Lane.NOTICE, replace(TEMPLATED), is_template=True), Send(TEMPLATED, Form.TEMPLATE)),
    "the notice comes too late": (case(Lane.NOTICE, OPEN, is_template=True), Never("not_needed")),
    "the notice is not approved": (case(Lane.NOTICE, CLOSED, SMS, is_template=True), Never("no_template")),
    "an announcement": (case(Lane.BROADCAST, OPEN, campaign_state="sending"), Send(OPEN)),
    "an announcement as a template": (case(Lane.BROADCAST, TEMPLATED, SMS), Send(TEMPLATED, Form.TEMPLATE)),
    "an announcement by SMS": (case(Lane.BROADCAST, CLOSED, SMS), Send(SMS)),
    "an announcement nobody may send": (case(Lane.BROADCAST, CLOSED), Never("no_template")),
    "an announcement after STOP": (case(Lane.BROADCAST, OPEN, opted_out=True), Never("opted_out")),
    "STOP before everything": (
        case(Lane.BROADCAST, OPEN, opted_out=True, campaign_state="paused"),
        Never("opted_out"),
    ),
    "a stopped campaign": (case(Lane.BROADCAST, OPEN, campaign_state="stopped"), Never("campaign_stopped")),
    "a campaign that is done": (case(Lane.BROADCAST, OPEN, campaign_state="done"), Never("campaign_stopped")),
    "a paused campaign": (
        case(Lane.BROADCAST, OPEN, campaign_state="paused"),
        Hold(START + PAUSE_CHECK, "campaign_paused"),
    ),
    "a stopped campaign stops no answer": (case(Lane.REPLY, OPEN, campaign_state="stopped"), Send(OPEN)),
    "a landline reads no SMS": (case(Lane.REPLY, SMS, phone="landline"), Never("number")),
    "a landline on WhatsApp": (case(Lane.REPLY, OPEN, SMS, phone="landline"), Send(OPEN)),
    "a short code": (case(Lane.NOTICE, SMS, phone="short"), Never("number")),
    "a premium number": (case(Lane.NOTICE, SMS, phone="premium"), Never("number")),
    "a number abroad": (case(Lane.NOTICE, SMS, phone="foreign"), Send(SMS)),
    "a number that gets nothing": (case(Lane.REPLY, OPEN, SMS, unreachable=True), Never("number")),
    "an announcement by day": (case(Lane.BROADCAST, OPEN, day=(9, 21)), Send(OPEN)),
}


@pytest.mark.parametrize("name", GATE)
def test_the_gate(name: str) -> None:
    asked, verdict = GATE[name]
    assert gate(asked) == verdict


def test_an_announcement_waits_for_the_morning_and_an_answer_does_not() -> None:
    asked = Case(Lane.BROADCAST, NIGHT, NIGHT, (SMS,), day=(9, 21))
    assert gate(asked) == Hold(datetime(2026, 11, 22, 4, tzinfo=UTC), "night")
    assert gate(replace(asked, lane=Lane.NOTICE)) == Send(SMS)
    assert gate(replace(asked, day=None)) == Send(SMS)


def test_the_window_closes_a_little_early() -> None:
    ends = Route("twilio", "whatsapp", window_until=START + WINDOW_MARGIN)
    assert gate(case(Lane.REPLY, ends, SMS)) == Send(SMS)
    a_little_longer = replace(ends, window_until=START + WINDOW_MARGIN + timedelta(seconds=1))
    assert gate(case(Lane.REPLY, a_little_longer, SMS)) == Send(a_little_longer)


ROUTES = st.builds(
    Route,
    st.just("c"),
    st.sampled_from(["whatsapp", "sms"]),
    st.none() | st.sampled_from([START - HOUR, START + HOUR]),
    st.booleans(),
    st.booleans(),
    st.none() | st.sampled_from([START - HOUR, START + HOUR]),
)
CASES = st.builds(
    Case,
    st.sampled_from(list(Lane)),
    st.just(START),
    st.sampled_from([START, START - 30 * HOUR, START - 40 * 24 * HOUR]),
    st.lists(ROUTES, max_size=4),
    st.booleans(),
    st.sampled_from(["", "sending", "paused", "stopped", "done"]),
    st.sampled_from(["mobile", "landline", "short", "premium", "foreign"]),
    st.booleans(),
    st.booleans(),
    st.none() | st.just((9, 21)) | st.just((20, 21)),
)


@given(CASES)
def test_whatever_is_asked_there_is_one_sound_verdict(asked: Case) -> None:
    match gate(asked):
        case Send(route, form):
            assert route in asked.routes
            assert not asked.unreachable
            assert form is not Form.TEMPLATE or route.template
            assert form is Form.TEMPLATE or route.window_until is None or route.window_until > asked.now
            assert not (route.shut_until and route.shut_until > asked.now)
            assert not (asked.lane == Lane.BROADCAST and asked.opted_out)
            assert not (route.channel == "sms" and asked.phone in ("landline", "short", "premium"))
        case Hold(until, reason) | Await(until, _, reason):
            assert until > asked.now, "or it would be asked about again and again"
            assert reason
        case Never(reason):
            assert reason


@given(CASES)
def test_no_announcement_passes_an_opt_out(asked: Case) -> None:
    assert gate(replace(asked, lane=Lane.BROADCAST, opted_out=True)) == Never("opted_out")


@given(CASES)
def test_stop_and_night_never_touch_an_answer(asked: Case) -> None:
    answer = replace(asked, lane=Lane.REPLY)
    assert gate(answer) == gate(replace(answer, opted_out=not answer.opted_out, day=None, campaign_state="stopped"))


def test_answers_leave_before_announcements() -> None:
    assert Lane.REPLY < Lane.NOTICE < Lane.BROADCAST

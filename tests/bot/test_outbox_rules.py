"""The gate's table, receipts in any order, and how long a failed try waits."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox import (
    FIRST_RETRY,
    LONGEST_RETRY,
    PAUSE_CHECK,
    RANK,
    Hold,
    Lane,
    Never,
    Send,
    Verdict,
    gate,
    is_progress,
    is_worth_sending,
    retry_at,
)
from tests.support import START

STATUSES = ("queued", "sending", "sent", "failed", "delivered", "read")


def final(receipts: list[str] | tuple[str, ...]) -> str:
    status = ""
    for receipt in receipts:
        if is_progress(status, receipt):
            status = receipt
    return status


def test_receipts_in_any_order_end_at_the_highest() -> None:
    for size in range(1, len(STATUSES) + 1):
        for order in permutations(STATUSES, size):
            assert final(order) == max(order, key=STATUSES.index)


@given(st.lists(st.sampled_from([*RANK, "nonsense", "received"])))
def test_repeats_and_unknown_words_change_nothing(receipts: list[str]) -> None:
    known = [status for status in receipts if RANK.get(status, -1) >= 0]
    assert RANK[final(receipts)] == max((RANK[status] for status in known), default=-1)
    assert final(receipts + receipts) == final(receipts)


@pytest.mark.parametrize("status", RANK)
def test_the_same_again_is_no_progress(status: str) -> None:
    assert not is_progress(status, status)


def test_a_phone_that_got_it_got_it() -> None:
    assert is_progress("failed", "delivered")
    assert not is_progress("delivered", "undelivered")
    assert not is_progress("failed", "undelivered"), "the first reason stands"


LATER = Hold(START + PAUSE_CHECK, "campaign_paused")
GATE: list[tuple[Lane, bool, str, bool, Verdict]] = [
    # lane, opted out, campaign, a carrier is there, verdict
    (Lane.REPLY, False, "", True, Send()),
    (Lane.REPLY, True, "", True, Send()),
    (Lane.REPLY, False, "stopped", True, Send()),
    (Lane.REPLY, True, "", False, Never("no_carrier")),
    (Lane.NOTICE, True, "", True, Send()),
    (Lane.NOTICE, False, "", False, Never("no_carrier")),
    (Lane.BROADCAST, False, "sending", True, Send()),
    (Lane.BROADCAST, False, "", True, Send()),
    (Lane.BROADCAST, True, "sending", True, Never("opted_out")),
    (Lane.BROADCAST, True, "paused", True, Never("opted_out")),
    (Lane.BROADCAST, True, "stopped", True, Never("opted_out")),
    (Lane.BROADCAST, False, "stopped", True, Never("campaign_stopped")),
    (Lane.BROADCAST, False, "done", True, Never("campaign_stopped")),
    (Lane.BROADCAST, False, "stopped", False, Never("campaign_stopped")),
    (Lane.BROADCAST, False, "paused", True, LATER),
    (Lane.BROADCAST, False, "paused", False, LATER),
    (Lane.BROADCAST, False, "sending", False, Never("no_carrier")),
]


@pytest.mark.parametrize(("lane", "opted_out", "campaign", "can_send", "verdict"), GATE)
def test_the_gate(lane: Lane, campaign: str, verdict: Verdict, *, opted_out: bool, can_send: bool) -> None:
    assert gate(lane, now=START, opted_out=opted_out, campaign_state=campaign, can_send=can_send) == verdict


@given(st.sampled_from(["", "draft", "scheduled", "sending", "paused", "stopped", "done"]), st.booleans())
def test_no_announcement_passes_an_opt_out(campaign: str, can_send: bool) -> None:
    verdict = gate(Lane.BROADCAST, now=START, opted_out=True, campaign_state=campaign, can_send=can_send)
    assert verdict == Never("opted_out")


def test_answers_leave_before_announcements() -> None:
    assert Lane.REPLY < Lane.NOTICE < Lane.BROADCAST


@given(st.integers(1, 1000), st.floats(0, 1, exclude_max=True))
def test_a_try_waits_longer_each_time_and_never_much_over_the_longest(attempts: int, jitter: float) -> None:
    wait = retry_at(START, attempts, jitter) - START
    assert FIRST_RETRY * 0.75 <= wait <= LONGEST_RETRY * 1.25  # equal by rounding to microseconds
    assert wait <= retry_at(START, attempts + 1, jitter) - START


def test_the_waits_are_spread() -> None:
    waits = {retry_at(START, 3, jitter / 10) - START for jitter in range(10)}
    assert len(waits) == 10
    assert min(waits) == timedelta(seconds=6)
    assert max(waits) < timedelta(seconds=10)


@pytest.mark.parametrize(
    ("lane", "hours", "again"),
    [
        (Lane.REPLY, 71, True),
        (Lane.REPLY, 73, False),
        (Lane.NOTICE, 71, True),
        (Lane.BROADCAST, 23, True),
        (Lane.BROADCAST, 25, False),
    ],
)
def test_an_outage_costs_time_and_not_the_message(lane: Lane, hours: int, again: bool) -> None:
    """A carrier that is down for a night is tried until it is back; only age ends the trying."""
    assert is_worth_sending(lane, START, START + timedelta(hours=hours)) is again

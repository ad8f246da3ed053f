"""What becomes of a message that was tried: receipts in any order, waits that grow, a second way, and rests for a carrier."""

from datetime import timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import (
    BREAKS_AFTER,
    FALL_BACK_AFTER,
    FIRST_RETRY,
    LONGEST_REST,
    LONGEST_RETRY,
    RANK,
    REPLACED_TIMES,
    SLOW_DOWN,
    WORTH_SENDING,
    is_progress,
    is_worth_sending,
    rest,
    retry_at,
    sends_anew,
)
from bot.outbox import Lane, Trouble
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


@given(st.integers(1, 1000), st.floats(0, 1, exclude_max=True), st.sampled_from([Trouble.LATER, Trouble.SLOWER]))
def test_a_try_waits_longer_each_time_and_never_much_over_the_longest(
    attempts: int, jitter: float, trouble: Trouble
) -> None:
    wait = retry_at(START, attempts, jitter, trouble) - START
    assert FIRST_RETRY * 0.75 <= wait <= LONGEST_RETRY * 1.25  # equal by rounding to microseconds
    assert wait <= retry_at(START, attempts + 1, jitter, trouble) - START


def test_a_carrier_that_says_slower_gets_a_longer_rest() -> None:
    assert retry_at(START, 1, 0.5, Trouble.SLOWER) - START == FIRST_RETRY * SLOW_DOWN


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


def test_a_second_way_is_tried_while_the_message_is_worth_sending() -> None:
    assert all(FALL_BACK_AFTER[lane] < WORTH_SENDING[lane] for lane in Lane)
    assert FALL_BACK_AFTER[Lane.REPLY] < FALL_BACK_AFTER[Lane.NOTICE] < FALL_BACK_AFTER[Lane.BROADCAST]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_only_what_another_way_may_mend_is_sent_anew(trouble: Trouble) -> None:
    mendable = trouble in (Trouble.ELSEWHERE, Trouble.WINDOW, Trouble.LATER, Trouble.SLOWER)
    assert sends_anew(trouble, Lane.NOTICE, 0, START, START) is mendable
    assert not sends_anew(trouble, Lane.NOTICE, REPLACED_TIMES, START, START), "it would never end"
    assert not sends_anew(trouble, Lane.NOTICE, 0, START, START + timedelta(days=4))


def test_a_carrier_rests_longer_the_longer_it_fails() -> None:
    assert rest(BREAKS_AFTER - 1) is None
    rests = [rest(failures) for failures in range(BREAKS_AFTER, BREAKS_AFTER + 40)]
    assert all(first <= second for first, second in pairwise(filter(None, rests)))
    assert rests[-1] == LONGEST_REST

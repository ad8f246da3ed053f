"""The bucket of tokens as rules: no sender goes faster than it may, and answers find tokens all the same."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from bot.outbox import Lane
from bot.rates import BURST_S, KEPT_FOR_REPLIES, LENT_TO_REPLIES, wait

ALMOST = 1e-6
RATES = st.sampled_from([0.5, 1.0, 10.0, 80.0])
COSTS = st.integers(1, 30)
PAUSES = st.floats(0, 5)


@dataclass
class Bucket:
    """A bucket as SharedRates keeps one, in memory and with a time of its own."""

    per_second: float
    now: float = 0.0

    def __post_init__(self) -> None:
        self.full = BURST_S * self.per_second
        self.tokens = self.full

    def passes(self, seconds: float) -> None:
        self.now += seconds
        self.tokens = min(self.full, self.tokens + seconds * self.per_second)

    def take(self, cost: float, lane: Lane) -> float:
        lacking = wait(self.tokens, self.full, cost, self.per_second, lane)
        if not lacking:
            self.tokens -= cost
        return lacking


@given(RATES, st.lists(st.tuples(PAUSES, COSTS), max_size=60))
def test_broadcasts_never_go_faster_than_the_rate(per_second: float, tries: list[tuple[float, int]]) -> None:
    bucket, taken, largest = Bucket(per_second), 0, 0
    for pause, cost in tries:
        bucket.passes(pause)
        if not bucket.take(cost, Lane.BROADCAST):
            taken, largest = taken + cost, max(largest, cost)
        assert taken <= max(bucket.full, largest) + per_second * bucket.now + ALMOST


@given(RATES, st.lists(st.tuples(PAUSES, COSTS, st.sampled_from(Lane)), max_size=60))
def test_all_lanes_together_go_over_by_what_is_lent_and_one_message(
    per_second: float, tries: list[tuple[float, int, Lane]]
) -> None:
    bucket, taken = Bucket(per_second), 0
    for pause, cost, lane in tries:
        bucket.passes(pause)
        taken += 0 if bucket.take(cost, lane) else cost
        assert taken <= (1 + LENT_TO_REPLIES) * bucket.full + per_second * bucket.now + 30 + ALMOST


@given(RATES, COSTS, st.sampled_from([Lane.REPLY, Lane.NOTICE]))
def test_an_answer_finds_tokens_when_a_broadcast_has_taken_its_share(per_second: float, cost: int, lane: Lane) -> None:
    bucket = Bucket(per_second)
    while not bucket.take(1, Lane.BROADCAST):
        pass
    assert bucket.take(cost, lane) == 0


@given(st.sampled_from([10.0, 80.0]))
def test_a_broadcast_leaves_the_share_of_answers(per_second: float) -> None:
    bucket = Bucket(per_second)
    while not bucket.take(1, Lane.BROADCAST):
        pass
    assert bucket.tokens >= KEPT_FOR_REPLIES * bucket.full - ALMOST


@given(RATES, COSTS, st.sampled_from(Lane), st.lists(COSTS, max_size=9))
def test_who_waits_as_long_as_told_may_leave_however_long_the_message(
    per_second: float, cost: int, lane: Lane, before: list[int]
) -> None:
    bucket = Bucket(per_second)
    for earlier in before:
        bucket.take(earlier, Lane.REPLY)
    for _ in range(3):  # the same message, each time after the time it was told
        if not (told := bucket.take(cost, lane)):
            return
        bucket.passes(told + ALMOST)
    raise AssertionError("it never leaves")

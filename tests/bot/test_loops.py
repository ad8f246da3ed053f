"""When a number is a machine that answers our answers, and when it is an impatient person."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loops import MOST, MOST_ALIKE, MOST_ALIKE_LONG, MOST_LONG, is_loop
from tests.support import START

TEXTS = st.lists(st.text(max_size=5), max_size=2 * MOST)


def loops(recent: list[str], text: str, ago_s: float = 0) -> bool:
    """Whether it is one, where all of `recent` came so many seconds ago."""
    return is_loop([(START - timedelta(seconds=ago_s), said) for said in recent], text, START)


@pytest.mark.parametrize(
    ("recent", "text", "expected"),
    [
        ([], "hello", False),
        (["hello"] * 3, "hello", False),
        (["hello"] * (MOST_ALIKE - 1), "hello", False),
        (["hello"] * MOST_ALIKE, "hello", True),
        (["hello"] * MOST_ALIKE, "goodbye", False),
        (["hello", "1"] * MOST_ALIKE, "1", True),
        ([""] * (MOST - 1), "", False),
        ([""] * MOST, "", True),
        ([str(n) for n in range(MOST - 1)], "new", False),
        ([str(n) for n in range(MOST)], "new", True),
    ],
    ids=[
        "the first line",
        "the fourth time the same, by an impatient person",
        "the last time it is answered",
        "once too often",
        "often the same, and now another",
        "two lines in turns",
        "photos without words",
        "photos without end",
        "an account of a bad day, line by line",
        "faster than anybody types",
    ],
)
def test_a_machine_and_a_person(recent: list[str], text: str, *, expected: bool) -> None:
    assert loops(recent, text) is expected


@given(TEXTS, st.text(max_size=5))
def test_who_was_a_machine_stays_one_while_more_comes(recent: list[str], text: str) -> None:
    if loops(recent, text):
        assert loops([*recent, text], text)


@given(TEXTS, st.text(max_size=5), st.randoms())
def test_the_order_of_what_came_does_not_matter(recent: list[str], text: str, chance: object) -> None:
    mixed = list(recent)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert loops(mixed, text) is loops(recent, text)


@given(st.text(max_size=5))
def test_no_line_is_answered_more_than_so_often(text: str) -> None:
    recent: list[str] = []
    while not loops(recent, text):
        recent.append(text)
        assert len(recent) <= (MOST_ALIKE if text else MOST)


@pytest.mark.parametrize(
    ("recent", "text", "expected"),
    [
        (["hello"] * (MOST_ALIKE_LONG - 1), "hello", False),
        (["hello"] * MOST_ALIKE_LONG, "hello", True),
        (["hello"] * MOST_ALIKE_LONG, "goodbye", False),
        ([""] * (MOST_LONG - 1), "", False),
        ([str(n) for n in range(MOST_LONG)], "new", True),
    ],
)
def test_a_machine_that_takes_its_time(recent: list[str], text: str, *, expected: bool) -> None:
    assert loops(recent, text, ago_s=1800) is expected

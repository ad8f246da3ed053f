"""The rules of aliases and of unsealing, one by one."""

import secrets
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import load_catalog
from bot.sealing import (
    ALPHABET,
    MAX_REASON,
    MIN_REASON,
    SHORTEST,
    SHOWN_FOR,
    Standing,
    draw_alias,
    may_decide,
    reason_fault,
    standing,
)
from tests.support import START


@given(st.binary(min_size=SHORTEST, max_size=SHORTEST))
def test_an_alias_is_short_and_can_be_read_out(chance: bytes) -> None:
    alias = draw_alias(lambda _: chance, 0)
    assert len(alias) == SHORTEST
    assert set(alias) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


def test_aliases_differ_and_every_character_is_as_likely() -> None:
    drawn = "".join(draw_alias(secrets.token_bytes, 0) for _ in range(2000))
    assert set(drawn) == set(ALPHABET)
    assert max(map(drawn.count, ALPHABET)) < 2 * min(map(drawn.count, ALPHABET))


def test_where_many_are_taken_an_alias_grows() -> None:
    assert [len(draw_alias(bytes, tries)) for tries in (0, 3, 4, 8)] == [SHORTEST, SHORTEST, SHORTEST + 1, SHORTEST + 2]


@pytest.mark.parametrize(
    ("length", "fault"),
    [(0, "short"), (MIN_REASON - 1, "short"), (MIN_REASON, ""), (MAX_REASON, ""), (MAX_REASON + 1, "long")],
)
def test_a_reason_says_something_and_no_more(length: int, fault: str) -> None:
    assert reason_fault("x" * length) == fault


@pytest.mark.parametrize("language", ["en", "ur", "bal"])
def test_the_words_name_the_limits_that_hold(language: str) -> None:
    say = load_catalog().text
    assert str(MIN_REASON) in say(language, "desk.error.reason_short")
    assert str(MAX_REASON) in say(language, "desk.error.reason_long")
    assert str(SHOWN_FOR // timedelta(minutes=1)) in say(language, "desk.unsealings.grant")


def test_nobody_decides_about_their_own_request() -> None:
    assert may_decide(1, 2)
    assert not may_decide(1, 1)


@pytest.mark.parametrize(
    ("decision", "left", "stands"),
    [
        (None, None, Standing.SEALED),
        ("", None, Standing.ASKED),
        ("refused", None, Standing.REFUSED),
        ("granted", SHOWN_FOR, Standing.OPEN),
        ("granted", timedelta(seconds=1), Standing.OPEN),
        ("granted", timedelta(0), Standing.OVER),
        ("granted", -SHOWN_FOR, Standing.OVER),
        ("granted", None, Standing.OVER),
        ("anything", SHOWN_FOR, Standing.ASKED),
    ],
)
def test_only_a_grant_whose_time_runs_opens(decision: str | None, left: timedelta | None, stands: Standing) -> None:
    assert standing(decision, None if left is None else START + left, START) is stands

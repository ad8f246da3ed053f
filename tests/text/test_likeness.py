"""Likeness finds the misspelt, keeps between 0 and 1, and a place alone is no trouble."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.fold import fold
from bot.text.likeness import build_likeness
from bot.text.topics import LIKE, rank_topics
from tests.support import directory

SMALL = build_likeness(
    [("water", "no water in the tap", 1.0), ("road", "the road is broken", 1.0)], frozenset({"quetta"})
)


@given(st.text())
def test_it_is_a_cosine(text: str) -> None:
    assert all(0 <= score <= 1 + 1e-9 for score in SMALL.of(fold(text)).values())


def test_what_was_said_of_a_topic_is_most_like_it() -> None:
    scores = SMALL.of("no watr in tapp")
    assert scores["water"] > scores.get("road", 0.0) > -1
    assert SMALL.of("no water in the tap")["water"] == pytest.approx(1.0)


def test_words_never_seen_are_like_nothing() -> None:
    assert SMALL.of("zzzz") == {}
    assert SMALL.of("") == {}


@pytest.mark.parametrize("text", ["Quetta", "کوئٹہ", "Quetta city", "Gwadar mein", "in Turbat", "Karachi"])
def test_a_place_alone_is_no_trouble(text: str) -> None:
    shipped = directory()
    assert rank_topics(fold(text), "en", shipped.topic_index, shipped.likeness) == []


@pytest.mark.parametrize(
    ("text", "language", "category"),
    [
        ("transfarmer jal gya", "ur", "power_transformer"),
        ("paani nahe aarha", "ur", "water_none"),
        ("No electricity since morning, our whole street is dark", "en", "power_outage"),
    ],
)
def test_a_misspelt_trouble_leads_clearly(text: str, language: str, category: str) -> None:
    shipped = directory()
    (best, first), (_, second) = rank_topics(fold(text), language, shipped.topic_index, shipped.likeness, 0.0)[:2]
    assert best == category
    assert first >= LIKE
    assert first - second >= 0.5

"""Weights add up as written down, give probabilities whatever the text, and refuse what is no weights."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.packed import BITS, pack
from bot.text.traits import traits
from bot.text.weights import TRAITS_MADE, Weights, read_weights
from tests.support import directory, lexicon

SMALL = Weights(
    {"topic": ("water", "road"), "intent": ("complaint", "thanks")},
    {"pani": pack([4, 9, 0, 6, 0]), "sarak": pack([4, 0, 9, 6, 0]), "shukria": pack([4, 0, 0, 0, 12])},
    {"topic": (0.0, 0.0), "intent": (0.5, 0.0)},
)
HEAD = {
    "traits_made": TRAITS_MADE, "traits": ["a", "b"], "groups": {"topic": ["x", "y"]}, "starts": {"topic": [0, 0]},
    "unit": 1.0, "unit_square": 1.0,
}  # fmt: skip


def packed(text: bytes) -> bytes:
    """Without the hour in it: every process that collects these tests must see the same bytes."""
    return gzip.compress(text, mtime=0)


def stored(steps: bytes, **changed: object) -> bytes:
    return packed(json.dumps(HEAD | changed).encode() + b"\n" + steps)


def test_every_question_has_its_own_answers() -> None:
    ranked = SMALL.rank({"pani", "unknown"})
    assert [name for name, _ in ranked["topic"]] == ["water", "road"]
    assert ranked["topic"][0][1] == pytest.approx(1 / (1 + 2.718281828**-4.5))
    assert ranked["intent"][0][0] == "complaint"
    assert SMALL.rank({"shukria"})["intent"][0][0] == "thanks"


def test_nothing_known_leaves_what_is_commonest() -> None:
    assert SMALL.rank(set())["topic"] == [("water", 0.5), ("road", 0.5)]
    assert SMALL.rank(set())["intent"][0][0] == "complaint"
    assert Weights().rank({"pani"}) == {}


@given(st.text(max_size=200))
def test_answers_are_probabilities(text: str) -> None:
    for ranked in lexicon().weights.rank(traits(text, directory().place_index.words)).values():
        assert sum(odds for _, odds in ranked) == pytest.approx(1)
        assert all(0 <= odds <= 1 for _, odds in ranked)
        assert [odds for _, odds in ranked] == sorted((odds for _, odds in ranked), reverse=True)


def test_the_longest_message_overflows_no_field() -> None:
    """Every trait of a message at the highest step still fits into its bits."""
    longest = traits("".join(chr(0x21 + n % 90) for n in range(4000)), frozenset())
    most = max(packed & ((1 << BITS) - 1) for packed in lexicon().weights.table.values())
    assert len(longest) * max(most, 255) < 1 << BITS


def test_what_is_written_is_read() -> None:
    weights = read_weights(stored(bytes([4, 1, 9, 0, 0, 7])))
    assert weights.table == {"a": pack([4, 9, 0]), "b": pack([1, 0, 7])}
    assert weights.rank({"b"})["topic"][0] == ("y", pytest.approx(1 / (1 + 2.718281828**-7)))


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"no gzip",
        stored(b"")[:20],
        stored(b"\1"),
        stored(bytes(6), traits_made=0),
        packed(b"[]\n"),
        packed(json.dumps({"traits_made": TRAITS_MADE}).encode() + b"\n"),
        packed(b"no json\n"),
    ],
    ids=["empty", "no gzip", "cut short", "half a step", "other traits", "a list", "a part", "no json"],
)
def test_what_is_no_weights_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="weights"):
        read_weights(broken)


def test_every_category_was_learnt() -> None:
    groups = lexicon().weights.groups
    assert set(directory().categories) <= set(groups["topic"])
    assert "none" in groups["topic"]

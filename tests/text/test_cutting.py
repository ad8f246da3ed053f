"""Titles of buttons and lists: they fit, they stay whole letters, and two stay two."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.cutting import CUT, clusters, cut, cut_apart, length

PIECES = st.sampled_from(
    ["ا", "ب", "ہ", "ی", "ں", "\u0650", "\u0654", "\u064e", "\u200c", "\u200d", " ", "a", "é", "e\u0301", "😀", "👩\u200d👧", "🇵🇰",
     "👍🏽", "1️⃣", "،"]
)  # fmt: skip
TEXTS = st.lists(PIECES, min_size=1, max_size=60).map("".join)

EXAMPLES = [
    ("پانی نہیں آ رہا", 24, "پانی نہیں آ رہا"),
    ("پبلک ہیلتھ انجینئرنگ ڈیپارٹمنٹ", 24, "پبلک ہیلتھ انجینئرنگ…"),
    ("محکمہ پبلک ہیلتھ، گوادر", 20, "محکمہ پبلک ہیلتھ…"),
    ("12345678 Water supply", 20, "12345678 Water…"),
    ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
    ("no  two\nspaces", 20, "no two spaces"),
    ("😀😀😀😀", 6, "😀😀…"),
    ("aaaa 👩\u200d👧\u200d👦", 8, "aaaa…"),
]


@pytest.mark.parametrize(("text", "most", "expected"), EXAMPLES)
def test_examples(text: str, most: int, expected: str) -> None:
    assert cut(text, most) == expected


@given(TEXTS, st.integers(1, 30))
def test_it_fits_and_no_letter_loses_its_marks(text: str, most: int) -> None:
    found = cut(text, most)
    assert length(found) <= most
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if found != plain:
        assert found.endswith(CUT)
        whole = clusters(plain)
        kept = clusters(found.removesuffix(CUT))
        assert whole[: len(kept)] == kept


@given(TEXTS)
def test_pieces_lose_nothing(text: str) -> None:
    assert "".join(clusters(text)) == text


@given(st.lists(TEXTS, min_size=1, max_size=10), st.sampled_from([20, 24]))
def test_two_titles_stay_two_or_there_are_none(texts: list[str], most: int) -> None:
    found = cut_apart(texts, most)
    if found is not None:
        assert len({title.casefold() for title in found}) == len(texts)
        assert all(0 < length(title) <= most for title in found)


def test_what_differs_only_at_its_end_is_cut_later_or_not_at_all() -> None:
    near = ["Water supply schemesA", "Water supply schemesB of Quetta district"]
    assert cut_apart(near, 24) == ["Water supply schemesA", "Water supply schemesB…"]
    assert cut_apart(["x" * 40 + "1", "x" * 40 + "2"], 24) is None

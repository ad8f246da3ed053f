"""The shipped language model reads lines written for this test, and its arithmetic does what it says."""

import csv
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lexicon import read_model
from bot.text.fold import fold
from bot.text.language import guess_language, rank, read_way
from bot.text.packed import pack
from bot.text.second import SecondOpinion, build_profile
from bot.text.ways import MAX_LETTERS, Table, features, plain, rank_ways
from tests.support import lexicon

LINES = Path(__file__).parents[1] / "data" / "ways.tsv"
WAYS = ["en", "ur", "ur_Latn", "bal", "bal_Latn"]
KEYBOARD = str.maketrans("یکہ", "يكه")
WORDLESS = ["", " ", "12345", "۱۲۳", "👍👍", "🙏🏽", "3/4", "...", "؟", "0333-1234567", "\u200f", "__"]
TINY = Table(("ur", "bal"), {" a": pack([3, 0]), "b": pack([0, 9]), " ab ": pack([1, 0])}, frozenset({"gas"}), 0.5)


@cache
def lines() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {way: [] for way in WAYS}
    with LINES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            found[row["way"]].append(row["text"])
    return found


def test_the_lines_are_many_and_of_every_way() -> None:
    assert all(len(texts) >= 20 for texts in lines().values())


@pytest.mark.parametrize("way", WAYS)
def test_the_shipped_model_reads_complaints(way: str) -> None:
    misses = [text for text in lines()[way] if rank(fold(text), lexicon()).way != way]
    assert len(misses) * 25 <= len(lines()[way]), misses


def test_what_it_is_sure_of_is_right() -> None:
    seen = Counter(
        "asks" if (found := read_way(fold(text), lexicon())[0]) is None else found == way
        for way, texts in lines().items()
        for text in texts
    )
    assert not seen[False]
    assert seen["asks"] <= seen.total() // 10


def test_urdu_on_an_arabic_keyboard_costs_nothing() -> None:
    for text in lines()["ur"]:
        assert rank(fold(text.translate(KEYBOARD)), lexicon()) == rank(fold(text), lexicon())


def test_accents_cost_nothing() -> None:
    assert plain("é gónká né آئی") == "e gonka ne آئی"


@pytest.mark.parametrize("text", WORDLESS)
def test_what_has_no_words_has_no_way(text: str) -> None:
    assert read_way(fold(text), lexicon()) == (None, False)
    assert lexicon().second.of(plain(fold(text))) is None


@given(st.text())
def test_the_same_text_gets_the_same_answer(text: str) -> None:
    folded = fold(text)
    assert rank(folded, lexicon()) == rank(folded, lexicon())
    assert lexicon().second.of(folded) == lexicon().second.of(folded)


def test_a_rant_is_read_by_its_beginning() -> None:
    rant = "pani nahi aa raha " * 400
    assert rank(rant, lexicon()) == rank(rant[:MAX_LETTERS], lexicon())
    assert rank("ا" * 4000, lexicon()).words == 1


def test_weights_add_up_a_way() -> None:
    assert rank_ways("ab", TINY).ranked == (("bal", 0.0), ("ur", -2.0))
    assert rank_ways("ab gas", TINY) == rank_ways("ab", TINY)
    assert rank_ways("gas", TINY).words == 0
    assert rank_ways("gas", TINY).margin == 0


def test_features_are_runs_of_letters_and_words() -> None:
    assert features(["ab"]) == [" ", "a", "b", " ", " a", "ab", "b ", " ab", "ab ", " ab ", " ab "]


def test_no_model_says_nothing() -> None:
    assert rank_ways("pani", Table()).way == ""
    assert rank_ways("pani", Table()).margin == 0
    assert SecondOpinion().of("pani") is None


def test_a_second_opinion_from_two_small_profiles() -> None:
    second = SecondOpinion([build_profile("x", ["aba abab"], 50), build_profile("y", ["cdc dcdc"], 50)])
    assert second.of("abba") == "x"
    assert second.of("dcd") == "y"
    assert second.of("1") is None


def test_the_model_is_small_and_knows_every_way() -> None:
    packed = files("bot.data").joinpath("ways.json.gz").read_bytes()
    tables, _ = read_model(packed)
    assert len(packed) < 400_000
    assert {way for table in tables.values() for way in table.ways} == {*WAYS, "ps", "sd", "fa"}


def test_a_low_margin_is_asked_about_unless_langdetect_agrees() -> None:
    doubtful = [text for texts in lines().values() for text in texts if 0.8 <= rank(fold(text), lexicon()).margin < 1.5]
    for text in doubtful:
        guess = rank(fold(text), lexicon())
        agrees = lexicon().second.of(plain(fold(text))) == guess.way
        assert (guess_language(fold(text), lexicon()) is not None) == (agrees and guess.words > 2)

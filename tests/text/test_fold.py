"""Two spellings of one word fold to the same; what is stored is safe for both databases and for a screen."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.fold import MAX_TEXT, clean, fold

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Letters, marks and joiners whose meetings are where foldings go wrong.
TRICKY = st.text(
    st.one_of(
        st.sampled_from(
            "هەہۀۂةھيیىكکاأإآٱوؤےۓئءں\u0653\u0654\u0655\u064b\u0650\u0651\u0670\u0657\u200c\u200d\u200e\u0640"
            "'’`1۱١१ \n\t.,،۔؟_:-#()ABßİſKﬁǰΐ\u0301\u0307\u0345ﷺﷲﻻﻩﮤ①⑴½👍🏽\ufe0f\u20e3🇵🇰\u061c\u06dd٫"
        ),
        st.characters(),
    )
)
ANY_TEXT = st.text(st.characters(exclude_categories=()))

SAME = {
    "Arabic keyboard, Urdu keyboard": [("يہ كيا", "یہ کیا"), ("كوئتہ", "کوئتہ"), ("شكايت", "شکایت"), ("هاں", "ہاں")],
    "dots below and above left to the font": [("پانى", "پانی"), ("زندگێ", "زندگی"), ("ڪراچی", "کراچی")],
    "hamza typed after the letter": [("آئی", "آی\u0654ی"), ("آئی", "آي\u0654ی"), ("آئی", "آى\u0654ی"), ("ؤ", "و\u0654")],
    "heh with hamza in all spellings": [("نامۂ", "نامہ\u0654"), ("نامۂ", "نامه\u0654"), ("نامۂ", "نامۀ"), ("نامۂ", "نامہ")],
    "alef madda composed or not": [("آپ", "ا\u0653پ"), ("آپ", "ا\u200d\u0653پ")],
    "bari yeh": [("ۓ", "ے\u0654"), ("ۓ", "ے")],
    "presentation forms": [("ﭘﺎﻧﯽ", "پانی"), ("ﻻ", "لا"), ("ﷲ", "اللہ")],
    "vowel signs and stretching": [("شِکایَت", "شکایت"), ("پـــانی", "پانی"), ("بجلیّ", "بجلی")],
    "digits": [("۱۲۳", "123"), ("١٢٣", "123"), ("１２３", "123"), ("१२३", "१२३")],
    "apostrophes": [("don't", "dont"), ("don’t", "dont"), ("donʼt", "dont"), ("don`t", "dont")],
    "case and width": [("STOP", "stop"), ("Ｓｔｏｐ", "stop"), ("Straße", "STRASSE"), ("ﬁx", "fix")],
    "marks around words": [("(1)", "1"), ("1.", "1"), ("#1", "1"), ("*1*", "1"), ("۱۔", "1"), ("1\n", "1"), ("\u200f1", "1")],
    "marks between words": [("جی، ہاں", "جی ہاں"), ("جی؟! ہاں", "جی ہاں"), ("a_-_b", "a b"), ("a … b", "a b")],
    "keycaps and circles": [("1️⃣", "1"), ("1\u20e3", "1"), ("①", "1"), ("⑴", "1")],
    "one thumb is a thumb": [("👍🏽", "👍"), ("👍👍👍", "👍"), ("👍️", "👍"), ("✔️", "✔"), ("👍🏻👍🏿", "👍")],
    "bidi marks": [("1\u061c", "1"), ("\u200f1\u200e", "1"), ("\u20681\u2069", "1")],
}  # fmt: skip
DIFFERENT = [("ھ", "ہ"), ("مئے", "مے"), ("ڑ", "ر"), ("ٹ", "ت"), ("ں", "ن"), ("آپ", "اپ"), ("👍", "👎"), ("سوء", "سو")]


@pytest.mark.parametrize(
    ("one", "other"), [pytest.param(*pair, id=f"{why}: {pair[0]!a}") for why, pairs in SAME.items() for pair in pairs]
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert fold(clean(one)) == fold(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_letters_that_part_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("written", "folded"), [("", ""), ("   ", ""), ("…!؟", ""), ("_", ""), ("  پانی   نہیں ", "پانی نہیں")]
)
def test_folded_words_are_parted_by_one_space(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(TRICKY)
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded.split(" ") == (folded.split() or [""])


@given(TRICKY)
def test_what_was_stored_folds_as_what_was_written(text: str) -> None:
    assert fold(clean(clean(text))) == fold(clean(text))


@settings(max_examples=200)
@given(ANY_TEXT | TRICKY)
def test_what_is_stored_is_safe(text: str) -> None:
    stored = clean(text)
    assert clean(stored) == stored
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert not set(stored) & {"\x00", "\x1b", *BIDI_CONTROLS}
    assert unicodedata.is_normalized("NFC", stored)
    assert len(stored) <= MAX_TEXT


@given(ANY_TEXT)
def test_folding_never_fails(text: str) -> None:
    assert isinstance(fold(text), str)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("a\x00b", "ab"),
        ("\ud800x\udfff", "x"),
        (f"{BIDI_CONTROLS}evil", "evil"),
        ("line one\r\nline two", "line one\r\nline two"),
        ("tab\there", "tab\there"),
        ("ٹھیک\u200cہے", "ٹھیک\u200cہے"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("e\u0301", "é"),
        ("ه\u0654", "ه\u0654"),
        ("\ufeff  سلام \n", "سلام"),
        ("ب" * (MAX_TEXT + 5), "ب" * MAX_TEXT),
    ],
)
def test_what_is_kept_of_a_text(written: str, stored: str) -> None:
    assert clean(written) == stored

"""A message's own words tell its language where they are sure, and leave a doubt where they are not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.fold import fold
from bot.text.language import SPOKEN, guess_language, is_arabic, rank, read_way
from tests.support import lexicon

SURE = {
    "en": [
        "There is no water in our street for three days",
        "The transformer is broken and nobody comes to repair it",
        "Our school has no teacher since last month",
        "I want to know how to apply for a domicile",
        "the road from the bazaar to the hospital is very bad",
    ],
    "ur": [
        "ہمارے علاقے میں تین دن سے پانی نہیں آ رہا",
        "بجلی کا بل بہت زیادہ آیا ہے",
        "سکول میں استاد نہیں آتے، بچے پڑھ نہیں سکتے",
        "ہسپتال میں ڈاکٹر نہیں ہے",
        "ہمارے محلے كي گليوں ميں كچرا پڑا ہوا ہے",
    ],
    "ur_Latn": [
        "hamare mohalle mein teen din se pani nahi aa raha hai",
        "bijli ka bill bohat zyada aya hai, kya karein",
        "school mein ustad nahi aate",
        "hospital mein doctor nahi hai",
        "mujhe domicile banwana hai, kaghzat kya chahiye",
    ],
    "bal": [
        "مئے شہر ءَ سئے روچ انت کہ آپ نیست",
        "مئے اسکول ءَ استاد نہ کیت",
        "بجلی ءِ بل باز گیش انت",
        "منا یک شکایتے کنگی انت",
        "ما را آپ نہ رسیت، کمک بکن ات",
    ],
}
ROMAN_BALOCHI = ["may shahr a sey roch int ke aap nest", "may iskool a ustad nest"]
DOUBTFUL = [
    "",
    "ok",
    "hi",
    "salam",
    "سلام",
    "Gwadar",
    "گوادر",
    "bijli",
    "WASA",
    "hello ji",
    "CNIC",
    "hmm",
    "Quetta Pishin",
]
WORDLESS = [
    "1",
    "12",
    "۱۲۳",
    "48271936",
    "0333-1234567",
    "👍",
    "👍🏽👍🏽",
    "🙏",
    "❤️",
    "…",
    "؟",
    "1️⃣",
    "25.12, 62.32",
    "٪",
    "\u200c",
]


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in SURE.items() for text in texts])
def test_a_plain_sentence_is_sure(language: str, text: str) -> None:
    assert guess_language(fold(text), lexicon()) == language


@pytest.mark.parametrize("text", ROMAN_BALOCHI)
def test_roman_balochi_is_answered_in_balochi(text: str) -> None:
    assert guess_language(fold(text), lexicon()) == "bal"


@pytest.mark.parametrize("text", ROMAN_BALOCHI)
def test_roman_balochi_is_answered_in_kind_once_it_has_texts_of_its_own(text: str) -> None:
    known = replace(lexicon(), written=lexicon().written | {"bal_Latn"})
    assert guess_language(fold(text), known) == "bal_Latn"


@pytest.mark.parametrize("text", DOUBTFUL)
def test_a_short_message_leaves_a_doubt(text: str) -> None:
    assert guess_language(fold(text), lexicon()) is None


@pytest.mark.parametrize("text", WORDLESS)
def test_numbers_and_signs_have_no_language(text: str) -> None:
    assert guess_language(fold(text), lexicon()) is None


@pytest.mark.parametrize(
    ("text", "arabic"),
    [
        ("پانی", True),
        ("pani", False),
        ("پانی pani", False),
        ("پانی نہیں WASA", True),
        ("123", False),
        ("", False),
        ("ﭘﺎﻧﯽ", True),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, arabic: bool) -> None:
    assert is_arabic(fold(text)) is arabic


def test_a_place_or_department_in_latin_letters_does_not_turn_an_urdu_message() -> None:
    assert guess_language(fold("WASA والے ہمارے علاقے میں پانی نہیں دے رہے"), lexicon()) == "ur"


@given(st.text())
def test_guessing_never_fails(text: str) -> None:
    folded = fold(text)
    assert guess_language(folded, lexicon()) in {*SPOKEN.values(), None}
    assert rank(folded, lexicon()).margin >= 0


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("ps", "زموږ په کلي کې اوبه نشته او څوک پوښتنه نه کوي"),
        ("ps", "زما ښوونځی تړلی دی ډاکټر نشته"),
        ("sd", "اسان جي ڳوٺ ۾ پاڻي ناهي ۽ ڪو ٻڌڻ وارو ڪونهي"),
        ("fa", "در روستای ما آب نیست و هیچ کسی جواب نمی‌دهد"),
    ],
)
def test_a_neighbours_language_is_known_and_answered_in_urdu(way: str, text: str) -> None:
    assert read_way(fold(text), lexicon()) == (way, True)
    assert guess_language(fold(text), lexicon()) == "ur"


def test_our_own_languages_are_spoken_here() -> None:
    assert read_way(fold("hamare mohalle mein pani nahi aa raha"), lexicon()) == ("ur_Latn", False)
    assert read_way(fold("بجلی"), lexicon()) == (None, False)


@pytest.mark.parametrize("text", ["بجلی", "ڈاکٹر", "gas", "police", "آپ", "Gwadar", "bijli"])
def test_a_word_two_languages_share_decides_nothing(text: str) -> None:
    assert guess_language(fold(text), lexicon()) is None

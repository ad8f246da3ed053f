"""Short answers mean what a citizen means by them; and no complaint with "stop" or "band" in it is taken for an opt-out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.answers import Lexicon, build_meanings, has_cue, read_choice, read_meaning
from bot.text.fold import fold
from tests.support import lexicon

ONE = [
    "1",
    "۱",
    "١",
    "1.",
    "1️⃣",
    "one",
    "One",
    "ek",
    "Ek",
    "ایک",
    "یک",
    "aik",
    "(1)",
    "1)",
    "#1",
    "①",
    " 1 ",
    "1\n",
    "۱۔",
    "*1*",
    "１",
    "\u200f1",
    "1\u061c",
    "'1'",
]
NUMBERS = {2: ["2", "۲", "٢", "two", "do", "دو", "2️⃣"], 3: ["3", "three", "teen", "تین", "سہ"], 0: ["0", "۰", "٠", "zero", "صفر"],
           7: ["7", "seven", "saat", "سات", "ہفت", "ھفت"], 10: ["10", "ten", "das", "دس", "دہ", "۱۰"], 99: ["99"]}  # fmt: skip
NO_CHOICE = [
    "",
    "100",
    "001",
    "12345678",
    "0333 1234567",
    "1 2",
    "1/2",
    "option one",
    "پانی",
    "one two",
    "first",
    "½",
    "👍",
    "1a",
    "-",
]

YES = [
    "yes",
    "Yes.",
    "YES!!",
    "👍",
    "👍🏽",
    "👍👍",
    "✅",
    "ok",
    "haan",
    "Haan",
    "han ji",
    "ji",
    "جی ہاں",
    "جی، ہاں",
    "ہاں",
    "هاں",
    "ہئو",
    "ھو",
    "ho",
    "bilkul",
    "ٹھیک ہے",
    "sahi hai",
]
NO = ["no", "No.", "👎", "nahi", "nahin", "نہیں", "نهيں", "جی نہیں", "اناں", "na", "not yet"]
STOP = [
    "stop",
    "STOP",
    "Stop.",
    "stop!!",
    " stop ",
    "stop all",
    "unsubscribe",
    "message band karo",
    "sms band karo",
    "پیغام بند کریں",
    "پیغام بند كريں",
    "میسج بند کرو",
    "کلوہ بند کن",
    "don't message me",
    "opt-out",
]
ASK_BACK = ["band", "Band.", "بند", "band karo", "بند کرو", "stop it", "enough", "بند کن"]
NO_OPT_OUT = """
stop sending wrong bills | please stop | stop please | please stop the loadshedding | stop this corruption
stop water theft in our street | stop the garbage burning | when will loadshedding stop | bus stop is broken
the bus stop | water supply stopped | stopped | non stop loadshedding | پانی بند ہے | پانی بند | گیس بند ہے
بجلی بند | سکول بند ہے | سڑک بند ہے | ہسپتال بند ہے | نالی بند ہے | بند ہے | دکانیں بند کرو | رشوت بند کرو
gas band hai | bijli band | pani band hai | school band hai | road band hai | nali band hai | band hai
light band ho gai | band karo ye loadshedding | ye loadshedding band karo | rishwat band karo
message nahi aa raha | sms nahi mila | message band hai | آپ بند انت | گیس بند انت | بجلی بند کن ات مہ
end of the road | the end of our street has no light | no end to loadshedding | quit smoking | cancel
Cancel. | منسوخ | no | نہیں | بس | bas | bs | khatam | ختم | transformer off | light off | off | enough
close | closed | remove garbage | remove the stray dogs | revoke his licence | unsubscribed
no messages from nadra | s t o p | st0p | stop 1 | 1 stop | stop stop | do not stop
"""


@pytest.mark.parametrize("text", ONE)
def test_one_in_all_its_forms(text: str) -> None:
    assert read_choice(fold(text), lexicon()) == 1


@pytest.mark.parametrize(("number", "text"), [(n, text) for n, texts in NUMBERS.items() for text in texts])
def test_other_numbers(number: int, text: str) -> None:
    assert read_choice(fold(text), lexicon()) == number


@pytest.mark.parametrize("text", NO_CHOICE)
def test_what_is_no_choice(text: str) -> None:
    assert read_choice(fold(text), lexicon()) is None


@given(st.integers(0, 99), st.sampled_from(["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９"]))
def test_a_number_is_read_in_every_keyboard_s_digits(number: int, digits: str) -> None:
    assert read_choice(fold("".join(digits[int(digit)] for digit in str(number))), lexicon()) == number


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert read_meaning(fold(text), lexicon()) == "yes"


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert read_meaning(fold(text), lexicon()) == "no"


@pytest.mark.parametrize("text", STOP)
def test_stop(text: str) -> None:
    assert read_meaning(fold(text), lexicon()) == "stop"


@pytest.mark.parametrize("text", ASK_BACK)
def test_what_may_mean_stop_is_asked_about(text: str) -> None:
    assert read_meaning(fold(text), lexicon()) == "stop_ask"


@pytest.mark.parametrize(
    "text", [text.strip() for line in NO_OPT_OUT.split("\n") for text in line.split("|") if text.strip()]
)
def test_no_false_opt_out(text: str) -> None:
    assert read_meaning(fold(text), lexicon()) != "stop"


@given(
    st.sampled_from(STOP),
    st.sampled_from(["bijli", "پانی", "loadshedding", "wrong bills", "1", "گیس", "آپ"]),
    st.booleans(),
)
def test_one_more_word_and_it_is_no_opt_out(stop: str, word: str, first: bool) -> None:
    assert read_meaning(fold(f"{word} {stop}" if first else f"{stop} {word}"), lexicon()) != "stop"


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    folded = fold(text)
    choice = read_choice(folded, lexicon())
    assert choice is None or 0 <= choice <= 99
    read_meaning(folded, lexicon())


def test_the_first_that_claims_a_word_keeps_it() -> None:
    assert build_meanings([("done", ["Bas", " "]), ("stop_ask", ["bas", "band"])]) == {
        "bas": "done",
        "band": "stop_ask",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [("how much is the fee?", True), ("feeling cold", False), ("coffee", False), ("fee", True), ("", False)],
)
def test_a_cue_is_whole_words(text: str, found: bool) -> None:
    assert has_cue(fold(text), "question", Lexicon(cues={"question": frozenset({"fee", "how to"})})) is found

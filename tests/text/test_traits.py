"""Which number and which place it is must not be learnt; that there is one may be."""

from hypothesis import given
from hypothesis import strategies as st

from bot.text.fold import fold
from bot.text.traits import LONG, MAX_LETTERS, NUMBER, PLACE, TICKET, traits

NAMES = frozenset({"gwadar", "تربت"})


def test_a_place_is_a_place() -> None:
    assert traits("pani gwadar", NAMES) == traits("pani تربت", NAMES)
    assert f" {PLACE} " in traits("gwadar", NAMES)
    assert not any("gwa" in trait for trait in traits("gwadar", NAMES))


def test_a_number_is_a_kind_of_number() -> None:
    for text, sign in (("12345678", TICKET), ("1234 5678", TICKET), ("03000000101", LONG), ("3 din", NUMBER)):
        assert f" {sign} " in traits(text, NAMES)
    assert traits("ticket 85896693", NAMES) == traits("ticket 11112222", NAMES)
    assert not any("0300" in trait for trait in traits("call 0300 0000101", NAMES))


def test_misspelt_words_share_traits() -> None:
    shared = traits("transformer", NAMES) & traits("transfarmer", NAMES)
    assert len(shared) > 6


@given(st.text())
def test_any_text_has_traits_and_no_digit_is_left(text: str) -> None:
    found = traits(fold(text), NAMES)
    assert not any(char.isdecimal() for trait in found for char in trait if not trait.startswith("words "))
    assert len(found) < 3 * MAX_LETTERS + MAX_LETTERS

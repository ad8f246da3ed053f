"""A number is one number in every spelling; what is no number is none; a screen shows little of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phone import normalise

GUL = "+923331234567"
SPELLINGS = [
    "+923331234567",
    "03331234567",
    "0333 1234567",
    "0333-1234567",
    "0333.123.4567",
    "(0333) 1234567",
    "00923331234567",
    "923331234567",
    "3331234567",
    "+92 333 1234567",
    "+92 (0)333 1234567",
    "whatsapp:+923331234567",
    "whatsapp:923331234567",
    "۰۳۳۳۱۲۳۴۵۶۷",
    "٠٣٣٣١٢٣٤٥٦٧",
    "۰۳۳۳-۱۲۳۴۵۶۷",
    "＋923331234567",
    " 03331234567\n",
    "+92\u00a0333\u00a01234567",
]
NONE = [
    "",
    " ",
    "whatsapp:",
    "+",
    "0",
    "15",
    "8171",
    "1122",
    "JAZZ",
    "Telenor",
    "Anonymous",
    "پانی",
    "👍",
    "\x00",
    "+92",
    "+92333",
    "9" * 20,
    "9" * 300,
    "1800FLOWERS",
    "0333ABCDEFG",
    "0333 1234567 Ali",
    "whatsapp:ID.4566546130240823",
    "whatsapp:ID.4566546130",
    "ID.456654613",
    "923331234567;ext=5",
    "a" * 400,
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_is_one_number(text: str) -> None:
    assert normalise(text) == GUL


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_number_is_none(text: str) -> None:
    assert normalise(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("081-9201445", "+92819201445"),
        ("+1 415 523 8886", "+14155238886"),
        ("+881612345678", "+881612345678"),
        ("+447911123456", "+447911123456"),
    ],
)
def test_other_networks_and_countries(text: str, number: str) -> None:
    assert normalise(text) == number


@given(st.integers(0, 9_999_999), st.integers(0, 49), st.sampled_from(["+92", "0092", "0", "92", "whatsapp:+92"]))
def test_all_mobile_numbers_in_all_prefixes(subscriber: int, network: int, prefix: str) -> None:
    assert normalise(f"{prefix}3{network:02d}{subscriber:07d}") == f"+923{network:02d}{subscriber:07d}"


@given(st.text())
def test_normalising_never_fails_and_settles(text: str) -> None:
    number = normalise(text)
    assert number is None or (number[0] == "+" and number[1:].isascii() and number[1:].isdecimal())
    assert number is None or normalise(number) == number

"""A citizen's digits are told apart, and a text is written in them without touching anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.digits import NATIVE, digit_style, read_digits, write_digits
from bot.text.fold import clean, fold


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("۳ دن سے پانی نہیں", "urdu"),
        ("٣ دن سے پانی نہیں", "arabic"),
        ("3 دن سے پانی نہیں", "ascii"),
        ("۲", "urdu"),
        ("٢", "arabic"),
        ("2", "ascii"),
        ("2️⃣", "ascii"),
        ("(2)", "ascii"),
        # A copied number is no choice of digits.
        ("۳ دن سے میٹر 0042719 بند ہے", "urdu"),
        ("0300 0000101 پر فون کریں، ۳ دن سے", "urdu"),
        ("WASA والے 3 دن سے نہیں آئے", "ascii"),
        ("3 din se pani nahi", ""),
        ("no water for 3 days", ""),
        ("ghar no. ۳ mein", "urdu"),
        ("پانی نہیں آ رہا", ""),
        ("", ""),
        ("🙏", ""),
        ("²", ""),
        ("१", ""),
    ],
)
def test_styles(text: str, style: str) -> None:
    assert digit_style(text) == style


@pytest.mark.parametrize(
    ("style", "said"),
    [("urdu", "۲۱ نومبر، ۰"), ("arabic", "٢١ نومبر، ٠"), ("ascii", "21 نومبر، 0"), ("", "21 نومبر، 0")],
)
def test_a_text_is_written_in_a_style(style: str, said: str) -> None:
    assert write_digits("21 نومبر، 0", style) == said


@given(st.text(), st.sampled_from(sorted(NATIVE)))
def test_what_is_written_in_a_style_reads_the_same(text: str, style: str) -> None:
    assert fold(write_digits(text, style)) == fold(text)


@given(st.integers(min_value=0), st.sampled_from(sorted(NATIVE)))
def test_what_is_written_in_a_style_is_told_as_that_style(number: int, style: str) -> None:
    assert digit_style(clean(write_digits(str(number), style))) == style


@pytest.mark.parametrize(("text", "read"), [("۱۲۳ ٤٥٦", "123 456"), ("१२", "12"), ("a1-²½", "a1-²½"), ("", "")])
def test_digits_of_every_family_are_read(text: str, read: str) -> None:
    assert read_digits(text) == read

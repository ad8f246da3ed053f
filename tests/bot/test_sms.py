"""A text costs as many SMS parts as the standard says, counted here a second time in another way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms import BASIC, EXTENDED, Size, measure

# GSM 03.38 as its table stands, eight rows of sixteen; the escape is no character of its own.
GSM_TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}


def slow_count(text: str) -> tuple[int, str]:
    """Writes the parts out one by one, as a phone would."""
    if all(char in GSM_EXTENSION or (char in GSM_TABLE and char != "\x1b") for char in text):
        units = [b"\x1b?" if char in GSM_EXTENSION else b"?" for char in text]
        single, part, encoding = 160, 153, "GSM-7"
    else:
        units = [char.encode("utf-16-be", "surrogatepass") for char in text]
        single, part, encoding = 140, 134, "UCS-2"  # octets
    if len(b"".join(units)) <= single:
        return (1 if text else 0), encoding
    parts = [b""]
    for unit in units:
        if len(parts[-1]) + len(unit) > part:
            parts.append(b"")
        parts[-1] += unit
    return len(parts), encoding


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size(0, 0, "GSM-7")),
        ("a", Size(1, 1, "GSM-7")),
        ("a" * 160, Size(1, 160, "GSM-7")),
        ("a" * 161, Size(2, 161, "GSM-7")),
        ("a" * 306, Size(2, 306, "GSM-7")),
        ("a" * 307, Size(3, 307, "GSM-7")),
        ("پ" * 70, Size(1, 70, "UCS-2")),
        ("پ" * 71, Size(2, 71, "UCS-2")),
        ("پ" * 134, Size(2, 134, "UCS-2")),
        ("پ" * 135, Size(3, 135, "UCS-2")),
        ("€" * 80, Size(1, 160, "GSM-7")),
        ("€" * 81, Size(2, 162, "GSM-7")),
        ("a" * 159 + "€", Size(2, 161, "GSM-7")),
        # 152 + an extension character: it does not fit the one septet left and moves on whole
        ("a" * 152 + "€" + "a" * 151, Size(2, 305, "GSM-7")),
        ("a" * 152 + "€" + "a" * 152, Size(3, 306, "GSM-7")),
        ("😀" * 35, Size(1, 70, "UCS-2")),
        ("😀" * 36, Size(2, 72, "UCS-2")),
        # 66 units and a pair: the pair is not cut
        ("پ" * 66 + "😀" + "پ" * 65, Size(2, 133, "UCS-2")),
        ("پ" * 66 + "😀" + "پ" * 66, Size(3, 134, "UCS-2")),
        ("a" * 1600, Size(11, 1600, "GSM-7")),
        ("پ" * 1600, Size(24, 1600, "UCS-2")),
        ("a" * 69 + "’", Size(1, 70, "UCS-2")),
        ("a" * 70 + "’", Size(2, 71, "UCS-2")),
        ("`", Size(1, 1, "UCS-2")),
        ("ç", Size(1, 1, "UCS-2")),
        ("\x1b", Size(1, 1, "UCS-2")),
    ],
)  # fmt: skip
def test_sizes(text: str, size: Size) -> None:
    assert measure(text) == size


def test_the_alphabet_is_the_standard_s() -> None:
    assert set(GSM_TABLE) - {"\x1b"} == BASIC
    assert len(GSM_TABLE) == 128
    assert set(GSM_EXTENSION) == EXTENDED


@given(st.text(st.sampled_from(sorted(BASIC | EXTENDED)), max_size=700))
def test_latin_texts_count_as_written_out(text: str) -> None:
    assert (measure(text).segments, measure(text).encoding) == slow_count(text)


@given(st.text(st.sampled_from("aپ€😀ہ\n{"), min_size=40, max_size=300))
def test_mixed_texts_count_as_written_out(text: str) -> None:
    assert (measure(text).segments, measure(text).encoding) == slow_count(text)


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_counts_as_written_out(text: str) -> None:
    assert (measure(text).segments, measure(text).encoding) == slow_count(text)


@given(st.text(max_size=300), st.characters(exclude_categories=("Cs",)))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert measure(text + more).segments >= measure(text).segments

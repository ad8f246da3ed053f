"""How many SMS a text costs; counted here on its own, so that the service's count can be checked against it."""

from typing import NamedTuple

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ONE_UNIT = 0xFFFF  # letters beyond are two UTF-16 units
TWICE = set("^{}\\[~]|€\f")


class Count(NamedTuple):
    """`units` are septets (GSM-7) or UTF-16 units (UCS-2)."""

    encoding: str
    units: int
    segments: int


def count(text: str) -> Count:
    """A text -> its encoding, units and SMS parts; an empty text is one part."""
    if set(text) <= BASIC | TWICE:
        return _pack("GSM-7", [2 if letter in TWICE else 1 for letter in text], 160, 153)
    return _pack("UCS-2", [2 if ord(letter) > ONE_UNIT else 1 for letter in text], 70, 67)


def _pack(encoding: str, widths: list[int], single: int, part: int) -> Count:
    units = sum(widths)
    if units <= single:
        return Count(encoding, units, 1)
    segments, room = 1, part
    for width in widths:
        if width > room:  # an escape pair or a surrogate pair never straddles two parts
            segments, room = segments + 1, part
        room -= width
    return Count(encoding, units, segments)

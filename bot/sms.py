"""How many SMS parts a text costs (3GPP TS 23.038: GSM-7 160/153 septets, UCS-2 70/67 units)."""

from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Cost two septets each, which may not be parted by the border of a segment."""


@dataclass(frozen=True, slots=True)
class Size:
    """`segments`: parts sent and paid; `units`: septets or UTF-16 units; `encoding`: GSM-7 or UCS-2."""

    segments: int
    units: int
    encoding: str


def measure(text: str) -> Size:
    """The size of a text as SMS. One character outside GSM-7 moves the whole text to UCS-2."""
    if all(char in BASIC or char in EXTENDED for char in text):
        return _size([2 if char in EXTENDED else 1 for char in text], 160, 153, "GSM-7")
    return _size([1 + (char > "\uffff") for char in text], 70, 67, "UCS-2")


def _size(costs: list[int], single: int, part: int, encoding: str) -> Size:
    units = sum(costs)
    if units <= single:
        return Size(1 if costs else 0, units, encoding)
    segments, room = 1, part
    for cost in costs:
        if cost > room:
            segments, room = segments + 1, part
        room -= cost
    return Size(segments, units, encoding)

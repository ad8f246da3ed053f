"""Makes a text fit a button: cut between words, never inside what the eye reads as one letter, and marked as cut."""

import re
import unicodedata
from collections.abc import Sequence

CUT = "…"
LEAST = 0.5
"""A whole word less is left out only if at least this share of the room stays used."""
_JOINS = {"\u200d"}
"""What comes after a zero-width joiner is part of the same sign, e.g. of a family emoji."""
_STAYS = re.compile("[\u200c\u200d\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
_LOOSE = " \t\n،,؛;:.۔-–—/(«\"'"


def length(text: str) -> int:
    """Length as WhatsApp's makers count it, in UTF-16 units: an emoji is two."""
    return len(text) + sum(char > "\uffff" for char in text)


def clusters(text: str) -> list[str]:
    """The text in pieces that must stay whole: a letter with its marks, an emoji with its joiners, tone and frame."""
    found: list[str] = []
    for char in text:
        if found and (_is_mark(char) or found[-1][-1] in _JOINS or _makes_flag(found[-1], char)):
            found[-1] += char
        else:
            found.append(char)
    return found


def cut(text: str, most: int, *, at_word: bool = True) -> str:
    """The text in at most `most` UTF-16 units (at least 1), white space made plain; the ellipsis counts.

    `at_word`: between words where that leaves enough of it, else between letters.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if length(text) <= most:
        return text
    kept, used = [], length(CUT)
    for piece in clusters(text):
        if (used := used + length(piece)) > most:
            break
        kept.append(piece)
    if at_word and text[len("".join(kept))] != " " and " " in kept:
        words = kept[: len(kept) - 1 - kept[::-1].index(" ")]
        kept = words if length("".join(words)) >= most * LEAST else kept
    while kept and kept[-1] in _LOOSE:
        kept.pop()
    return "".join(kept) + CUT


def cut_apart(texts: Sequence[str], most: int) -> list[str] | None:
    """All texts cut so that no two look alike, or None: between words if that keeps them apart, else between letters."""
    for at_word in (True, False):
        found = [cut(text, most, at_word=at_word) for text in texts]
        if len({text.casefold() for text in found}) == len(found) and all(text not in ("", CUT) for text in found):
            return found
    return None


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me", "Mc") or bool(_STAYS.fullmatch(char))


def _makes_flag(before: str, char: str) -> bool:
    """Two regional letters are one flag."""
    return bool(_FLAG.fullmatch(char)) and bool(_FLAG.fullmatch(before))

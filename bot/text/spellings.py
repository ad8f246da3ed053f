"""Other spellings of a place's name: what is lost or doubled when people type it, in either script."""

import re
from collections.abc import Iterator

_ENDINGS = ("a", "ay", "e", "ey")
"""Balochi endings as they are typed in Latin letters: gwadara, gwadaray."""
_OBJECT = "ء"
"""What `fold` leaves of a Balochi ءَ or ءِ typed without a space before it."""
MIN_LETTERS = 4
_SOUNDS = ((re.compile("ee|ea|ie|y"), "i"), (re.compile("oo|ou|o"), "u"), (re.compile("aw|au"), "u"), (re.compile("(?<=.)h"), ""),
           (re.compile(r"(.)\1+"), r"\1"), (re.compile("[qk]"), "k"), (re.compile("w"), "v"))  # fmt: skip


def variants(name: str) -> Iterator[str]:
    """Spellings of a folded name that are nobody else's: with an ending, without a space, without marks."""
    if name.isascii():
        if " " not in name and len(name) >= MIN_LETTERS:
            yield from (name + ending for ending in _ENDINGS)
        return
    bare = name.replace("آ", "ا").replace("ئ", "ء")
    for spelling in (name, bare):
        for joined in (spelling, spelling.replace(" ", "")):
            yield from (joined, joined + _OBJECT)


def skeleton(name: str) -> str:
    """How a folded Latin name sounds, roughly: nushkee and noshki are one. Empty for other scripts."""
    if not name.isascii():
        return ""
    for pattern, sound in _SOUNDS:
        name = pattern.sub(sound, name)
    return name

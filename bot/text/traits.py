"""What a message is made of, for weighing: runs of letters, words, pairs of words, and signs of numbers and places."""

import re
from collections.abc import Container
from itertools import pairwise

from bot import tickets

MAX_LETTERS = 600
"""What a longer message says first decides; the rest is kept and read by people."""
RUNS = (3, 4)
PLACE = "@"
TICKET, LONG, NUMBER = "#t", "#l", "#"
_LONG_DIGITS = 7
_STEPS = (1, 2, 4, 8, 14)
_DIGITS = re.compile(r"\d+(?:[ ]\d+)*")


def traits(folded: str, names: Container[str]) -> set[str]:
    """The traits of a folded text. `names`: words that only name places; which place it is says nothing of the trouble."""
    text = _DIGITS.sub(_sign, folded[:MAX_LETTERS])
    words = [PLACE if word in names else word for word in text.split()]
    text = f" {' '.join(words)} "
    found = {text[at : at + size] for size in RUNS for at in range(len(text) - size + 1)}
    found.update(f" {word} " for word in words)
    found.update(f"{first} {second}" for first, second in pairwise(words))
    found.add(f"words {sum(len(words) > step for step in _STEPS)}")
    return found


def _sign(digits: re.Match[str]) -> str:
    """A ticket's number, a telephone's or a card's, or any other: which one it is must not be learnt."""
    plain = digits[0].replace(" ", "")
    if len(plain) == tickets.NUMBER_DIGITS:
        return f" {TICKET} "
    return f" {LONG if len(plain) >= _LONG_DIGITS else NUMBER} "

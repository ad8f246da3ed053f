"""Which way of writing a text is in: naive Bayes over letters and words, one table of weights a script."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

from bot.text.packed import unpack

MAX_LETTERS = 400
"""A longer message tells nothing more about its language."""
LONGEST = 4
_ACCENTS = re.compile("[\u0300-\u036f]")
_DIGITS = re.compile(r"\d+")
# What `fold` leaves of the letters only Pashto and only Sindhi write. A weight and no verdict: people write Urdu on a
# Pashto keyboard too.
NEIGHBOURS = frozenset(("ps", "sd", "fa"))
"""Languages of the province and beside it that we read but do not speak yet."""
RARE = 1.5
"""Log-odds a neighbour starts behind: few who write to us write one."""
_LETTERS = {"ps": re.compile("[ټډړږښڅځڼګ]"), "sd": re.compile("[ڻڳڄڃڇڌڏڊڍٻڀٿٽٺڙڦڱ]")}
LETTER_ODDS = 6.0
"""Log-odds one such letter adds, up to three of them."""


@dataclass(frozen=True, slots=True)
class Table:
    """The weights of one script; no weights at all say nothing about any text."""

    ways: tuple[str, ...] = ()
    weights: Mapping[str, int] = field(default_factory=dict)
    """Letters or ` word ` -> the weights of all ways, packed into one number."""
    shared: frozenset[str] = frozenset()
    """Loanwords and names that every language here uses (بجلی, doctor, Gwadar): they decide nothing."""
    unit: float = 1.0
    """Log-odds one step of a weight is worth."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The ways a script allows, likeliest first, with the log-odds each trails the first by."""

    ranked: tuple[tuple[str, float], ...]
    words: int
    """Words that had a say."""

    @property
    def way(self) -> str:
        """The likeliest way, or empty where nothing was said."""
        return self.ranked[0][0] if self.ranked and self.words else ""

    @property
    def margin(self) -> float:
        """How far the first way leads the second; 0 where nothing was said."""
        return -self.ranked[1][1] if len(self.ranked) > 1 else 0.0


def plain(folded: str) -> str:
    """Folded text without accents on Latin letters (án = an) and without digits."""
    text = _DIGITS.sub(" ", folded)
    if text.isascii():
        return text
    # Letter by letter: taking marks off Arabic letters would make another letter of آ and ئ.
    return "".join(char if char >= "\u0590" else _ACCENTS.sub("", unicodedata.normalize("NFD", char)) for char in text)


def features(words: Sequence[str]) -> list[str]:
    """Every run of one to four letters, edges of words included, and every whole word."""
    text = f" {' '.join(words)} "
    found = list(text)
    for size in range(2, LONGEST + 1):
        found += [text[at : at + size] for at in range(len(text) - size + 1)]
    return found + [f" {word} " for word in words]


def rank_ways(folded: str, table: Table) -> Guess:
    """The ways of one script by how well they explain the text."""
    words = [word for word in plain(folded[:MAX_LETTERS]).split() if word not in table.shared]
    total = sum(map(table.weights.get, features(words), repeat(0))) if words else 0
    sums = unpack(total, len(table.ways))
    odds = {way: steps * table.unit for way, steps in zip(table.ways, sums, strict=True)}
    for way in NEIGHBOURS & odds.keys():
        odds[way] -= RARE
    for way, letters in _LETTERS.items():
        if way in odds:
            odds[way] += LETTER_ODDS * min(3, len(letters.findall(folded)))
    lead = max(odds.values(), default=0.0)
    return Guess(
        tuple(sorted(((way, value - lead) for way, value in odds.items()), key=lambda row: -row[1])), len(words)
    )

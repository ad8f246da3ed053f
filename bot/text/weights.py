"""A linear model over the traits of a message: all outcomes weighed in one sum, as probabilities."""

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from math import exp, sqrt

from bot.text.packed import BITS, unpack

TRAITS_MADE = 1
"""Counts up whenever bot/text/traits.py makes other traits of a text: weights of before then mean nothing."""
Ranked = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Weights:
    """`groups`: outcomes that exclude each other, by the name of the question; `table`: trait -> one packed number, the
    square of its rarity first, then the weight of every outcome of every group; `starts`: what each outcome has before
    anything is read; `unit`, `unit_square`: what one step of a weight, of a squared rarity, is worth."""

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    table: Mapping[str, int] = field(default_factory=dict)
    starts: Mapping[str, Sequence[float]] = field(default_factory=dict)
    unit: float = 1.0
    unit_square: float = 1.0

    def rank(self, traits: Iterable[str]) -> dict[str, Ranked]:
        """{question: (outcome, probability) pairs, likeliest first}; nothing without weights."""
        total = sum(map(self.table.get, traits, repeat(0)))
        sums = unpack(total, 1 + sum(map(len, self.groups.values())))
        length = sqrt(next(sums) * self.unit_square) or 1.0
        ranked = {}
        for question, outcomes in self.groups.items():
            scores = [start + next(sums) * self.unit / length for start in self.starts[question]]
            ranked[question] = _likeliest(outcomes, scores)
        return ranked

    def knows(self, word: str) -> bool:
        """Whether something was learnt of a word as a whole."""
        return f" {word} " in self.table


def read_weights(stored: bytes) -> Weights:
    """Weights as `workers/training/reading.py` writes them: a line of JSON, then one byte a weight, outcome by outcome.

    Raises ValueError when that is not what it is given.
    """
    try:
        head, _, steps = gzip.decompress(stored).partition(b"\n")
        told = json.loads(head)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise ValueError("These are no weights, or they are cut short.") from error
    if not isinstance(told, dict) or told.get("traits_made") != TRAITS_MADE:
        raise ValueError("The weights are of traits that another version of Tawar made.")
    if missing := {"traits", "groups", "starts", "unit", "unit_square"} - told.keys():
        raise ValueError(f"The weights lack {', '.join(sorted(missing))}.")
    kinds = told["traits"]
    outcomes = 1 + sum(len(names) for names in told["groups"].values())
    if len(steps) != len(kinds) * outcomes:
        raise ValueError(f"The weights hold {len(steps)} steps, not {outcomes} for each of {len(kinds)} traits.")
    wide = bytearray(outcomes * BITS // 8)
    table = {}
    for at, kind in enumerate(kinds):
        wide[:: BITS // 8] = steps[at :: len(kinds)]
        table[kind] = int.from_bytes(wide, "little")
    groups = {question: tuple(names) for question, names in told["groups"].items()}
    return Weights(groups, table, told["starts"], told["unit"], told["unit_square"])


def _likeliest(outcomes: Sequence[str], scores: Sequence[float]) -> Ranked:
    best = max(scores, default=0.0)
    odds = [exp(score - best) for score in scores]
    whole = sum(odds)
    return sorted(((name, odd / whole) for name, odd in zip(outcomes, odds, strict=True)), key=lambda row: -row[1])

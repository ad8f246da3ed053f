"""Counts how each way of writing is written, for `bot/text/ways.py`: python -m workers.training.ways FOLDER OUT."""

import gzip
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.text.language import SPOKEN
from bot.text.packed import pack
from bot.text.second import build_profile
from bot.text.ways import Guess, Table, features, rank_ways
from workers.training.texts import read_folder, sample, shared_words, widen

SCRIPTS = {"arabic": ("ur", "bal", "ps", "sd", "fa"), "latin": ("en", "ur_Latn", "bal_Latn")}
KEPT = {"arabic": 20_000, "latin": 24_000}
PROFILE_LINES = 15_000
PROFILE_KEPT = 3_000
LEAST = 3
SMOOTHING = 0.5
STEP = 8
"""Steps a natural log; 255 steps are the most a weight may have."""
FOREIGN = 40.0
"""Raw log-odds by which a line must look like another language before it is held to be a quotation and left out."""

Counts = dict[str, list[Counter[str]]]


def count(texts: Mapping[str, Sequence[str]], ways: Sequence[str], shared: frozenset[str]) -> Counts:
    """Per way: how often each run of letters (by its length) and each word was met."""
    counts: Counts = {}
    for way in ways:
        met: Counter[str] = Counter()
        for line in texts.get(way, ()):
            words = [word for word in line.split() if word not in shared]
            if words:
                met.update(features(words))
        counts[way] = [Counter(), Counter(), Counter(), Counter(), Counter()]
        for feature, times in met.items():
            counts[way][min(len(feature), 5) - 1][feature] = times
    return counts


def weigh(counts: Counts, ways: Sequence[str], kept: int) -> dict[str, list[int]]:
    """The features that tell most, with each way's log-likelihood above the unlikeliest way's, in steps."""
    weights: dict[str, list[int]] = {}
    worth: dict[str, float] = {}
    for size in range(5):
        totals = [counts[way][size].total() for way in ways]
        met: Counter[str] = Counter()
        for way in ways:
            met.update(counts[way][size])
        kinds = len(met)
        for feature, times in met.items():
            if times < LEAST:
                continue
            logs = [
                math.log((counts[way][size][feature] + SMOOTHING) / (total + SMOOTHING * kinds))
                for way, total in zip(ways, totals, strict=True)
            ]
            steps = [min(255, round(STEP * (value - min(logs)))) for value in logs]
            shares = [
                counts[way][size][feature] / total if total else 0.0 for way, total in zip(ways, totals, strict=True)
            ]
            weights[feature], worth[feature] = steps, sum(shares) * (max(logs) - sum(logs) / len(logs))
    best = sorted(weights, key=lambda feature: (-worth[feature], feature))[:kept]
    return {feature: weights[feature] for feature in sorted(best) if any(weights[feature])}


def table(weights: Mapping[str, Sequence[int]], ways: Sequence[str], shared: frozenset[str], unit: float) -> Table:
    return Table(tuple(ways), {feature: pack(steps) for feature, steps in weights.items()}, shared, unit)


def without_quotations(texts: Mapping[str, list[str]], first: Table) -> dict[str, list[str]]:
    """The texts without lines that plainly are another language: English among tweets, Urdu verse in Balochi books."""
    kept = dict(texts)
    for way in first.ways:
        kept[way] = [line for line in texts.get(way, []) if _is_own(rank_ways(line, first), way)]
    return kept


def _is_own(guess: Guess, way: str) -> bool:
    return -dict(guess.ranked)[way] < FOREIGN


def calm(windows: Mapping[str, list[str]], raw: Table) -> float:
    """The unit that makes log-odds honest on lines kept out: letters overlap, so plain naive Bayes is far too sure."""
    guesses = [(way, rank_ways(line, raw).ranked) for way in raw.ways for line in windows.get(way, [])]

    def loss(unit: float) -> float:
        return sum(
            math.log(sum(math.exp(unit * odds) for _, odds in ranked)) - unit * dict(ranked)[way]
            for way, ranked in guesses
        )

    return min((step / 100 for step in range(2, 101)), key=loss)


def windows_of(lines: Sequence[str]) -> list[str]:
    """Three to six words of every line."""
    return [" ".join(line.split()[: 3 + at % 4]) for at, line in enumerate(lines) if len(line.split()) > 2]  # noqa: PLR2004


def train(folder: Path) -> dict[str, Any]:
    """Everything the service needs of one folder of texts."""
    texts = read_folder(folder)
    shared = frozenset(shared_words(texts))
    seen: dict[str, Any] = {}
    profiles: list[dict[str, Any]] = []
    for script, ways in SCRIPTS.items():
        first = table(weigh(count(texts, ways, shared), ways, KEPT[script]), ways, shared, 1 / STEP)
        own = without_quotations(texts, first)
        out = {way: lines[::10] for way, lines in own.items()}
        rest = {way: [line for at, line in enumerate(lines) if at % 10] for way, lines in own.items()}
        raw = table(weigh(count(widen(rest), ways, shared), ways, KEPT[script]), ways, shared, 1 / STEP)
        unit = calm({way: windows_of(lines[:300]) for way, lines in out.items() if way in ways}, raw)
        wide = widen(own)
        weights = weigh(count(wide, ways, shared), ways, KEPT[script])
        seen[script] = {
            "ways": ways, "unit": unit / STEP, "features": list(weights),
            "weights": {way: [steps[place] for steps in weights.values()] for place, way in enumerate(ways)},
        }  # fmt: skip
        for way in ways:
            if way in SPOKEN:
                profiles.append(build_profile(way, sample(wide[way], PROFILE_LINES), PROFILE_KEPT))
    return {"shared": sorted(shared), "tables": seen, "profiles": profiles}


def main(folder: str, out: str) -> None:
    """Trains and writes; the same texts give the same file to the byte."""
    text = json.dumps(train(Path(folder)), ensure_ascii=False, separators=(",", ":"))
    Path(out).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])

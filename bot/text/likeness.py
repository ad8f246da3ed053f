"""How like a message is to what is said of each category: TF-IDF over words and letter runs, so that a misspelt word counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log, sqrt

RUNS = (3, 4, 5)
_WORD, _RUN, _PAIR = 1.5, 0.5, 1.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """`weights`: feature -> its rarity; `codes`: feature -> (code, share of the code's centroid); `silent`: words of places,
    which alone say nothing of a trouble, though sentences of one trouble name Quetta often."""

    weights: Mapping[str, float] = field(default_factory=dict)
    codes: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()

    def of(self, folded: str) -> dict[str, float]:
        """{code: cosine between 0 and 1} of every code that shares a feature with the text."""
        if self.silent.issuperset(folded.split()):
            return {}
        weighed = {
            name: count * self.weights[name] for name, count in _features(folded).items() if name in self.weights
        }
        length = sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        scores: dict[str, float] = {}
        for name, weight in weighed.items():
            for code, share in self.codes[name]:
                scores[code] = scores.get(code, 0.0) + weight * share / length
        return scores


def build_likeness(rows: Iterable[tuple[str, str, float]], silent: frozenset[str] = frozenset()) -> Likeness:
    """From (code, folded text, how much it counts) rows: the keywords of the directory and sentences people write."""
    documents = [(code, _features(text), counts) for code, text, counts in rows if text]
    seen: dict[str, int] = {}
    for _, features, _ in documents:
        for name in features:
            seen[name] = seen.get(name, 0) + 1
    weights = {name: log(1 + len(documents) / count) for name, count in seen.items()}
    centroids: dict[str, dict[str, float]] = {}
    for code, features, counts in documents:
        weighed = {name: count * weights[name] for name, count in features.items()}
        length = sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        centroid = centroids.setdefault(code, {})
        for name, weight in weighed.items():
            centroid[name] = centroid.get(name, 0.0) + counts * weight / length
    codes: dict[str, list[tuple[str, float]]] = {}
    for code, centroid in centroids.items():
        length = sqrt(sum(weight * weight for weight in centroid.values())) or 1.0
        for name, weight in centroid.items():
            codes.setdefault(name, []).append((code, weight / length))
    return Likeness(weights, codes, silent)


def _features(folded: str) -> dict[str, float]:
    """Words, runs of letters with word edges, and pairs of words."""
    features: dict[str, float] = {}
    words = folded.split()
    for word in words:
        features[f"w:{word}"] = features.get(f"w:{word}", 0.0) + _WORD
        edged = f"^{word}$"
        for size in RUNS:
            for start in range(len(edged) - size + 1):
                run = edged[start : start + size]
                features[run] = features.get(run, 0.0) + _RUN
    for first, second in pairwise(words):
        features[f"b:{first} {second}"] = features.get(f"b:{first} {second}", 0.0) + _PAIR
    return features

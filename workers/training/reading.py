"""Learns what messages want and complain of, for `bot/text/weights.py`: python -m workers.training.reading OUT.

Logistic regression by scikit-learn, the field's own; it is needed where weights are made, not where they are used.
"""

import csv
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.directory import KINDS, Directory, read_directory
from bot.services.setup import shipped_rows
from bot.text.fold import fold
from bot.text.traits import traits
from bot.text.weights import TRAITS_MADE

NONE = "none"
"""The topic of a message that complains of nothing."""
TROUBLES = ("complaint", "emergency")
LEAST = 3
"""Messages a trait must stand in before anything is learnt from it."""
KEPT = 29_000
"""Traits that are kept, to stay below a megabyte: half of them read one message in forty worse."""
SOFTNESS = 100.0
"""scikit-learn's C: chosen by five-fold cross-validation on the lines themselves."""
BALANCE = {"topic": 0.0, "intent": 0.5}
"""How far rare answers are lifted, from 0 (as common as they are in the lines) to 1 (all alike): far more lines complain than
greet, and so do more messages, but whatever is in doubt must not be a complaint for that."""
STEPS = 31
"""Steps of a weight: 255 read no line better and made the file nearly twice as large."""
PASSES = 200


class Line(NamedTuple):
    """A labelled message; `intent` is empty for a single keyword, which says what the trouble is and nothing else, `topic`
    for a service's, which may be asked about or complained of."""

    intent: str
    topic: str
    folded: str


def read_lines(rows: Iterable[Mapping[str, str]]) -> list[Line]:
    """Rows with the columns intent, category and text."""
    return [Line(row["intent"], _topic(row), fold(row["text"])) for row in rows]


def _topic(row: Mapping[str, str]) -> str:
    return (row["category"] or "other") if row["intent"] in TROUBLES else NONE


def shipped_lines() -> list[Line]:
    """The lines written for this, `workers/training/lines.tsv`."""
    with files("workers.training").joinpath("lines.tsv").open(encoding="utf-8") as stream:
        return read_lines(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def keyword_lines(categories: Iterable[Mapping[str, str]]) -> list[Line]:
    """Titles and keywords of the directory's categories."""
    return [
        Line("complaint" if " " in phrase else "", row["code"], fold(phrase))
        for row in categories
        for column, cell in row.items()
        if column.startswith("keywords_") or column in ("en", "ur", "ur_Latn", "bal")
        for phrase in (cell or "").split("|")
        if phrase
    ]


def train(lines: Sequence[Line], directory: Directory) -> dict[str, Any]:
    """The weights, as `write` stores them.

    Twice: first with every trait, to see which tell most, then with those alone, which makes up for the others.
    """
    met = [traits(line.folded, directory.place_index.words) for line in lines]
    answers = {"topic": [line.topic for line in lines], "intent": [line.intent for line in lines]}
    counts = Counter(trait for found in met for trait in found)
    kinds = sorted(trait for trait, times in counts.items() if times >= LEAST)
    first = _fit(met, kinds, answers)
    if len(kinds) <= KEPT:
        return _in_steps(first)
    told = sum(weights.max(axis=1) for weights in first.weights) * np.sqrt([counts[kind] for kind in kinds])
    best = sorted(kinds[at] for at in np.argsort(-told, kind="stable")[:KEPT])
    return _in_steps(_fit(met, best, answers))


class _Fitted(NamedTuple):
    kinds: Sequence[str]
    rarity: Any
    groups: dict[str, list[str]]
    starts: dict[str, list[float]]
    weights: list[Any]
    """One table a question: a row a trait, a column an answer, each row above its least."""


def _fit(met: Sequence[set[str]], kinds: Sequence[str], answers: Mapping[str, Sequence[str]]) -> _Fitted:
    counts = Counter(trait for found in met for trait in found)
    rarity = np.array([log((1 + len(met)) / (1 + counts[trait])) + 1 for trait in kinds])
    matrix = _matrix(met, kinds, rarity)
    fitted = _Fitted(kinds, rarity, {}, {}, [])
    for question, given in answers.items():
        told = [at for at, answer in enumerate(given) if answer]
        model = LogisticRegression(C=SOFTNESS, max_iter=PASSES, class_weight=_lift(given, BALANCE[question]))
        model.fit(matrix[told], [given[at] for at in told])
        fitted.groups[question] = list(model.classes_)
        fitted.starts[question] = [round(float(start), 4) for start in model.intercept_]
        # above the least of its answers: what all have in common changes no probability
        weights = model.coef_.T * rarity[:, None]
        fitted.weights.append(weights - weights.min(axis=1, keepdims=True))
    return fitted


def _lift(answers: Iterable[str], how_far: float) -> dict[str, float]:
    counts = Counter(answer for answer in answers if answer)
    common = counts.total() / len(counts)
    return {answer: (common / count) ** how_far for answer, count in counts.items()}


def _matrix(met: Sequence[set[str]], kinds: Sequence[str], rarity: Any) -> Any:
    """One row a message, of length one: a long message counts as much as a short one."""
    places = {trait: at for at, trait in enumerate(kinds)}
    rows = [sorted(places[trait] for trait in found if trait in places) for found in met]
    columns = [place for row in rows for place in row]
    ends = [0]
    for row in rows:
        ends.append(ends[-1] + len(row))
    values = np.array([rarity[place] for place in columns])
    for start, end in pairwise(ends):
        values[start:end] /= np.sqrt((values[start:end] ** 2).sum()) or 1.0
    return csr_matrix((values, columns, ends), shape=(len(rows), len(kinds)))


def _in_steps(fitted: _Fitted) -> dict[str, Any]:
    """The weights in whole steps, answer by answer."""
    weights = np.hstack(fitted.weights)
    # the few beyond it are cut: one trait must not make all others coarse
    unit = float(np.quantile(weights, 0.9999)) / STEPS
    squares = fitted.rarity[:, None] ** 2
    unit_square = float(squares.max()) / STEPS
    steps = np.hstack([np.round(squares / unit_square), np.minimum(STEPS, np.round(weights / unit))])
    return {
        "unit": unit, "unit_square": unit_square, "traits": list(fitted.kinds), "groups": fitted.groups,
        "starts": fitted.starts, "steps": steps.astype(np.uint8).T.tobytes(),
    }  # fmt: skip


def write(trained: Mapping[str, Any]) -> bytes:
    """The weights as one file: a line of JSON, then one byte a weight, outcome by outcome."""
    head = {key: value for key, value in trained.items() if key != "steps"} | {"traits_made": TRAITS_MADE}
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).replace("\n", " ")
    return gzip.compress(text.encode() + b"\n" + trained["steps"], 9, mtime=0)


def service_lines(services: Iterable[Mapping[str, str]]) -> list[Line]:
    """Titles and keywords of the directory's services."""
    return [
        Line("service", "", fold(phrase))
        for row in services
        for column, cell in row.items()
        if column.startswith(("keywords_", "title_"))
        for phrase in (cell or "").split("|")
        if " " in phrase
    ]


def train_weights(
    learnt: Sequence[Mapping[str, str]],
    directory: Directory,
    categories: Sequence[Mapping[str, str]],
    lines: Sequence[Line] | None = None,
) -> bytes:
    """Weights from the shipped `lines`, the keywords of the directory's `categories`, and `learnt` rows (category text).

    Raises ModuleNotFoundError without scikit-learn.
    """
    taught = read_lines({"intent": "complaint", **row} for row in learnt) * LEAST
    shipped = shipped_lines() if lines is None else lines
    all_lines = [*shipped, *keyword_lines(categories), *service_lines(shipped_rows("services")), *taught]
    return write(train(all_lines, directory))


def main(out: str) -> None:
    """Trains on what is shipped; the same lines give the same file."""
    directory = read_directory({kind: shipped_rows(kind) for kind in KINDS})
    Path(out).write_bytes(train_weights((), directory, shipped_rows("categories")))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Gathers the words of all language folders, and the language model, into one Lexicon for reading."""

import gzip
import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from bot.catalog import Catalog
from bot.text import optout
from bot.text.answers import Lexicon, build_meanings
from bot.text.fold import fold
from bot.text.packed import pack
from bot.text.second import SecondOpinion
from bot.text.ways import Table
from bot.text.weights import Weights, read_weights

CUES = ("question", "and", "danger", "safe", "unsafe", "partly", "check")
# `done` comes first: "bas" ends a list where one is open, and is asked about where none is.
_FIRST = ("done",)


def build_lexicon(catalog: Catalog, weights: Weights | None = None) -> Lexicon:
    """The words of every language at once: a citizen may answer "haan" to a question in Balochi.

    `weights`: what was learnt of intents and topics; as shipped when none is given.
    """
    folders = [language.folder for language in catalog.languages.values()]
    meanings = [(meaning, words) for folder in folders for meaning, words in folder["words"].items()]
    ways, second = read_model(files("bot.data").joinpath("ways.json.gz").read_bytes())
    numbers = {fold(word): int(n) for folder in folders for n, words in folder["numbers"].items() for word in words}
    return Lexicon(
        meanings=build_meanings(sorted(meanings, key=lambda row: row[0] not in _FIRST)),
        spoken=_spoken(folders),
        numbers=numbers,
        labels=_labels(catalog),
        fillers=_phrases(folder["cues"]["filler"] for folder in folders),
        languages={fold(name): folder["code"] for folder in reversed(folders) for name in _names(folder)},
        cues={kind: _phrases(folder["cues"][kind] for folder in folders) for kind in CUES},
        optout={kind: _phrases(folder["optout"][kind] for folder in folders) for kind in optout.KINDS},
        written=frozenset(catalog.languages),
        ways=ways,
        second=second,
        weights=weights or shipped_weights(),
    )


def shipped_weights() -> Weights:
    """What `workers/training/reading.py` learnt from the lines shipped beside it."""
    return read_weights(files("bot.data").joinpath("reading.bin.gz").read_bytes())


def _labels(catalog: Catalog) -> dict[str, frozenset[str]]:
    """The lines of every menu, so that writing a line chooses it."""
    found: dict[str, set[str]] = {}
    for code in catalog.languages:
        for key, text in catalog.domain(code, "messages").items():
            if key.startswith("option."):
                found.setdefault(fold(text), set()).add(key.removeprefix("option."))
    return {words: frozenset(options) for words, options in found.items()}


def _names(folder: Mapping[str, Any]) -> list[str]:
    return [folder["name"], *folder["name_in"].values(), *folder.get("aliases", [])]


def _spoken(folders: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    speakers: dict[str, set[str]] = {}
    for folder in folders:
        for words in folder["words"].values():
            for word in words:
                speakers.setdefault(fold(word), set()).add(folder["code"])
    # An English loan ("stop") is everybody's; in Latin letters it is English first.
    alone = {word: next(iter(codes)) for word, codes in speakers.items() if len(codes) == 1}
    return {word: "en" for word, codes in speakers.items() if "en" in codes and word.isascii()} | alone


def _phrases(lists: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(fold(phrase) for phrases in lists for phrase in phrases)


def read_model(packed: bytes) -> tuple[dict[str, Table], SecondOpinion]:
    """The weights and profiles of `workers/training/ways.py`."""
    stored = json.loads(gzip.decompress(packed))
    shared = frozenset(stored["shared"])
    tables = {script: _table(table, shared) for script, table in stored["tables"].items()}
    return tables, SecondOpinion(stored["profiles"])


def _table(stored: Mapping[str, Any], shared: frozenset[str]) -> Table:
    columns = zip(*(stored["weights"][way] for way in stored["ways"]), strict=True)
    weights = {feature: pack(steps) for feature, steps in zip(stored["features"], columns, strict=True)}
    return Table(tuple(stored["ways"]), weights, shared, stored["unit"])

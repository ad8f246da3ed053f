"""What a message complains about: the categories whose words it holds, likeliest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.text.fold import fold

MAX_PHRASE_WORDS = 7
"""As many as the longest title has, which people type as it was shown: "imdad ya muawzay ki surat e haal"."""


@dataclass(frozen=True, slots=True)
class TopicIndex:
    """Folded phrase -> codes it points to; `balochi` holds words that mean something else in Urdu (آپ is water)."""

    phrases: Mapping[str, frozenset[str]]
    balochi: Mapping[str, frozenset[str]]


def build_index(rows: Iterable[tuple[str, Iterable[str]]]) -> dict[str, frozenset[str]]:
    """(code, phrases) rows -> folded phrase to codes."""
    table: dict[str, set[str]] = {}
    for code, phrases in rows:
        for phrase in phrases:
            if key := fold(phrase):
                table.setdefault(key, set()).add(code)
    return {phrase: frozenset(codes) for phrase, codes in table.items()}


def find_topics(folded: str, language: str | None, index: TopicIndex) -> list[tuple[str, float]]:
    """(code, score) pairs, best first. A longer phrase and a phrase few topics share weigh more."""
    words = folded.split()
    scores: dict[str, float] = {}
    tables = (index.phrases, index.balochi) if language == "bal" else (index.phrases,)
    for size in range(min(MAX_PHRASE_WORDS, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            for table in tables:
                codes = table.get(phrase, frozenset())
                for code in codes:
                    scores[code] = scores.get(code, 0.0) + size**1.5 / len(codes)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))

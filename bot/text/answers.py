"""What a short answer means: a choice from a list, yes, no, back, stop … in every language at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.text.fold import fold
from bot.text.second import SecondOpinion
from bot.text.ways import Table
from bot.text.weights import Weights

MAX_CHOICE = 99
MAX_GIST_WORDS = 7
_YES = {"yes", "done", "thanks"}
_NO = {"no", "thanks", "greeting"}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of all languages; `meanings` and `numbers` are keyed by folded whole messages."""

    meanings: Mapping[str, str] = field(default_factory=dict)
    spoken: Mapping[str, str] = field(default_factory=dict)
    """Folded whole message -> the language it is a word of, where only one has it."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    """Names of languages, folded, in every language -> language code."""
    fillers: frozenset[str] = frozenset()
    """Folded words that add nothing to a yes or no: please, sir, send it …"""
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Folded words of a menu's line, in every language -> the names of the options they belong to."""
    cues: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Kind of cue (question, danger …) -> folded phrases that stand inside a longer message."""
    written: frozenset[str] = frozenset()
    """Codes of the languages that have texts of their own."""
    optout: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Kind of word (see bot/text/optout.py) -> words of asking for no more announcements."""
    ways: Mapping[str, Table] = field(default_factory=lambda: {"arabic": Table(), "latin": Table()})
    """Script -> what tells its ways of writing apart."""
    second: SecondOpinion = field(default_factory=SecondOpinion)
    """Asked where `ways` leaves a doubt."""
    weights: Weights = field(default_factory=Weights)
    """What messages want and complain of, learnt from labelled lines."""


def build_meanings(rows: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Folds (meaning, phrases) rows into one table; the first row that claims a phrase keeps it."""
    table: dict[str, str] = {}
    for meaning, phrases in rows:
        for phrase in phrases:
            if key := fold(phrase):
                table.setdefault(key, meaning)
    return table


def read_choice(folded: str, lexicon: Lexicon) -> int | None:
    """The number a citizen chose (`1 ۱ ١ 1. 1️⃣ (1) one ek ایک یک`), or None."""
    if folded.isdecimal():
        return int(folded) if len(folded) <= len(str(MAX_CHOICE)) else None
    return lexicon.numbers.get(folded)


def read_meaning(folded: str, lexicon: Lexicon) -> str | None:
    """What the whole message means (`yes`, `no`, `back`, `stop`, `help` …), or None for anything longer."""
    return lexicon.meanings.get(folded)


def read_gist(folded: str, lexicon: Lexicon) -> str:
    """`yes` or `no` when every word of a short answer says that or nothing ("yes please send it"), else empty."""
    words = folded.split()
    if not words or len(words) > MAX_GIST_WORDS:
        return ""
    whole = read_meaning(folded, lexicon)
    meanings = {whole} if whole else {_meaning_of_word(word, lexicon) for word in words} - {"filler"}
    if meanings and meanings <= _YES:
        return "yes"
    return "no" if "no" in meanings and meanings <= _NO else ""


def _meaning_of_word(word: str, lexicon: Lexicon) -> str:
    return lexicon.meanings.get(word) or ("filler" if word in lexicon.fillers else "?")


def has_cue(folded: str, kind: str, lexicon: Lexicon) -> bool:
    """Whether a phrase of that kind stands in the message as whole words."""
    padded = f" {folded} "
    return any(f" {phrase} " in padded for phrase in lexicon.cues.get(kind, ()))

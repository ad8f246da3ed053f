"""A message read cold: language, intent, topics and place. The dialogue asks for the same piece by piece."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from bot.directory import Directory
from bot.text import language, places, topics
from bot.text.answers import Lexicon
from bot.text.fold import fold
from bot.text.intent import read_intent
from bot.text.traits import traits
from bot.text.weights import Ranked

RANKED = 3
FAINT = 0.03
"""Probability below which a topic is not worth naming."""
OWN_WORDS = 0.6
"""Probability of a category whose own words stand in the message and of which nothing was learnt yet."""


PAIR = 2
MIN_PART = 2
"""Words a part of a message has at least."""
SECOND, ALONE = 0.05, 0.9
"""Probability a second trouble has at least, and a single one at most, where a message tells of two."""
MAX_PARTS = 6
_PUNCTUATION = re.compile("[\n.!?;:,،۔؛؟]+")
SURE = 0.55
"""Probability of a topic from which it is taken without asking; the citizen corrects it with one number."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a message wants and complains of: (name, probability) pairs, likeliest first. `danger`: whether the trouble is
    one of danger to life, None where that is in doubt."""

    intents: Ranked = ()
    topics: Ranked = ()
    danger: bool | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """`way`: way of writing, or empty when in doubt; `categories`: likeliest first; `place`: None when none is named."""

    way: str
    intent: str
    categories: Sequence[str]
    place: places.Place | None


def weigh(folded: str, spoken: str | None, lexicon: Lexicon, directory: Directory) -> Weighed:
    """Weighs a folded message. `spoken`: the language it is in, if known."""
    if not any(char.isalpha() for char in folded):  # what is commonest would be read out of nothing
        return Weighed()
    ranked = lexicon.weights.rank(traits(folded, directory.place_index.words))
    known = [(code, odds) for code, odds in ranked.get("topic", ()) if odds >= FAINT and code in directory.categories]
    if unlearnt := directory.categories.keys() - lexicon.weights.groups.get("topic", ()):
        # An operator's own category, added since: its keywords are all there is.
        named = topics.find_topics(folded, spoken, directory.topic_index)
        known = sorted([*known, *((c, OWN_WORDS) for c, _ in named if c in unlearnt)], key=lambda row: -row[1])
    return Weighed(ranked.get("intent", ()), known, _is_danger(known, directory))


def two_troubles(text: str, weighed: Weighed, spoken: str | None, lexicon: Lexicon, directory: Directory) -> list[str]:
    """Two categories that a message tells of in parts of its own ("no water, and the road is broken"), likeliest first;
    empty where it tells of one."""
    likely = [code for code, odds in weighed.topics if odds >= SECOND]
    if len(likely) < PAIR or weighed.topics[0][1] >= ALONE:
        return []
    told = []
    for part in _parts(text, lexicon.cues.get("and", frozenset()))[:MAX_PARTS]:
        best, odds = next(iter(weigh(part, spoken, lexicon, directory).topics), ("", 0.0))
        if odds >= SURE and best in likely:
            told.append(best)
    # one department reads the whole message anyway: no power and a burnt transformer are one trouble
    by_department = {directory.categories[code].department: code for code in reversed(likely) if code in told}
    found = [code for code in likely if code in by_department.values()]
    return found[:PAIR] if len(found) >= PAIR else []


def _parts(text: str, conjunctions: Container[str]) -> list[str]:
    """The folded text cut at punctuation and at words for "and"."""
    parts: list[list[str]] = []
    for clause in _PUNCTUATION.split(text):
        parts.append([])
        for word in fold(clause).split():
            if word in conjunctions:
                parts.append([])
            else:
                parts[-1].append(word)
    return [" ".join(part) for part in parts if len(part) >= MIN_PART]


def _is_danger(ranked: Ranked, directory: Directory) -> bool | None:
    best, odds = ranked[0] if ranked else ("", 0.0)
    return directory.categories[best].priority == "emergency" if odds >= SURE else None


def read_message(text: str, lexicon: Lexicon, directory: Directory) -> Reading:
    """Reads one message by itself. Never raises, whatever the text."""
    folded = fold(text)
    way = language.rank(folded, lexicon).way
    weighed = weigh(folded, language.SPOKEN.get(way), lexicon, directory)
    found = places.narrowest(places.find_places(folded, directory.place_index))
    return Reading(
        way,
        read_intent(folded, lexicon, weighed.intents, weighed.danger),
        [code for code, _ in weighed.topics[:RANKED]],
        found[0] if found else None,
    )

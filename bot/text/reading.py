"""A message read cold: language, intent, topics and place. The dialogue asks for the same piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.directory import Directory
from bot.text import language, places, topics
from bot.text.answers import Lexicon
from bot.text.fold import fold
from bot.text.intent import read_intent
from bot.text.traits import traits
from bot.text.weights import Ranked

RANKED = 3
NONE = "none"
"""The topic of a message that complains of nothing."""
FAINT = 0.03
"""Probability below which a topic is not worth naming."""
OWN_WORDS = 0.6
"""Probability of a category whose own words stand in the message and of which nothing was learnt yet."""


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
    ranked = lexicon.weights.rank(traits(folded, directory.place_index.words))
    known = [(code, odds) for code, odds in ranked.get("topic", ()) if odds >= FAINT and code in directory.categories]
    if unlearnt := directory.categories.keys() - lexicon.weights.groups.get("topic", ()):
        # An operator's own category, added since: its keywords are all there is.
        named = topics.find_topics(folded, spoken, directory.topic_index)
        known = sorted([*known, *((c, OWN_WORDS) for c, _ in named if c in unlearnt)], key=lambda row: -row[1])
    return Weighed(ranked.get("intent", ()), known, _is_danger(known, directory))


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

"""A message read cold: language, intent, topics and place. What the dialogue asks piece by piece, in one value."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.directory import Directory
from bot.text import language, places, topics
from bot.text.answers import Lexicon
from bot.text.fold import fold
from bot.text.intent import read_intent

RANKED = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """`way`: way of writing, or empty when in doubt; `categories`: likeliest first; `place`: None when none is named."""

    way: str
    intent: str
    categories: Sequence[str]
    place: places.Place | None


def read_message(text: str, lexicon: Lexicon, directory: Directory) -> Reading:
    """Reads one message by itself. Never raises, whatever the text."""
    folded = fold(text)
    way = language.rank(folded, lexicon).way
    spoken = language.SPOKEN.get(way, "")
    found_topics = topics.rank_topics(folded, spoken, directory.topic_index, directory.likeness, topics.FAINT)
    ranked = [code for code, _ in found_topics[:RANKED]]
    is_clear = bool(found_topics) and found_topics[0][1] >= topics.LIKE
    services = topics.find_topics(folded, spoken, directory.service_index)
    found = places.narrowest(places.find_places(folded, directory.place_index))
    top = directory.categories.get(ranked[0]) if ranked else None
    intent = read_intent(
        folded,
        lexicon,
        topic=ranked[0] if is_clear else "",
        is_danger=is_clear and top is not None and top.priority == "emergency",
        service=services[0][0] if services else "",
    )
    return Reading(way, intent, ranked, found[0] if found else None)

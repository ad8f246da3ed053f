"""Takes into a draft all that a message says: what, where, the words, pictures, voice and pin."""

from dataclasses import replace
from typing import Any

from bot.dialogue import form
from bot.dialogue.talk import Talk
from bot.dialogue.values import Draft
from bot.limits import FALLBACK_CATEGORY
from bot.text import reading
from bot.text.places import Place, narrowest, nearest_place

LIKELY_ENOUGH = 0.35
"""Probability that is enough where the category's own words say the same."""
CLEAR = 0.6
"""Probability of another category from which the message is none of the last ticket's, wherever it is about."""
NONE_OF_THEM = 0.75
"""Probability of "something else" from which no list is shown: the citizen would look for what is not on it."""
MAX_WORDS = 2000
MIN_STORY_WORDS = 2


def take_all(talk: Talk, *, words: bool = True) -> Talk:
    """The talk whose draft holds what the message says of category, place and trouble; what it holds already stays."""
    talk = take_words(talk) if words and is_story(talk) else take_media(talk)
    draft, places = form.draft_of(talk), named_places(talk)
    if not draft.category and (sure := sure_category(talk)):
        draft = replace(draft, category=sure)
    if not draft.district and len(places) == 1:
        draft = replace(draft, district=places[0].district, tehsil=places[0].tehsil)
    return talk.with_conversation(draft=draft)


def take_words(talk: Talk) -> Talk:
    """The draft with the message's words and whatever came with them."""
    return change(take_media(talk), words=_joined(form.draft_of(talk).words, talk.message.text))


def take_media(talk: Talk) -> Talk:
    """The draft with the message's pictures, voice and pin; the message belongs to it from now on."""
    draft, message = form.draft_of(talk), talk.message
    return change(
        talk,
        messages=tuple(dict.fromkeys((*draft.messages, *message.ids))),
        media=draft.media + message.media,
        pin=message.pin or draft.pin,
    )


def change(talk: Talk, **fields: Any) -> Talk:
    """The talk with fields of its draft changed."""
    return talk.with_conversation(draft=replace(form.draft_of(talk), **fields))


def is_story(talk: Talk) -> bool:
    """Whether the message tells something: more than a number, a menu word or a single word."""
    return not talk.meaning and not talk.gist and talk.choice is None and talk.words >= MIN_STORY_WORDS


def is_complete(draft: Draft) -> bool:
    """Whether nothing is missing but the citizen's yes."""
    return bool(draft.category and draft.district and form.is_told(draft))


def sure_category(talk: Talk) -> str:
    """The category the words point to without doubt, or empty."""
    best, odds = talk.topics[0] if talk.topics and not talk.troubles else ("", 0.0)
    if best == FALLBACK_CATEGORY:  # says what it is not, so that more is asked of it: see `is_of_none`
        return ""
    if odds >= reading.SURE:
        return best
    # two witnesses: the words learnt from lines, and the category's own words with no other category's beside them
    return best if odds >= LIKELY_ENOUGH and talk.named == [best] else ""


def is_of_none(talk: Talk) -> bool:
    """Whether the words clearly tell of something no category is for: a pension, a passport."""
    return bool(talk.topics) and talk.topics[0][0] == FALLBACK_CATEGORY and talk.topics[0][1] >= NONE_OF_THEM


def is_elsewhere(talk: Talk, category: str) -> bool:
    """Whether the words are clearly of another sector than the ticket's: one stray word ("near the jetty") is not enough."""
    if not talk.topics or (talk.topics[0][1] < CLEAR and not talk.places):
        return False
    sectors = {code: c.sector for code, c in talk.world.directory.categories.items()}
    return sectors[talk.topics[0][0]] != sectors.get(category)


def named_places(talk: Talk) -> list[Place]:
    """The places of the message: by name, else by pin."""
    if places := narrowest(talk.places):
        return places
    pinned = nearest_place(*talk.message.pin, talk.world.directory.place_index) if talk.message.pin else None
    return [pinned] if pinned else []


def _joined(first: str, second: str) -> str:
    """Both, once: impatient people send the same line again."""
    if second in first:
        return first
    return "\n".join(part for part in (first, second) if part)[:MAX_WORDS]

"""Every message fits two SMS parts in every language, filled to the full; a list may take more, and no more than it says.

GSM-7 carries 306 letters in two parts, an Urdu or Balochi text 134.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from bot.catalog import load_catalog
from bot.dialogue.talk import join, say
from bot.dialogue.values import Conversation, Reply, Term, Value
from bot.sms import measure
from tests.dialogue.fullest import ask, fullest, keys, lists
from tests.dialogue.replay import Replay
from tests.support import directory

CODES = ("en", "ur", "ur_Latn", "bal")
TRANSCRIPTS = Path(__file__).parent.parent / "transcripts"
ROUTINE = 2
SENTENCE = 1
"""What a sentence before a list, e.g. "sorry", may add to it."""

# Sentence -> the parts a message with it may take, and why it is no routine message.
LIST, OWN_WORDS = "a list to choose from", "reads the citizen's own words back, up to 200 letters"
EXCEPTIONS = {
    "report.sector": (3, LIST),
    "report.category": (3, LIST),
    "service.likely": (3, LIST),
    "mine.list": (5, "a list of up to eight of one's own tickets"),
    "report.summary": (6, OWN_WORDS),
    "question.confirm": (5, OWN_WORDS),
    "service.title": (7, "a list of facts: papers, fee, time and place"),
    "danger": (3, "two messages in one: the number to dial stands in the first part, the ticket after it"),
}

LISTS = EXCEPTIONS.keys() - {"danger"}

# What may be said by the way, or before a question, and the questions that are no lists.
BY_THE_WAY = ("help", "opt.stopped", "opt.started", "greeting", "thanks", "language.changed", "mine.none", "unclear")
IN_A_DRAFT = (
    "track.unknown",
    "report.attached",
    "report.noted",
    "report.person_sorts",
    "report.place_unknown",
    "danger",
)
AT_THE_PLACE = ("report.outside",)
OF_ANOTHER = ("track.due", "track.late", "track.state")
TWO_IN_ONE = 3
"""How a ticket stands, asked in the middle of another complaint, and that complaint's open question."""
OPEN = (
    "menu",
    "stop",
    "resume",
    "report.place",
    "report.words",
    "report.change",
    "service.which",
    "question.words",
    "verdict",
)
DRAFT = ("report.place", "report.words", "report.change", "question.words")


WITH_VERDICT = ("track.state", "verdict.noted")
AFTER = (("track.due", "track.write"), ("track.late", "track.write"), ("track.state", "track.write"),
         ("help", "help.commands"), ("unclear.person", "question.opened"), ("danger", "report.opened"),
         ("danger", "report.opened_at_once"), ("danger", "report.corrected"), ("danger", "quiet.opened"))  # fmt: skip


def sentence(key: str) -> Reply:
    """A sentence of the catalog; what nothing fills (words, an official's text) is empty."""
    template = load_catalog().domain("en", "messages")[key]
    values: dict[str, Value] = {name: "" for _, name, _, _ in Formatter().parse(template) if name}
    return say(key, **(values | ({"state": Term("state.answered")} if "state" in values else {})))


def joined(language: str) -> Iterator[Reply]:
    """What the dialogue may say in one message, by the tables above."""
    for befores, steps in (((*BY_THE_WAY, *IN_A_DRAFT), DRAFT), (BY_THE_WAY, OPEN), (AT_THE_PLACE, ("report.place",))):
        for before in befores:
            yield from (join(sentence(before), ask(step, language)) for step in steps)
    yield from (join(sentence(first), ask(step, language)) for first in OF_ANOTHER for step in DRAFT)
    yield from (join(sentence(first), ask("verdict", language)) for first in WITH_VERDICT)
    yield from (join(*map(sentence, pair)) for pair in AFTER)


@cache
def told() -> tuple[Reply, ...]:
    """Every kind of message the transcripts show, once."""
    seen: dict[tuple[tuple[str, ...], int], Reply] = {}
    for path in sorted(TRANSCRIPTS.glob("*.txt")):
        talk = Replay()
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith(("<", "!", "  ")):
                talk.line(line)
        seen |= {(keys(reply), len(reply.options)): reply for reply in talk.replies}
    return tuple(seen.values())


@cache
def messages(language: str) -> tuple[Reply, ...]:
    alone = [sentence(key) for key in load_catalog().domain("en", "messages")]
    return (*alone, *joined(language), *told(), *lists(language), *facts(language))


def facts(language: str) -> Iterator[Reply]:
    """The answer about every service, as the dialogue gives it."""
    for code in directory().services:
        talk = Replay()
        talk.conversation = Conversation(language, chosen=True, step="service.likely", offered=(f"service:{code}",))
        talk.says("1")
        yield from talk.replies


def allowed(reply: Reply) -> int:
    if keys(reply)[0] in OF_ANOTHER and keys(reply)[-1] in DRAFT:
        return TWO_IN_ONE
    special = [EXCEPTIONS[key][0] for key in keys(reply) if key in LISTS]
    if special:
        return max(special) + (SENTENCE if keys(reply)[0] not in LISTS else 0)
    return EXCEPTIONS["danger"][0] if "danger" in keys(reply) else ROUTINE


@pytest.mark.parametrize("language", CODES)
def test_every_message_fits_its_parts(language: str) -> None:
    sizes = [(*fullest(reply, language), allowed(reply)) for reply in messages(language)]
    assert [(size, text) for size, text, parts in sizes if size.segments > parts] == []


@pytest.mark.parametrize("key", EXCEPTIONS)
def test_no_exception_is_more_than_it_needs(key: str) -> None:
    needed = [
        fullest(reply, language)[0].segments
        for language in CODES
        for reply in messages(language)
        if keys(reply)[0] == key and not (key == "danger" and LISTS & set(keys(reply)))
    ]
    assert max(needed) == EXCEPTIONS[key][0]


def test_nothing_is_said_that_is_not_counted() -> None:
    counted = {key for reply in messages("ur") for key in keys(reply)}
    assert set(load_catalog().domain("en", "messages")) <= counted


@pytest.mark.parametrize("language", ["en", "ur_Latn"])
def test_names_in_latin_letters_are_gsm(language: str) -> None:
    """One typographer's dash would turn every message with it into UCS-2, less than half as long."""
    known = directory()
    names = [
        *(department.names for department in known.departments.values()),
        *(category.names for category in known.categories.values()),
        *(area.names for area in (*known.districts.values(), *known.tehsils.values())),
        *known.sectors.values(),
        *known.divisions.values(),
        *known.outside.values(),
    ]
    said = {load_catalog().name(language, name, short=True) for name in names}
    assert [name for name in said if measure(name).encoding != "GSM-7"] == []

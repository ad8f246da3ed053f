"""The fullest form of a message: filled with the longest names, days and numbers of the directory and the calendar."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from bot.catalog import load_catalog, offered_languages
from bot.dialogue import form
from bot.dialogue.talk import Talk
from bot.dialogue.values import Conversation, Day, Draft, Message, Reply, Term, TicketView, Value, World
from bot.names import Names
from bot.sms import Size, measure
from bot.text.answers import Lexicon
from bot.tickets import STATES
from tests.support import START, directory

NUMBER = "48271936"
OTHERWISE = {"danger": {"number": "helpline"}, "report.outside": {"place": "outside"}}
"""Sentences in which a value's name means something else."""
Filling = Mapping[str, Value]
NOBODY = World(START, directory(), Lexicon(), (), lambda: (), lambda: NUMBER)


def fullest(reply: Reply, language: str) -> tuple[Size, str]:
    """The largest size of a message in SMS parts, over all that may stand in it, and the message."""
    filled = [_fill(reply, filling) for filling in fillings(language) if _may_stand(reply, filling)]
    texts = {load_catalog().render(message, language) for message in filled}
    return max(((measure(text), text) for text in texts), key=lambda pair: (pair[0].segments, pair[0].units))


@cache
def fillings(language: str) -> list[Filling]:
    """One for every category and department that answers for it somewhere, with the longest place and day."""
    known = directory()
    areas = [area.names for area in (*known.districts.values(), *known.tehsils.values())]
    days = [Day(datetime(2026, month, 28, 7, tzinfo=UTC)) for month in range(1, 13)]
    everywhere: Filling = {
        "number": NUMBER,
        "steps": 99,
        "code": "7K2M-9QXD",
        "place": longest(areas, language),
        "outside": longest(known.outside.values(), language),
        "words": ("pani " if load_catalog().language(language).direction == "ltr" else "پانی ")
        * (form.MAX_QUOTED // 5),
        "date": max(days, key=lambda day: len(load_catalog().day(language, day.at))),
        "state": max((Term(f"state.{s}") for s in STATES), key=lambda t: len(load_catalog().text(language, t.key))),
    }
    return [
        {**everywhere, "category": category.names, "draft": category.names, "department": known.departments[code].names,
         "helpline": known.departments[code].helpline.split("|")[0] if category.priority == "emergency" else ""}
        for category in known.categories.values()
        for code in {known.answering("", category.code, district) for district in known.districts}
    ]  # fmt: skip


def longest(names: Iterable[Names], language: str) -> Names:
    return max(names, key=lambda name: len(load_catalog().name(language, name, short=True)))


def lists(language: str) -> Iterator[Reply]:
    """Every list of the directory, and the longest that a citizen's own words and tickets may make."""
    known = directory()
    codes = sorted(known.categories, key=lambda c: -len(load_catalog().name(language, known.categories[c].names)))
    areas = sorted(known.tehsils, key=lambda c: -len(load_catalog().name(language, known.tehsils[c].names)))
    services = sorted(known.services, key=lambda c: -len(load_catalog().name(language, known.services[c].title)))
    yield from (ask("report.sector", language), ask("report.division", language))
    for sector in known.sectors:
        yield ask("report.category", language, draft=Draft(sector=sector))
    for division in known.divisions:
        offered = tuple(f"place:{d.code}" for d in known.districts.values() if d.parent == division)
        yield ask("report.district", language, offered=offered)
    yield ask("report.likely", language, offered=(*(f"category:{c}" for c in codes[:3]), "other_list"))
    yield ask("report.which_place", language, offered=(*(f"place:{c}" for c in areas[:4]), "place_list"))
    yield ask("service.likely", language, offered=tuple(f"service:{c}" for c in services[:4]))
    yield ask("mine", language, [TicketView(NUMBER, "complaint", "new", c, "PHED", START, START) for c in codes[:8]])


def ask(step: str, language: str, tickets: Iterable[TicketView] = (), **conversation: object) -> Reply:
    """The question of a step."""
    own = tuple(tickets)
    world = replace(NOBODY, languages=offered_languages(load_catalog()), tickets=lambda: own)
    remembered = replace(Conversation(language=language, step=step), **conversation)  # type: ignore[arg-type]
    return form.question(Talk(remembered, Message(1, "", START), world, lambda _: None), step)  # type: ignore[arg-type, return-value]


def keys(reply: Reply) -> tuple[str, ...]:
    return tuple(part.key for part in (reply, *reply.lines))


def _may_stand(reply: Reply, filling: Filling) -> bool:
    return "danger" not in keys(reply) or bool(filling["helpline"])


def _fill(reply: Reply, filling: Filling) -> Reply:
    """What a value's name says it is, at its longest; the state of a closed ticket stays as it was told."""
    filling = {**filling, **{name: filling[other] for name, other in OTHERWISE.get(reply.key, {}).items()}}
    kept = ("state",) if reply.key == "track.state" else ()
    values = {name: value if name in kept else filling.get(name, value) for name, value in reply.values.items()}
    return replace(reply, values=values, lines=tuple(_fill(line, filling) for line in reply.lines))

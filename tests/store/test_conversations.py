"""A conversation comes out of its column as it was put in, also when another version of the service put it there."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_type_hints

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from bot.dialogue.values import Conversation, Draft, Message
from bot.services.hands import Hands
from bot.store import contacts, conversations
from tests.support import PHONE, START, vault

WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)
INSTANTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))]))
PINS = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180))
OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    datetime: INSTANTS,
    datetime | None: st.none() | INSTANTS,
    tuple[float, float] | None: PINS,
    tuple[int, ...]: st.lists(st.integers(0, 2**53), max_size=4).map(tuple),
    tuple[str, ...]: st.lists(WORDS, max_size=4).map(tuple),
}


def any_(kind: type) -> st.SearchStrategy[Any]:
    """Values of a dataclass, by the types of its fields: a field of a later day is tried as well."""
    hints = get_type_hints(kind).items()
    return st.builds(kind, **{name: OF_TYPE[hint] if hint in OF_TYPE else st.from_type(hint) for name, hint in hints})


OF_TYPE |= {Draft | None: st.none() | any_(Draft), Message | None: st.none() | any_(Message)}
CONVERSATIONS = any_(Conversation)
UNSHRUNK = settings(phases=[Phase.generate])
FULL = Conversation(
    language="bal",
    chosen=True,
    step="report.place",
    draft=Draft(
        "complaint",
        "water",
        "water_none",
        "GWD",
        "GWD-01",
        "آپ نیست\nباز روچ",
        "",
        (1, 2),
        ("image/jpeg",),
        (25.1, 62.3),
    ),
    offered=("GWD", "KCH"),
    aside=Message(7, "{}[]\"'", START, "GWD", ("audio/ogg",), (0.0, -0.0)),
    misses=1,
    about="48271936",
    at=START,
)


@given(CONVERSATIONS)
def test_a_conversation_comes_out_as_it_went_in(conversation: Conversation) -> None:
    assert conversations.load(conversations.dump(conversation)) == conversation


def test_a_conversation_in_the_middle_of_things() -> None:
    assert conversations.load(conversations.dump(FULL)) == FULL


@pytest.mark.parametrize("name", [field.name for field in fields(Conversation)])
def test_every_field_takes_part(name: str) -> None:
    fresh = Conversation()
    told = find(CONVERSATIONS, lambda talk: getattr(talk, name) != getattr(fresh, name), settings=UNSHRUNK)
    assert name in json.loads(conversations.dump(told))
    assert conversations.load(conversations.dump(told)) == told


def test_a_fresh_conversation_costs_nothing() -> None:
    assert conversations.dump(Conversation()) == "{}"
    assert conversations.load("{}") == conversations.load("") == Conversation()


def test_the_words_are_kept_readable() -> None:
    assert "آپ نیست" in conversations.dump(FULL)


def test_fields_of_another_version_are_left_out_and_missing_ones_have_their_default() -> None:
    data = json.loads(conversations.dump(FULL))
    data["mood"] = "good"
    data["draft"]["urgency"] = 3
    data["aside"]["sticker"] = ["x"]
    del data["misses"]
    del data["draft"]["words"]
    loaded = conversations.load(json.dumps(data))
    assert FULL.draft
    assert loaded == replace(FULL, misses=0, draft=replace(FULL.draft, words=""))


@pytest.mark.parametrize("name", ["draft", "aside", "at"])
def test_nothing_is_nothing(name: str) -> None:
    emptied = replace(FULL, **{name: None})
    assert conversations.load(conversations.dump(emptied)) == emptied


def test_both_databases_give_back_what_was_stored(hands: Hands) -> None:
    with hands.db.write() as tx:
        contact = contacts.lock_by_phone(tx, vault(), PHONE, START)
        contacts.remember(tx, contact.id, conversation=conversations.dump(FULL))
    with hands.db.read() as tx:
        assert conversations.load(str(contacts.find(tx, contact.id).conversation)) == FULL

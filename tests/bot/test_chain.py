"""A history that was touched anywhere shows it, and people can compare it by eight letters."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import chain
from bot.chain import Broken

NUMBER, NOON = "48271936", datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Event:
    seq: int
    at: datetime
    actor: str
    account_id: int | None
    action: str
    data: dict[str, Any]
    digest: str = ""


def history(length: int) -> list[Event]:
    events: list[Event] = []
    for n in range(length):
        event = Event(n + 1, NOON + timedelta(minutes=n), "official", n, "note", {"words": f"{n}"})
        before = events[-1].digest if events else ""
        fields = {name: getattr(event, name) for name in ("seq", "at", "actor", "account_id", "action", "data")}
        events.append(replace(event, digest=chain.digest(before, NUMBER, fields)))
    return events


def broken(events: list[Event], told: list[Event]) -> Broken | None:
    head = told[-1].digest if told else ""
    return chain.first_break(NUMBER, head, len(told), events)


@given(st.integers(0, 6))
def test_what_was_written_is_whole(length: int) -> None:
    assert broken(history(length), history(length)) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"at": NOON},
        {"actor": "citizen"},
        {"account_id": None},
        {"action": "confirm"},
        {"data": {}},
        {"digest": "0" * 64},
    ],
)
def test_a_changed_event_is_found_where_it_is(changed: dict[str, Any]) -> None:
    events = history(5)
    bent = [*events[:2], replace(events[2], **changed), *events[3:]]
    assert broken(bent, events) == Broken(NUMBER, 3, "changed")


def test_an_event_taken_out_swapped_or_cut_off_is_found() -> None:
    events = history(5)
    assert broken([*events[:2], *events[3:]], events) == Broken(NUMBER, 3, "missing")
    assert broken([events[1], events[0], *events[2:]], events) == Broken(NUMBER, 1, "missing")
    assert broken(events[:4], events) == Broken(NUMBER, 5, "missing")
    assert broken([], events) == Broken(NUMBER, 1, "missing")
    assert broken(events, events[:4]) == Broken(NUMBER, 6, "changed")


def test_another_ticket_s_history_does_not_fit() -> None:
    events = history(2)
    assert chain.first_break("48271937", events[-1].digest, 2, events) == Broken("48271937", 1, "changed")


def test_the_code_is_eight_letters_nobody_confuses_and_moves_with_every_event() -> None:
    codes = [chain.code(event.digest) for event in history(200)]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)
    assert chain.code("0" * 64) == "0000-0000"
    assert chain.code("f" * 64) == "ZZZZ-ZZZZ"


def test_words_are_known_by_a_salted_digest() -> None:
    assert chain.digest_of_words("a", "yes") != chain.digest_of_words("b", "yes") != chain.digest_of_words("b", "no")

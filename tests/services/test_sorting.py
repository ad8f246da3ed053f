"""An official says what a ticket is really about: it moves, the citizen's day is kept, and it teaches."""

from datetime import timedelta
from typing import Any

import pytest

from bot.services import desk
from bot.services.hands import Hands
from bot.services.labels import note_label
from bot.services.orders import Done, NotAllowed, Official, Order, Stale, Unfit
from bot.store import accounts, learning
from bot.store.events import events
from bot.store.tickets import tickets
from tests.support import START, Citizen
from tests.visitors import put, rows

WORDS = "No water in Gwadar for 3 days, call 0333 1234567"


@pytest.fixture
def asma(hands: Hands) -> Official:
    person = {"username": "asma", "name": "Asma", "role": "official", "department": "PHED", "password_hash": "x"}
    with hands.db.write() as tx:
        return Official(accounts.add(tx, created_at=hands.now(), language="en", **person), "Asma", ("PHED",))


@pytest.fixture
def number(citizen: Citizen) -> str:
    return citizen.reports(WORDS)


def sorts(hands: Hands, official: Official, number: str, category: str, **fields: Any) -> Any:
    ticket = rows(hands, tickets)[0]
    key = f"key-{len(rows(hands, events))}-{category}"
    given = {"number": number, "action": "sort", "key": key, "version": ticket.version, "category": category}
    return desk.act(hands, official, Order(**given | fields))


def learnt(hands: Hands) -> list[tuple[str, str, str]]:
    with hands.db.read() as tx:
        return [(row.category, row.text, row.source) for row in learning.all_examples(tx)]


def test_another_departments_matter_moves_there_and_teaches(hands: Hands, asma: Official, number: str) -> None:
    desk.act(hands, asma, Order(number, "take", "take-it", 1))
    assert isinstance(sorts(hands, asma, number, "power_outage"), Done)
    (ticket,) = rows(hands, tickets)
    assert (ticket.category, ticket.department, ticket.owner_id) == ("power_outage", "QESCO", None)
    assert (ticket.state, ticket.unread) == ("in_progress", True)
    assert learnt(hands) == [("power_outage", "No water in Gwadar for 3 days, call", "transfer")]
    event = rows(hands, events)[-1]
    assert (event.action, event.account_id) == ("sort", asma.account_id)
    assert event.data == {"department": "QESCO", "category": "power_outage", "was": "water_none"}
    assert desk.see_ticket(hands, asma, number) is None


def test_a_matter_of_the_same_department_stays_and_is_theirs(hands: Hands, asma: Official, number: str) -> None:
    assert isinstance(sorts(hands, asma, number, "water_dirty"), Done)
    (ticket,) = rows(hands, tickets)
    assert (ticket.category, ticket.department, ticket.owner_id) == ("water_dirty", "PHED", asma.account_id)
    assert [row[2] for row in learnt(hands)] == ["correction"]


@pytest.mark.parametrize(("category", "nearer"), [("power_outage", True), ("road_damage", False)])
def test_the_day_comes_nearer_but_is_never_put_off(
    hands: Hands, asma: Official, number: str, category: str, nearer: bool
) -> None:
    before = rows(hands, tickets)[0].deadline
    known = hands.directory.categories[category]
    assert isinstance(sorts(hands, asma, number, category), Done)
    limit = hands.directory.rules.deadline(START, category, known.department, "GWD")
    assert rows(hands, tickets)[0].deadline == min(before, limit) == (limit if nearer else before)
    assert rows(hands, tickets)[0].priority == known.priority


def test_the_newest_label_wins_and_a_sensitive_one_wipes_it(hands: Hands, asma: Official, number: str) -> None:
    sees_all = Official(asma.account_id, "Asma", None)
    sorts(hands, sees_all, number, "power_outage")
    sorts(hands, sees_all, number, "garbage")
    assert [row[0] for row in learnt(hands)] == ["garbage"]
    sorts(hands, sees_all, number, "women_violence")
    assert rows(hands, tickets)[0].sensitive
    assert learnt(hands) == []
    sorts(hands, sees_all, number, "garbage")
    assert learnt(hands) == []
    assert rows(hands, tickets)[0].sensitive  # what was once sealed stays sealed


@pytest.mark.parametrize("category", ["", "water_none", "no_such_category", "x" * 5000])
def test_what_is_no_other_matter_is_refused(hands: Hands, asma: Official, number: str, category: str) -> None:
    assert sorts(hands, asma, number, category) == Unfit("desk.error.category")
    assert [event.action for event in rows(hands, events)] == ["open"]
    assert isinstance(sorts(hands, asma, number, "power_outage"), Done)


def test_two_opinions_do_not_cross(hands: Hands, asma: Official, citizen: Citizen, number: str) -> None:
    version = rows(hands, tickets)[0].version
    for text in ("2", "2", "Khuzdar"):
        citizen.says(text)
    assert sorts(hands, asma, number, "power_outage", version=version) == Stale("")
    assert rows(hands, tickets)[0].category == "water_none"


@pytest.mark.parametrize("state", ["answered", "confirmed", "withdrawn"])
def test_what_is_answered_is_not_sorted_anew(hands: Hands, asma: Official, number: str, state: str) -> None:
    put(hands, tickets, state=state)
    assert sorts(hands, asma, number, "power_outage") == NotAllowed(state, "sort")
    assert learnt(hands) == []


def test_a_question_about_a_service_becomes_what_it_is(hands: Hands, asma: Official, number: str) -> None:
    deadline = START + timedelta(hours=5)
    put(hands, tickets, kind="question", service="domicile", category="other", deadline=deadline)
    assert isinstance(sorts(hands, asma, number, "other"), Done)
    (ticket,) = rows(hands, tickets)
    assert (ticket.service, ticket.deadline, ticket.kind) == ("", deadline, "question")


def test_what_fails_afterwards_leaves_no_example(hands: Hands, number: str) -> None:
    ticket = rows(hands, tickets)[0]
    with pytest.raises(ZeroDivisionError):
        _note_and_fail(hands, ticket)
    assert learnt(hands) == []


def _note_and_fail(hands: Hands, ticket: Any) -> None:
    with hands.db.write() as tx:
        note_label(tx, hands, ticket, "power_outage", WORDS, "transfer")
        raise ZeroDivisionError

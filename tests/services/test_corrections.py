"""2 and 0 after a complaint that opened at once: the same ticket, in its new department; and never a false "done"."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.services.desk import act
from bot.services.hands import Hands
from bot.services.orders import Done, Official, Order
from bot.store import learning
from bot.store import tickets as store
from bot.store.accounts import accounts
from bot.store.events import events
from bot.store.messages import inbound
from bot.store.outbox import outbox
from bot.store.tickets import tickets
from tests.support import Citizen, Clock


def rows(hands: Hands, table: Any) -> Any:
    with hands.db.read() as tx:
        return tx.execute(select(table).order_by(*table.primary_key)).all()


def last_reply(hands: Hands) -> str:
    return str(rows(hands, outbox)[-1].text)


def changes(hands: Hands, **fields: Any) -> None:
    """What an official's hand does meanwhile."""
    with hands.db.write() as tx:
        store.change(tx, rows(hands, tickets)[0].id, **fields)


def takes(hands: Hands) -> int:
    person = {"username": "asma", "name": "Asma", "role": "official", "department": "PHED", "password_hash": "x"}
    with hands.db.write() as tx:
        result = tx.execute(insert(accounts).values(person | {"created_at": hands.now()}))
    owner = int(result.inserted_primary_key[0])
    changes(hands, state="in_progress", owner_id=owner)
    return owner


def corrects_the_problem(citizen: Citizen) -> None:
    for text in ("2", "1", "no electricity"):
        citizen.says(text)


def test_a_corrected_problem_moves_the_same_ticket(citizen: Citizen, hands: Hands) -> None:
    number = citizen.reports("No water in Gwadar for 3 days")
    deadline = rows(hands, tickets)[0].deadline
    corrects_the_problem(citizen)
    (ticket,) = rows(hands, tickets)
    assert (ticket.number, ticket.category, ticket.department) == (number, "power_outage", "QESCO")
    assert ticket.deadline < deadline
    assert [event.action for event in rows(hands, events)] == ["open", "correct"]
    assert {row.ticket_id for row in rows(hands, inbound) if "o" in row.text} == {ticket.id}
    assert number in last_reply(hands)


def test_the_official_of_another_department_no_longer_has_it(citizen: Citizen, hands: Hands) -> None:
    citizen.reports("No water in Gwadar for 3 days")
    takes(hands)
    corrects_the_problem(citizen)
    assert rows(hands, tickets)[0].owner_id is None


def test_a_corrected_place_stays_with_its_official(citizen: Citizen, hands: Hands) -> None:
    citizen.reports("No water in Gwadar for 3 days")
    owner = takes(hands)
    for text in ("2", "2", "Khuzdar"):
        citizen.says(text)
    (ticket,) = rows(hands, tickets)
    assert (ticket.district, ticket.department, ticket.owner_id) == ("KZD", "PHED", owner)


@pytest.mark.parametrize("text", ["0", "۰", "واپس", "cancel"])
def test_what_is_taken_back_is_withdrawn(citizen: Citizen, hands: Hands, text: str) -> None:
    number = citizen.reports("No water in Gwadar for 3 days")
    citizen.says(text)
    assert rows(hands, tickets)[0].state == "withdrawn"
    assert rows(hands, events)[-1].action == "withdraw"
    assert number in last_reply(hands)


@pytest.mark.parametrize("answer", ["0", "2"])
def test_an_answered_ticket_is_neither_taken_back_nor_corrected(citizen: Citizen, hands: Hands, answer: str) -> None:
    citizen.reports("No water in Gwadar for 3 days")
    changes(hands, state="answered")
    citizen.says(answer)
    assert rows(hands, tickets)[0].state == "answered"
    assert "solved" in last_reply(hands)


def test_an_answer_that_comes_during_the_correction_wins(citizen: Citizen, hands: Hands) -> None:
    citizen.reports("No water in Gwadar for 3 days")
    citizen.says("2")
    citizen.says("1")
    changes(hands, state="answered")
    citizen.says("no electricity")
    (ticket,) = rows(hands, tickets)
    assert (ticket.category, ticket.state) == ("water_none", "answered")
    assert "solved" in last_reply(hands)


@pytest.mark.parametrize("before", [[], ["2"], ["2", "2"]])
def test_the_next_day_nothing_is_taken_back_or_changed(
    citizen: Citizen, hands: Hands, clock: Clock, before: list[str]
) -> None:
    citizen.reports("No water in Gwadar for 3 days")
    for text in before:
        citizen.says(text)
    clock.passes(hours=20)
    citizen.says("0")
    citizen.says("No electricity in Quetta since morning")
    first = rows(hands, tickets)[0]
    assert (first.state, first.category, first.district) == ("new", "water_none", "GWD")
    assert [row.category for row in rows(hands, tickets)] == ["water_none", "power_outage"]


def test_words_corrected_after_an_official_sorted_it_leave_the_sorting(citizen: Citizen, hands: Hands) -> None:
    citizen.reports("No water in Gwadar for 3 days, the pipe is broken")
    asma = takes(hands)
    changes(hands, state="new")
    order = Order(rows(hands, tickets)[0].number, "sort", "k", rows(hands, tickets)[0].version, category="sewerage")
    assert isinstance(act(hands, Official(asma, "Asma", None), order), Done)
    sorted_as = rows(hands, tickets)[0]
    for text in ("2", "3", "The drain is broken and dirty water stands in the street"):
        citizen.says(text)
    ticket = rows(hands, tickets)[0]
    assert "drain is broken" in ticket.words
    assert (ticket.category, ticket.department, ticket.deadline) == (
        "sewerage",
        sorted_as.department,
        sorted_as.deadline,
    )


def test_an_answer_days_after_the_opening_is_still_the_verdict(citizen: Citizen, hands: Hands, clock: Clock) -> None:
    """What was sent days ago can no longer be taken back, and must not stand in the way of the verdict."""
    citizen.reports()
    asma = takes(hands)
    clock.passes(hours=48)
    ticket = rows(hands, tickets)[0]
    order = Order(ticket.number, "resolve", "k", ticket.version, "The pump is mended.")
    assert isinstance(act(hands, Official(asma, "Asma", None), order), Done)
    clock.passes(hours=2)
    citizen.says("1")
    assert rows(hands, tickets)[0].state == "confirmed"


def test_what_was_sensitive_stays_so_however_it_is_sorted(citizen: Citizen, hands: Hands) -> None:
    citizen.says("mera shohar mujhe roz marta hai, Quetta")
    citizen.says("2")
    asma = takes(hands)
    for key, category in (("a", "garbage"), ("b", "sewerage")):
        changes(hands, state="new")
        ticket = rows(hands, tickets)[0]
        order = Order(ticket.number, "sort", key, ticket.version, category=category)
        assert isinstance(act(hands, Official(asma, "Asma", None), order), Done)
    assert rows(hands, tickets)[0].sensitive
    assert rows(hands, learning.examples) == []
    citizen.says(rows(hands, tickets)[0].number)
    assert "Nikasi" not in last_reply(hands)
    assert "WASA" not in last_reply(hands)

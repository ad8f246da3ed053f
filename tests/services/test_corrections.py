"""2 and 0 after a complaint that opened at once: the same ticket, in its new department; and never a false "done"."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.services.hands import Hands
from bot.store import tickets as store
from bot.store.accounts import accounts
from bot.store.messages import inbound
from bot.store.outbox import outbox
from bot.store.tickets import events, tickets
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

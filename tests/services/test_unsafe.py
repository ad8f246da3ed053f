"""A citizen it is not safe to write to is written to by nobody, and whoever holds the phone reads nothing of what it is about."""

import pytest

from bot.services.desk import act, see_ticket
from bot.services.hands import Hands
from bot.services.orders import Done, NotAllowed, Official, Order, Unfit
from bot.store import accounts
from bot.store.outbox import outbox
from bot.store.tickets import tickets
from tests.support import Citizen
from tests.visitors import rows

BEATEN = "mera shohar mujhe roz marta hai, Quetta"
TELLING = ("zulm", "khatoon", "violence", "shohar", "Women", "WDD")


def sent(hands: Hands) -> list[str]:
    return [row.text for row in rows(hands, outbox)]


@pytest.fixture
def account(hands: Hands) -> Official:
    with hands.db.write() as tx:
        person = {"username": "banuk", "name": "Banuk", "role": "official", "password_hash": "x", "language": "en"}
        return Official(accounts.add(tx, created_at=hands.now(), **person), "Banuk", None)


def order(hands: Hands, action: str, key: str) -> Order:
    ticket = rows(hands, tickets)[0]
    return Order(ticket.number, action, key, ticket.version, "We will come at four.")


def test_yes_and_what_is_sent_says_nothing(citizen: Citizen, hands: Hands) -> None:
    citizen.says(BEATEN)
    citizen.says("1")
    ticket = rows(hands, tickets)[0]
    assert (ticket.category, ticket.sensitive, ticket.unsafe) == ("women_violence", True, False)
    assert ticket.words == BEATEN
    assert not [text for text in sent(hands) for word in TELLING if word.casefold() in text.casefold()]
    assert "1089" in sent(hands)[0]


@pytest.mark.parametrize("answer", ["2", "nahi"])
def test_no_and_nobody_writes(citizen: Citizen, hands: Hands, account: Official, answer: str) -> None:
    citizen.says(BEATEN)
    citizen.says(answer)
    ticket = rows(hands, tickets)[0]
    assert ticket.unsafe
    before = len(sent(hands))
    assert act(hands, account, order(hands, "reply", "k1")) == Unfit("desk.error.unsafe")
    assert act(hands, account, order(hands, "resolve", "k2")) == Done(())
    page = see_ticket(hands, account, ticket.number)
    assert page is not None
    assert page.ticket.state == "answered"
    assert [row.text for kind, row in page.lines if kind == "event" and row.action == "resolve"] == [
        "We will come at four."
    ]
    assert len(sent(hands)) == before
    assert "reply" not in page.actions
    assert not isinstance(act(hands, account, order(hands, "note", "k3")), NotAllowed)


def test_an_official_answers_in_nobodys_name(citizen: Citizen, hands: Hands, account: Official) -> None:
    citizen.says(BEATEN)
    citizen.says("1")
    for action in ("reply", "resolve"):
        assert isinstance(act(hands, account, order(hands, action, action)), Done)
    assert sum("We will come at four." in text and "Tawar" in text for text in sent(hands)) == 2
    assert not [text for text in sent(hands) for word in TELLING if word.casefold() in text.casefold()]


def test_what_is_no_answer_is_kept_and_asked_in_vain_we_write_no_more(citizen: Citizen, hands: Hands) -> None:
    citizen.says(BEATEN)
    for text in ("bohat dar lag raha hai", "?", "hmm kya"):
        citizen.says(text)
    ticket = rows(hands, tickets)[0]
    assert ticket.unsafe
    assert "bohat dar lag raha hai" in ticket.words


def test_a_ticket_corrected_into_it_is_sealed_and_stays_one(citizen: Citizen, hands: Hands) -> None:
    citizen.reports("No water in Gwadar for 3 days, the pipe is broken")
    for text in ("2", "1", "8", "4", "no"):
        citizen.says(text)
    (ticket,) = rows(hands, tickets)
    assert (ticket.category, ticket.department, ticket.unsafe, ticket.sensitive) == (
        "women_violence",
        "WDD",
        True,
        True,
    )

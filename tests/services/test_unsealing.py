"""A number is shown to who asked, after somebody else allowed it, for half an hour; and the log tells all of it."""

import threading
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.sealing import SHOWN_FOR, Standing
from bot.services import unsealing
from bot.services.hands import Hands
from bot.services.orders import Done, NotAllowed, Official, Repeated, Unfit
from bot.services.unsealing import ask, decide, look, see_requests
from bot.store import accounts, audit
from bot.store.contacts import contacts
from bot.store.tickets import tickets
from bot.store.unsealings import unsealings
from tests.support import PHONE, Citizen, Clock
from tests.visitors import rows

REASON = "The pump team must find the house, and he cannot describe it"


@pytest.fixture
def people(hands: Hands) -> dict[str, Official]:
    told = {"gul": ("PHED",), "ahmed": ("PHED",), "nadeem": ("QESCO",), "akbar": None, "root": None, "local": ("PHED",)}
    with hands.db.write() as tx:
        return {name: Official(_add(tx, name, hands), name.title(), departments) for name, departments in told.items()}


def _add(tx: Any, name: str, hands: Hands) -> int:
    fields = {"name": name.title(), "role": "official", "password_hash": "x", "created_at": hands.now()}
    return accounts.add(tx, username=name, **fields)


@pytest.fixture
def number(citizen: Citizen) -> str:
    return citizen.reports()


def seen(hands: Hands, official: Official) -> Any:
    return look(hands, official, rows(hands, tickets)[0])


def asked(hands: Hands, official: Official, number: str) -> int:
    assert ask(hands, official, number, REASON) == Done()
    return int(rows(hands, unsealings)[-1].id)


def log(hands: Hands) -> list[tuple[str, str]]:
    with hands.db.read() as tx:
        return [(row.username, row.action) for row in reversed(audit.newest(tx, 50))]


def test_asked_granted_seen_and_sealed_again(
    hands: Hands, people: dict[str, Official], number: str, clock: Clock
) -> None:
    gul, akbar = people["gul"], people["akbar"]
    assert seen(hands, gul).standing is Standing.SEALED
    request = asked(hands, gul, number)
    assert (seen(hands, gul).standing, seen(hands, gul).number) == (Standing.ASKED, "")
    assert [row.reason for row in see_requests(hands, akbar).waiting] == [REASON]
    assert decide(hands, akbar, request, "grant") == Done()
    assert log(hands) == [("gul", "unseal.ask"), ("akbar", "unseal.grant")]
    open_ = seen(hands, gul)
    assert (open_.standing, open_.number, open_.who) == (Standing.OPEN, PHONE, "Akbar")
    assert open_.until == clock.now + SHOWN_FOR
    assert log(hands)[2:] == [("gul", "unseal.look")]
    seen(hands, gul)
    assert len(log(hands)) == 4, "every look"
    clock.passes(seconds=SHOWN_FOR.total_seconds())
    assert (seen(hands, gul).standing, seen(hands, gul).number) == (Standing.OVER, "")
    assert len(log(hands)) == 4
    assert [row.decider for row in see_requests(hands, akbar).decided] == ["Akbar"]


def test_nobody_else_sees_it_not_even_who_granted(hands: Hands, people: dict[str, Official], number: str) -> None:
    assert decide(hands, people["akbar"], asked(hands, people["gul"], number), "grant") == Done()
    for name in ("ahmed", "akbar", "root"):
        assert seen(hands, people[name]).number == ""


def test_a_grant_is_for_one_ticket(hands: Hands, people: dict[str, Official], number: str) -> None:
    Citizen(hands, "+923000000102").reports()
    decide(hands, people["akbar"], asked(hands, people["gul"], number), "grant")
    first, second = rows(hands, tickets)
    assert look(hands, people["gul"], first).number == PHONE
    assert look(hands, people["gul"], second).standing is Standing.SEALED


def test_what_is_refused_stays_sealed_and_may_be_asked_again(
    hands: Hands, people: dict[str, Official], number: str
) -> None:
    gul, akbar = people["gul"], people["akbar"]
    assert decide(hands, akbar, asked(hands, gul, number), "refuse") == Done()
    assert (seen(hands, gul).standing, seen(hands, gul).number) == (Standing.REFUSED, "")
    assert log(hands) == [("gul", "unseal.ask"), ("akbar", "unseal.refuse")]
    asked(hands, gul, number)
    assert seen(hands, gul).standing is Standing.ASKED


def test_nobody_decides_about_their_own_request(hands: Hands, people: dict[str, Official], number: str) -> None:
    akbar = people["akbar"]
    request = asked(hands, akbar, number)
    for action in ("grant", "refuse"):
        assert isinstance(decide(hands, akbar, request, action), NotAllowed)
    assert seen(hands, akbar).standing is Standing.ASKED
    with pytest.raises(IntegrityError), hands.db.write() as tx:
        tx.execute(update(unsealings).values(decided_by=akbar.account_id))
    assert decide(hands, people["root"], request, "grant") == Done()
    assert seen(hands, akbar).number == PHONE


def test_the_first_decision_stands(hands: Hands, people: dict[str, Official], number: str) -> None:
    request = asked(hands, people["gul"], number)
    assert decide(hands, people["akbar"], request, "refuse") == Done()
    assert decide(hands, people["root"], request, "grant") == Repeated()
    assert seen(hands, people["gul"]).standing is Standing.REFUSED
    assert [action for _, action in log(hands)] == ["unseal.ask", "unseal.refuse"]


def test_two_who_decide_at_once_decide_once(hands: Hands, people: dict[str, Official], number: str) -> None:
    request = asked(hands, people["gul"], number)
    results: list[Any] = []

    def decides(name: str, action: str) -> None:
        results.append(decide(hands, people[name], request, action))

    threads = [threading.Thread(target=decides, args=pair) for pair in (("akbar", "grant"), ("root", "refuse"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(repr, results)) == sorted(map(repr, (Done(), Repeated())))
    assert len(log(hands)) == 2


def test_a_second_tap_asks_once(hands: Hands, people: dict[str, Official], number: str) -> None:
    asked(hands, people["gul"], number)
    assert ask(hands, people["gul"], number, REASON) == Repeated()
    assert len(log(hands)) == len(rows(hands, unsealings)) == 1
    asked(hands, people["ahmed"], number)


def test_another_departments_ticket_is_none(hands: Hands, people: dict[str, Official], number: str) -> None:
    assert ask(hands, people["nadeem"], number, REASON) is None
    assert ask(hands, people["gul"], "00000000", REASON) is None
    request = asked(hands, people["gul"], number)
    assert decide(hands, people["nadeem"], request, "grant") is None
    assert decide(hands, people["akbar"], request + 1, "grant") is None
    assert list(see_requests(hands, people["nadeem"]).waiting) == []
    assert len(see_requests(hands, people["local"]).waiting) == 1
    assert log(hands) == [("gul", "unseal.ask")]


@pytest.mark.parametrize("reason", ["", "call", "  call     \n  ", "\x00" * 20])
def test_a_reason_is_asked_for(hands: Hands, people: dict[str, Official], number: str, reason: str) -> None:
    assert ask(hands, people["gul"], number, reason) == Unfit("desk.error.reason_short")
    assert (log(hands), rows(hands, unsealings)) == ([], [])


def test_a_look_that_cannot_be_written_down_shows_nothing(
    hands: Hands, people: dict[str, Official], number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(hands, people["akbar"], asked(hands, people["gul"], number), "grant")

    def full(*_: Any, **__: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(unsealing.audit, "note", full)
    with pytest.raises(OSError, match="No space"):
        seen(hands, people["gul"])


def test_a_number_our_keys_do_not_open_is_told_as_such(hands: Hands, people: dict[str, Official], number: str) -> None:
    decide(hands, people["akbar"], asked(hands, people["gul"], number), "grant")
    with hands.db.write() as tx:
        tx.execute(update(contacts).values(phone=b"spoilt"))
    assert (seen(hands, people["gul"]).standing, seen(hands, people["gul"]).number) == (Standing.OPEN, "")


def test_the_log_holds_the_reason_and_no_number(hands: Hands, people: dict[str, Official], number: str) -> None:
    decide(hands, people["akbar"], asked(hands, people["gul"], number), "grant")
    seen(hands, people["gul"])
    with hands.db.read() as tx:
        lines = tx.execute(select(audit.audit).order_by(audit.audit.c.id)).all()
    assert {line.subject for line in lines} == {f"ticket:{number}"}
    assert lines[0].data == {"reason": REASON}
    assert lines[1].data["asked_by"] == people["gul"].account_id
    assert PHONE[3:] not in str([tuple(line) for line in lines])

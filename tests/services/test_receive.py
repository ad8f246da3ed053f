"""A message comes in: once, in order, whatever goes wrong."""

import threading

import pytest
from sqlalchemy import select

from bot.services import receive as receiving
from bot.services.hands import Hands
from bot.services.receive import answer_later, receive
from bot.store.contacts import contacts
from bot.store.events import events
from bot.store.messages import inbound
from bot.store.outbox import outbox
from bot.store.tickets import tickets
from tests.support import PHONE, Citizen, Clock


def rows(hands: Hands, table):
    with hands.db.read() as tx:
        return tx.execute(select(table).order_by(*table.primary_key)).all()


def test_a_complaint_is_stored_with_its_ticket_event_and_answer_in_one_go(citizen: Citizen, hands: Hands) -> None:
    number = citizen.reports("No water in Gwadar for 3 days")
    (ticket,) = rows(hands, tickets)
    assert (ticket.number, ticket.category, ticket.department, ticket.district) == (number, "water_none", "PHED", "GWD")
    assert [event.action for event in rows(hands, events)] == ["open"]
    assert [row.ticket_id for row in rows(hands, outbox)] == [ticket.id]
    assert number in rows(hands, outbox)[0].text
    assert rows(hands, inbound)[0].ticket_id == ticket.id


def test_the_same_message_again_does_nothing(citizen: Citizen, hands: Hands) -> None:
    message = citizen.message("salam")
    assert [receive(hands, message).outcome for _ in range(3)] == ["answered", "repeated", "repeated"]
    assert len(rows(hands, outbox)) == len(rows(hands, inbound)) == 1


def test_fifty_copies_at_once_make_one_turn(citizen: Citizen, hands: Hands) -> None:
    message, outcomes = citizen.message("No water in Gwadar"), []
    threads = [threading.Thread(target=lambda: outcomes.append(receive(hands, message).outcome)) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["answered"] + ["repeated"] * 49
    assert len(rows(hands, outbox)) == 1


def test_messages_of_one_person_at_once_are_all_answered_in_order(citizen: Citizen, hands: Hands) -> None:
    messages = [citizen.message(f"No water in Gwadar, house {n}") for n in range(10)]
    threads = [threading.Thread(target=receive, args=(hands, message)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = rows(hands, outbox)
    assert [row.inbound_id for row in answers] == [row.id for row in rows(hands, inbound)]
    (contact,) = rows(hands, contacts)
    assert contact.version >= 10


def test_a_bug_delays_the_answer_and_loses_nothing(
    citizen: Citizen, hands: Hands, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> list[int]:
        raise ZeroDivisionError("a bug that names +923000000101")

    with monkeypatch.context() as patched:
        patched.setattr(receiving, "take_turn", broken)
        assert citizen.says("No water in Gwadar").outcome == "kept"
    (kept,) = rows(hands, inbound)
    assert (kept.state, kept.text) == ("unanswered", "No water in Gwadar")
    clock.passes(minutes=1)
    assert answer_later(hands, kept.id).outcome == "answered"
    assert [row.state for row in rows(hands, inbound)] == ["answered"]
    assert len(rows(hands, outbox)) == 1


def test_after_the_last_try_the_citizen_is_told_that_a_person_reads_it(
    citizen: Citizen, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> list[int]:
        raise ZeroDivisionError

    monkeypatch.setattr(receiving, "take_turn", broken)
    citizen.says("No water in Gwadar")
    (kept,) = rows(hands, inbound)
    for _ in range(4):
        answer_later(hands, kept.id)
    assert answer_later(hands, kept.id).outcome == "repeated"
    assert rows(hands, inbound)[0].state == "given_up"
    assert len(rows(hands, outbox)) == 1
    (ticket,) = rows(hands, tickets)
    assert (ticket.kind, ticket.department, ticket.words) == ("question", "CMU", "No water in Gwadar")


def test_two_workers_answer_a_kept_message_once(
    citizen: Citizen, hands: Hands, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> list[int]:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(receiving, "take_turn", broken)
        citizen.says("No water in Gwadar")
    (kept,) = rows(hands, inbound)
    clock.passes(minutes=1)
    outcomes: list[str] = []
    workers = [threading.Thread(target=lambda: outcomes.append(answer_later(hands, kept.id).outcome)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes) == ["answered", "repeated", "repeated", "repeated"]
    assert len(rows(hands, outbox)) == 1


def test_a_bug_leaves_no_word_or_number_in_the_log(
    citizen: Citizen, hands: Hands, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_kwargs: object) -> list[int]:
        raise ValueError("پانی +923000000101")

    monkeypatch.setattr(receiving, "take_turn", broken)
    citizen.says("پانی نہیں ہے")
    assert "ValueError" in caplog.text
    assert PHONE not in caplog.text
    assert "پانی" not in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "a\x00b",
        "\ud800",
        "\u202eabc",
        "پانی\u200cنہیں",
        "1" * 1600,
        "😀" * 800,
        "👨‍👩‍👧",
        "\u200b" * 50,
        "{number}",
        "%s {0.__class__}",
    ],
)
def test_no_text_breaks_a_turn(citizen: Citizen, hands: Hands, text: str) -> None:
    for _ in range(3):
        assert citizen.says(text).outcome == "answered"
    stored = rows(hands, inbound)[0].text
    assert not set(stored) & {"\x00", "\u202e", "\u200b", "\ud800"}

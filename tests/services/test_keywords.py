"""A word the carrier has answered itself: it is heeded and kept, and nobody is written to."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.services.hands import Hands
from bot.services.receive import receive
from bot.store.contacts import contacts
from bot.store.messages import inbound
from bot.store.outbox import outbox
from tests.support import Citizen


def rows(hands: Hands, table: Any) -> list[Any]:
    with hands.db.read() as tx:
        return list(tx.execute(select(table).order_by(*table.primary_key)).all())


@pytest.mark.parametrize("word", ["stop", "start", "help"])
def test_a_word_is_stored_and_not_answered(citizen: Citizen, hands: Hands, word: str) -> None:
    got = citizen.says(word.upper(), keyword=word)
    assert (got.outcome, got.outbox_ids) == ("answered", ())
    assert [(row.text, row.state) for row in rows(hands, inbound)] == [(word.upper(), "answered")]
    assert rows(hands, outbox) == []
    assert (rows(hands, contacts)[0].opted_out_at is not None) == (word == "stop")


def test_start_takes_stop_back_and_help_changes_nothing(citizen: Citizen, hands: Hands) -> None:
    citizen.says("STOP", keyword="stop")
    citizen.says("HELP", keyword="help")
    assert rows(hands, contacts)[0].opted_out_at == hands.now()
    citizen.says("START", keyword="start")
    assert rows(hands, contacts)[0].opted_out_at is None


def test_a_repetition_is_one_message(citizen: Citizen, hands: Hands) -> None:
    message = citizen.message("STOP", keyword="stop")
    assert [receive(hands, message).outcome for _ in range(2)] == ["answered", "repeated"]
    assert len(rows(hands, inbound)) == 1


def test_a_talk_goes_on_where_it_was(citizen: Citizen, hands: Hands) -> None:
    citizen.says("hello")
    before = rows(hands, contacts)[0].conversation
    citizen.says("HELP", keyword="help")
    assert rows(hands, contacts)[0].conversation == before

"""Messages leave once: through the real library to the simulator, with every trouble a carrier can make."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.carriers.port import Receipt
from bot.delivery import ASKS, LEASE
from bot.services.hands import Hands
from bot.services.receipts import match_parked, record_receipt, settle_parked
from bot.services.send import send_due
from bot.services.settle import settle_unknown
from bot.store import outbox as store
from bot.store.attempts import attempts
from bot.store.contacts import contacts
from bot.store.outbox import outbox
from tests.street import Street, wait_for

PHONE = "+923000000101"


def ledger(hands: Hands) -> list[Any]:
    with hands.db.read() as tx:
        return list(tx.execute(select(outbox).order_by(outbox.c.id)).all())


def make_due(hands: Hands, **more: Any) -> None:
    """Time passes for whatever waits."""
    past = hands.now() - timedelta(minutes=10)
    with hands.db.write() as tx:
        tx.execute(update(outbox).values(due_at=past, lease_until=past, **more))


def test_an_answer_reaches_the_phone_and_its_ticks_reach_us(road: Street) -> None:
    assert road.says("No water in Gwadar for 3 days")["status"] == 200
    assert road.woken
    assert road.deliver() == 1
    assert "No water" in road.heard()[0]
    wait_for(lambda: ledger(road.hands)[0].status == "delivered")
    (row,) = ledger(road.hands)
    assert (row.state, row.reason) == ("accepted", "")
    assert row.provider_id == road.log()[0]["id"]


def test_a_persons_messages_keep_their_order(road: Street) -> None:
    for text in ("hello", "English", "No water in Gwadar", "1"):
        road.says(text)
    road.deliver()
    assert [row.body or row.text for row in ledger(road.hands)] == road.heard()


@pytest.mark.parametrize(
    ("rest", "state"), [(21211, "refused"), (21610, "refused"), (20429, "waiting"), (21611, "waiting")]
)
def test_a_refusal_is_final_and_congestion_is_not(road: Street, rest: int, state: str) -> None:
    road.fault(numbers={PHONE: {"rest": rest}})
    road.says("hello")
    send_due(road.hands)
    (row,) = ledger(road.hands)
    assert (row.state, row.reason) == (state, str(rest))
    road.fault(numbers={})
    make_due(road.hands)
    road.deliver()
    assert len(road.heard()) == (state == "waiting")


def test_stop_at_the_carrier_is_remembered(road: Street) -> None:
    road.fault(numbers={PHONE: {"rest": 21610}})
    road.says("hello")
    road.deliver()
    with road.hands.db.read() as tx:
        assert tx.execute(select(contacts.c.opted_out_at)).scalar_one() is not None


@pytest.mark.parametrize("trouble", ["error_after_accept", "drop_after_accept"])
def test_an_accepted_message_whose_answer_was_lost_is_not_sent_again(road: Street, trouble: str) -> None:
    road.fault(**{trouble: 1.0}, loss=1.0)
    road.says("hello")
    send_due(road.hands)
    assert ledger(road.hands)[0].state == "unknown"
    road.fault(**{trouble: 0.0})
    road.deliver()
    wait_for(lambda: road.thread()[-1]["status"] == "delivered")  # the carrier lists a message once it was sent
    make_due(road.hands)
    settle_unknown(road.hands)
    assert [row.state for row in ledger(road.hands)] == ["accepted"]
    assert ledger(road.hands)[0].provider_id == road.log()[0]["id"]
    assert len(road.heard()) == 1


def test_the_receipt_alone_settles_an_unknown_outcome(road: Street) -> None:
    road.fault(error_after_accept=1.0)
    road.says("hello")
    send_due(road.hands)
    wait_for(lambda: ledger(road.hands)[0].status == "delivered")
    (row,) = ledger(road.hands)
    assert row.state == "accepted"
    assert row.provider_id == road.log()[0]["id"]


def test_a_message_the_carrier_never_got_is_sent_after_asking(road: Street) -> None:
    road.fault(drop_connection=1.0)
    road.says("hello")
    send_due(road.hands)
    assert ledger(road.hands)[0].state == "unknown"
    road.fault(drop_connection=0.0)
    for _ in range(ASKS):
        assert road.heard() == []
        make_due(road.hands)
        settle_unknown(road.hands)
    road.deliver()
    assert len(road.heard()) == 1


def test_a_carrier_that_is_down_costs_a_delay(road: Street, db: Any) -> None:
    road.says("hello")
    nowhere = road.hands.carriers.by_name["twilio"]
    nowhere._api._http._api_url = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    send_due(road.hands)
    (row,) = ledger(road.hands)
    assert (row.state, row.reason) == ("waiting", "connect")
    nowhere._api._http._api_url = road.phone_url  # type: ignore[attr-defined]
    make_due(road.hands)
    road.deliver()
    assert len(road.heard()) == 1


def test_a_worker_that_died_in_mid_send_leaves_an_unknown_row(road: Street) -> None:
    road.says("hello")
    now = road.hands.now()
    with road.hands.db.write() as tx:
        store.claim(tx, now, now + LEASE, 10)
    assert send_due(road.hands) == 0, "another worker does not touch a leased row"
    make_due(road.hands)
    settle_unknown(road.hands)
    assert ledger(road.hands)[0].state == "unknown"
    assert road.heard() == []


@pytest.mark.parametrize("faults", [{"early_receipts": True}, {"duplicate": 1.0}, {"reorder": True, "duplicate": 1.0}])
def test_receipts_early_twice_and_in_any_order_end_in_delivered(road: Street, faults: dict[str, Any]) -> None:
    road.fault(**faults)
    for text in ("hello", "English", "No water in Gwadar"):
        road.says(text)
    road.deliver()
    wait_for(lambda: {row.status for row in ledger(road.hands)} == {"delivered"})
    assert len(road.heard()) == 3


def test_a_receipt_before_we_know_the_message_is_parked_and_matched(road: Street) -> None:
    assert record_receipt(road.hands, Receipt("twilio", "", "SM1", "delivered")) == "parked"
    road.says("hello")
    (row,) = ledger(road.hands)
    with road.hands.db.write() as tx:
        store.change(tx, row.id, road.hands.now(), states=("waiting",), provider_id="SM1", state="accepted")
        match_parked(tx, road.hands, row.id, "SM1")
    assert ledger(road.hands)[0].status == "delivered"


def test_a_receipt_parked_while_its_message_was_written_down_is_found_later(road: Street) -> None:
    road.says("hello")
    (row,) = ledger(road.hands)
    assert record_receipt(road.hands, Receipt("twilio", "", "SM1", "delivered")) == "parked"
    with road.hands.db.write() as tx:
        store.change(tx, row.id, road.hands.now(), states=("waiting",), provider_id="SM1", state="accepted")
    assert settle_parked(road.hands) == 1
    assert ledger(road.hands)[0].status == "delivered"
    assert settle_parked(road.hands) == 0


def test_every_try_is_in_the_ledger(road: Street) -> None:
    road.fault(numbers={PHONE: {"rest": 20429}})
    road.says("hello")
    send_due(road.hands)
    road.fault(numbers={})
    make_due(road.hands)
    road.deliver()
    with road.hands.db.read() as tx:
        tried = tx.execute(select(attempts.c.outcome, attempts.c.detail).order_by(attempts.c.id)).all()
    assert [outcome for outcome, _ in tried] == ["waiting", "accepted"]

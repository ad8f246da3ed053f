"""Delivery receipts over the door: early, late, twice, all at once and in any order, the last word is the highest."""

from datetime import timedelta
from itertools import permutations
from multiprocessing.pool import ThreadPool
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.services.hands import Hands
from bot.store import contacts
from bot.store.attempts import attempts
from bot.store.outbox import outbox
from bot.store.parked import parked_receipts
from tests.caller import RECEIPTS, Caller, full, receipt
from tests.support import PHONE, START, vault

STATUSES = ("queued", "sent", "delivered", "read", "failed")


@pytest.fixture
def caller(hands: Hands) -> Caller:
    return Caller(hands)


def add_sent(caller: Caller, count: int, **more: Any) -> None:
    """Messages m0, m1 … that the carrier accepted as SM0, SM1 …"""
    instants = dict.fromkeys(("due_at", "created_at", "updated_at"), START)
    fixed = {
        "lane": 0,
        "carrier": "twilio",
        "channel": "sms",
        "text": "x",
        "state": "accepted",
        "status": "",
        **instants,
    }
    with caller.hands.db.write() as tx:
        contact = contacts.lock_by_phone(tx, vault(), PHONE, START)
        rows = [
            {"ref": f"m{n}", "provider_id": full(f"SM{n}"), "contact_id": contact.id, **fixed, **more}
            for n in range(count)
        ]
        tx.execute(insert(outbox), rows)


def tells(caller: Caller, n: int, status: str, *, by_ref: bool = True, **more: str) -> int:
    return caller.posts(receipt(f"SM{n}", status, **more), RECEIPTS, f"ref=m{n}" if by_ref else "").status_code


def test_in_each_of_120_orders_the_last_word_is_the_highest(caller: Caller) -> None:
    orders = list(permutations(STATUSES))
    add_sent(caller, len(orders))
    for n, order in enumerate(orders):
        assert {tells(caller, n, status, by_ref=n % 2 == 0) for status in order} == {204}
    assert {row.status for row in caller.rows(outbox)} == {"read"}


@pytest.mark.parametrize("highest", ["queued", "sent", "failed", "delivered"])
def test_without_the_highest_it_is_the_next(caller: Caller, highest: str) -> None:
    rank = ("queued", "sent", "failed", "delivered", "read")
    orders = list(permutations(rank[: rank.index(highest) + 1]))
    add_sent(caller, len(orders))
    for n, order in enumerate(orders):
        for status in order + order:
            tells(caller, n, status)
    assert {row.status for row in caller.rows(outbox)} == {highest}


def test_all_at_once_the_last_word_is_still_the_highest(caller: Caller) -> None:
    count = 30
    add_sent(caller, count)
    calls = [(caller, n, status) for n in range(count) for status in STATUSES]
    with ThreadPool(10) as pool:
        assert set(pool.starmap(tells, calls, chunksize=1)) == {204}
    assert [row.status for row in caller.rows(outbox)] == ["read"] * count


def test_receipts_that_cross_our_own_note_of_a_sending_are_not_lost(caller: Caller) -> None:
    count = 20
    add_sent(caller, count, state="sending", provider_id="")
    calls = [(caller, n, status) for n in range(count) for status in ("sent", "delivered")]
    with ThreadPool(8) as pool:
        pool.starmap(tells, calls, chunksize=1)
    assert {(row.state, row.status) for row in caller.rows(outbox)} == {("accepted", "delivered")}
    assert [row.provider_id for row in caller.rows(outbox)] == [full(f"SM{n}") for n in range(count)]


def test_the_reason_of_a_failure_is_kept_until_the_phone_has_it(caller: Caller) -> None:
    add_sent(caller, 1)
    tells(caller, 0, "undelivered", ErrorCode="30007")
    assert [(row.status, row.reason) for row in caller.rows(outbox)] == [("undelivered", "30007")]
    tells(caller, 0, "failed", ErrorCode="30008")
    assert [(row.status, row.reason) for row in caller.rows(outbox)] == [("undelivered", "30007")]
    tells(caller, 0, "delivered")
    assert [(row.status, row.reason) for row in caller.rows(outbox)] == [("delivered", "")]


def test_a_receipt_of_an_unknown_message_is_parked(caller: Caller) -> None:
    assert tells(caller, 7, "delivered") == 204
    (parked,) = caller.rows(parked_receipts)
    assert (parked.provider_id, parked.ref, parked.status) == (full("SM7"), "m7", "delivered")
    assert caller.count(outbox) == 0


def test_our_own_reference_counts_before_the_provider_s_id(caller: Caller) -> None:
    add_sent(caller, 2)
    caller.posts(receipt("SM0", "delivered"), RECEIPTS, "ref=m1")
    assert [row.status for row in caller.rows(outbox)] == ["", "delivered"]


def test_the_provider_s_id_serves_where_the_reference_is_lost_or_false(caller: Caller) -> None:
    add_sent(caller, 1)
    caller.posts(receipt("SM0", "sent"), RECEIPTS, "ref=nobody%27s")
    assert [row.status for row in caller.rows(outbox)] == ["sent"]
    assert caller.count(parked_receipts) == 0


@pytest.mark.parametrize("status", ["nonsense", "RECEIVED", "\x00", "x" * 500])
def test_a_status_nobody_knows_changes_nothing(caller: Caller, status: str) -> None:
    add_sent(caller, 1, status="sent")
    assert tells(caller, 0, status) == 204
    assert [row.status for row in caller.rows(outbox)] == ["sent"]


@pytest.mark.parametrize("state", ["sending", "unknown", "waiting"])
def test_a_receipt_settles_what_we_never_learnt(caller: Caller, state: str) -> None:
    add_sent(caller, 1, state=state, provider_id="", lease_until=START + timedelta(minutes=1))
    with caller.hands.db.write() as tx:
        tx.execute(insert(attempts).values(outbox_id=select(outbox.c.id).scalar_subquery(), started_at=START))
    tells(caller, 0, "sent")
    (row,), (attempt,) = caller.rows(outbox), caller.rows(attempts)
    assert (row.state, row.status, row.provider_id, row.lease_until) == ("accepted", "sent", full("SM0"), None)
    assert (attempt.outcome, attempt.detail) == ("accepted", "by receipt")


@pytest.mark.parametrize("state", ["skipped", "refused"])
def test_a_receipt_revives_no_message_that_will_not_leave(caller: Caller, state: str) -> None:
    add_sent(caller, 1, state=state)
    tells(caller, 0, "sent")
    assert [row.state for row in caller.rows(outbox)] == [state]

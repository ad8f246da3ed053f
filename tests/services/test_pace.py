"""Who goes first when a sender may go no faster: answers, then notices, then broadcasts; and everybody in the end."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.carriers.port import Carriers, Pace
from bot.outbox import Lane
from bot.services.hands import Hands
from bot.services.send import send_round
from bot.store import contacts
from bot.store import outbox as store
from bot.store.outbox import outbox
from tests.caller import DeafTwilio
from tests.support import Citizen, Clock
from workers.rates import SharedRates

PER_SECOND = 10.0


class Slow(DeafTwilio):
    """Twilio with a slow sender; what is sent it only notes."""

    def pace(self, channel: str) -> Pace:
        return Pace(f"twilio:{channel}", PER_SECOND, in_segments=False)


@pytest.fixture
def carrier() -> Slow:
    return Slow()


@pytest.fixture
def paced(hands: Hands, carrier: Slow, clock: Clock) -> Hands:
    rates = SharedRates(hands.db, None, lambda: clock().timestamp())
    return replace(hands, carriers=Carriers({"twilio": carrier}), rates=rates)


def puts(hands: Hands, lane: Lane, count: int, first: int = 0) -> None:
    """Messages of a lane, each to another person, who wrote just now."""
    with hands.db.write() as tx:
        for n in range(first, first + count):
            contact = contacts.lock_by_phone(tx, hands.vault, f"+92300000{int(lane)}{n:03}", hands.now())
            tx.execute(contacts.contacts.update().values(whatsapp_at=hands.now()))
            way = {"carrier": "twilio", "channel": "whatsapp", "language": "en", "state": "waiting"}
            times = dict.fromkeys(("due_at", "created_at", "updated_at"), hands.now())
            row = {"ref": hands.ref(), "contact_id": contact.id, "lane": int(lane), "text": lane.name, **way, **times}
            store.put(tx, [row])


def sent(carrier: Slow) -> list[str]:
    return [message.text for message in carrier.sent]


def test_answers_then_notices_then_broadcasts(paced: Hands, carrier: Slow) -> None:
    for lane in (Lane.BROADCAST, Lane.NOTICE, Lane.REPLY):
        puts(paced, lane, 2)
    send_round(paced)
    assert sent(carrier) == ["REPLY"] * 2 + ["NOTICE"] * 2 + ["BROADCAST"] * 2


def test_an_answer_leaves_at_once_when_a_broadcast_has_taken_its_share(
    paced: Hands, carrier: Slow, clock: Clock
) -> None:
    puts(paced, Lane.BROADCAST, 60)
    done = send_round(paced)
    share = len(carrier.sent)
    assert 0 < share < PER_SECOND
    assert (done.dealt, done.early) == (share, 32 - share)
    assert 0 < done.wait <= 1 / PER_SECOND + 0.001
    puts(paced, Lane.REPLY, 3)
    puts(paced, Lane.NOTICE, 2)
    send_round(paced)
    assert sent(carrier)[share:] == ["REPLY"] * 3 + ["NOTICE"] * 2


def test_a_broadcast_keeps_the_rate_and_loses_nobody(paced: Hands, carrier: Slow, clock: Clock) -> None:
    puts(paced, Lane.BROADCAST, 60)
    for seconds in range(1, 300):
        send_round(paced)
        assert len(carrier.sent) <= PER_SECOND + PER_SECOND * seconds / 10
        clock.passes(seconds=0.1)
        if len(carrier.sent) == 60:
            break
    rows = everything(paced)
    assert {row.state for row in rows} == {"accepted"}
    assert {row.attempts for row in rows} == {1}, "a message that waited for its turn was not tried"
    assert len({message.phone for message in carrier.sent}) == 60


def test_citizens_are_answered_throughout(paced: Hands, carrier: Slow, clock: Clock) -> None:
    puts(paced, Lane.BROADCAST, 200)
    citizen = Citizen(paced, "+923000000999")
    for n in range(20):
        send_round(paced)
        got = citizen.says(f"hello {n}")
        send_round(paced, ids=got.outbox_ids)
        assert carrier.sent[-1].phone == citizen.phone
        clock.passes(seconds=1)


def everything(hands: Hands) -> list[Any]:
    with hands.db.read() as tx:
        return list(tx.execute(select(outbox)).all())

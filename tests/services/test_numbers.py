"""A number that cannot be unsealed delays its own message only, and says so to an operator without naming anybody."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.carriers.port import Carriers
from bot.services.hands import Hands
from bot.services.numbers import ASK_AGAIN
from bot.services.receive import show_typing
from bot.services.send import send_due
from bot.services.settle import settle_unknown
from bot.store.contacts import contacts
from bot.store.messages import inbound
from bot.store.outbox import outbox
from tests.caller import DeafTwilio
from tests.support import PHONE, Citizen, Clock
from tests.visitors import put, rows

OTHER = "+923000000102"


@pytest.fixture
def twilio() -> DeafTwilio:
    return DeafTwilio()


@pytest.fixture
def hands(hands: Hands, twilio: DeafTwilio) -> Hands:
    return replace(hands, carriers=Carriers({"twilio": twilio}))


def spoil(hands: Hands) -> bytes:
    """The number of the first contact becomes unreadable; what it was."""
    first = rows(hands, contacts)[0]
    with hands.db.write() as tx:
        tx.execute(update(contacts).where(contacts.c.id == first.id).values(phone=first.phone[:-1] + b"?"))
    return bytes(first.phone)


def test_one_unreadable_number_holds_up_nobody_else_and_leaves_once_it_is_mended(
    hands: Hands, twilio: DeafTwilio, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    Citizen(hands, PHONE).says("No water in Gwadar")
    Citizen(hands, OTHER).says("No water in Gwadar")
    whole = spoil(hands)
    send_due(hands)
    assert [message.phone for message in twilio.sent] == [OTHER]
    held = rows(hands, outbox)[0]
    assert (held.state, held.reason, held.attempts, held.due_at) == ("waiting", "sealed", 0, clock.now + ASK_AGAIN)
    assert "cannot be unsealed" in caplog.text
    assert PHONE[3:] not in caplog.text
    with hands.db.write() as tx:
        tx.execute(update(contacts).where(contacts.c.id == held.contact_id).values(phone=whole))
    clock.passes(seconds=ASK_AGAIN.total_seconds())
    send_due(hands)
    assert [message.phone for message in twilio.sent] == [OTHER, PHONE]


def test_a_message_of_unknown_fate_is_asked_about_later(hands: Hands, clock: Clock) -> None:
    Citizen(hands).says("No water in Gwadar")
    put(hands, outbox, state="unknown", lease_until=clock.now - timedelta(seconds=1))
    spoil(hands)
    assert settle_unknown(hands) == 1
    assert rows(hands, outbox)[0].state == "unknown"


def test_nobody_is_told_that_somebody_types(hands: Hands) -> None:
    Citizen(hands).says("No water in Gwadar")
    spoil(hands)
    with hands.db.read() as tx:
        message = tx.execute(select(inbound.c.id)).scalar_one()
    show_typing(hands, message)

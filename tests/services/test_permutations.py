"""Any order and any repetition of receipts, and of different people's messages, ends in one state."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.carriers.port import Accepted, Carriers, Inbound, Outcome, Outgoing, Pace, Receipt
from bot.carriers.twilio import Twilio, TwilioSettings
from bot.services.hands import Hands
from bot.services.receipts import record_receipt, settle_parked
from bot.services.receive import receive
from bot.services.send import send_due
from bot.store.append_only import protect, release
from bot.store.contacts import contacts
from bot.store.database import Database
from bot.store.outbox import outbox
from bot.store.parked import parked_receipts
from bot.store.tickets import tickets
from tests.support import make_hands, phone_of, sqlite

SETTINGS = TwilioSettings("AC" + "0" * 32, ("t" * 32,), "https://tawar.example", "+923000000001", "+923000000002")
PEOPLE = {
    "+923000000101": ("No water in Gwadar for 3 days, the pipe is broken", "1"),
    "+923000000102": ("pani nahi aa raha Khuzdar mein 3 din se",),
    "+923000000103": ("gali mein kachra para hai, Turbat", "STOP"),
}


class Taking(Twilio):
    """Twilio whose line takes everything at once: a fake, because the order of receipts is what is under test here, and no
    real server gives them out in every order."""

    def send(self, message: Outgoing) -> Outcome:
        return Accepted(f"SM-{message.ref}", "queued")

    def pace(self, channel: str) -> Pace:
        return Pace(channel, 1e6)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with sqlite(tmp_path) as database:
        yield database


def fresh(db: Database) -> Hands:
    """Hands on a database without people."""
    with db.write() as tx:
        for statement in release("events", tx.dialect.name):
            tx.exec_driver_sql(statement)
        for table in (
            "events",
            "event_words",
            "media",
            "attempts",
            "parked_receipts",
            "outbox",
            "inbound",
            "examples",
            "tickets",
            "contacts",
        ):
            tx.exec_driver_sql(f"DELETE FROM {table}")
        for statement in protect("events", tx.dialect.name):
            tx.exec_driver_sql(statement)
    count = iter(range(10_000))
    return replace(make_hands(db, carriers=Carriers({"twilio": Taking(SETTINGS)})), ref=lambda: f"ref{next(count)}")


def state(hands: Hands) -> dict[str, Any]:
    with hands.db.read() as tx:
        people = tx.execute(select(contacts)).all()
        phones = {row.id: phone_of(row) for row in people}
        sent = tx.execute(select(outbox.c.contact_id, outbox.c.text, outbox.c.state, outbox.c.status, outbox.c.channel))
        kept = tx.execute(select(tickets.c.contact_id, tickets.c.category, tickets.c.district, tickets.c.words))
        return {
            "people": sorted((phone_of(row), row.opted_out_at is not None) for row in people),
            "sent": sorted((phones[row.contact_id], *row[2:]) for row in sent),
            "tickets": sorted((phones[row.contact_id], *row[1:]) for row in kept),
            "parked": len(tx.execute(select(parked_receipts)).all()),
        }


def inbound(phone: str, n: int) -> Inbound:
    return Inbound("twilio", f"SM{phone[1:]}{n}", "whatsapp", phone, PEOPLE[phone][n])


@st.composite
def mixed(draw: st.DrawFn) -> list[tuple[str, int]]:
    """Everybody's messages, each person's own in order, all mixed, and repeated as a carrier does: after they came first."""
    order = draw(st.permutations([phone for phone, said in PEOPLE.items() for _ in said]))
    seen: dict[str, int] = {}
    told: list[tuple[str, int]] = []
    for phone in order:
        told.append((phone, seen.setdefault(phone, 0)))
        seen[phone] += 1
        told += draw(st.lists(st.sampled_from(told), max_size=2))
    return told


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=mixed())
def test_messages_mixed_and_repeated(db: Database, order: Sequence[tuple[str, int]]) -> None:
    hands = fresh(db)
    for phone, said in PEOPLE.items():
        for n in range(len(said)):
            receive(hands, inbound(phone, n))
    expected = state(hands)
    hands = fresh(db)
    for phone, n in order:
        receive(hands, inbound(phone, n))
    assert state(hands) == expected


FATES = {
    "arrives": (["queued", "sending", "sent", "delivered", "read"], "", ("accepted", "read")),
    "arrives after all": (["sent", "failed", "delivered"], "30007", ("accepted", "delivered")),
    "fails for good": (["queued", "sent", "undelivered"], "30007", ("accepted", "undelivered")),
}


@pytest.mark.parametrize("fate", FATES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_receipts_in_any_order_before_and_after_the_answer(db: Database, fate: str, data: st.DataObject) -> None:
    statuses, error, (end, status) = FATES[fate]
    hands = fresh(db)
    receive(hands, inbound("+923000000101", 0))
    receipts = [
        Receipt("twilio", "", "SM-ref0", one, error if one in ("failed", "undelivered") else "") for one in statuses
    ]
    repeated = receipts + data.draw(st.lists(st.sampled_from(receipts), max_size=4))
    order = data.draw(st.permutations(repeated))
    early = data.draw(st.integers(0, len(order)))
    for receipt in order[:early]:
        record_receipt(hands, receipt)
    while send_due(hands):
        pass
    for receipt in order[early:]:
        record_receipt(hands, receipt)
    settle_parked(hands)
    found = state(hands)
    assert [row[1:3] for row in found["sent"]] == [(end, status)]
    assert found["parked"] == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_failure_told_in_any_order_goes_by_sms_once(db: Database, data: st.DataObject) -> None:
    hands = fresh(db)
    receive(hands, inbound("+923000000101", 0))
    while send_due(hands):
        pass
    receipts = [
        Receipt("twilio", "ref0", "SM-ref0", one, "63024" if one == "failed" else "")
        for one in ("queued", "sent", "failed")
    ]
    for receipt in data.draw(st.permutations(receipts * 2)):
        record_receipt(hands, receipt)
    while send_due(hands):
        pass
    sent = state(hands)["sent"]
    assert sorted((row[1], row[3]) for row in sent) == [("accepted", "sms"), ("replaced", "whatsapp")]

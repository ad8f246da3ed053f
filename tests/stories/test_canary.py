"""A database that was lived in for days holds nobody's number in clear: every column of every table, and every byte of the file."""

import base64
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.carriers.port import Receipt
from bot.services import outreach, unsealing
from bot.services.orders import Done, Official
from bot.services.outreach import Plan
from bot.services.receipts import record_receipt
from bot.services.settle import settle_unknown
from bot.services.sign_in import sign_in
from bot.services.verifying import seal
from bot.store import accounts, seats
from bot.store.contacts import contacts
from bot.store.database import Database
from bot.store.outbox import outbox
from bot.store.tables import metadata
from bot.store.tickets import tickets
from tests.stories.stage import PHONE, REPORT, Days, days
from tests.support import phone_of
from tests.visitors import put, rows

SECOND, THIRD = "+923000000102", "+923000000103"
PHONES = (PHONE, SECOND, THIRD)
UNUSED = {"examples", "models", "contents", "second_steps", "recovery_codes", "remembered_devices", "passkeys"}
"""Only learning fills the first two, and what it keeps has no digits at all (tests/text/test_scrub.py); the last holds hashes of
lists' forms, without a text (bot/carriers/twilio/shelf.py). What proves an official is made of nothing a citizen gave."""


def needles(phone: str) -> dict[str, bytes]:
    """The ways in which a number could stand somewhere."""
    bare = phone[3:]
    return {
        "digits": bare.encode(),
        "spaced": f"{bare[:3]} {bare[3:]}".encode(),
        "base64": base64.b64encode(phone.encode())[:14],
        "hex": bare.encode().hex().encode(),
        "utf-16": bare.encode("utf-16-be"),
    }


@pytest.fixture
def lived_in(db: Database, caplog: pytest.LogCaptureFixture) -> Iterator[Days]:
    """Days of service: both channels, a file, an answer, a list, a campaign, a failure of every kind, an unsealed number."""
    caplog.set_level(logging.INFO)
    with days(db) as told:
        road = told.street
        told.says(REPORT)
        road.says(REPORT, SECOND, "sms")
        road.says("No water in Turbat", THIRD, media=[{"url": "https://a.example/p.jpg", "type": "image/jpeg"}])
        road.says("my complaints", THIRD)
        told.work()
        told.settle()
        told.official_does("reply", "The pump is mended")
        told.bad(numbers={THIRD: {"rest": 21211}}, approval={"status": "approved", "after_s": 0})
        road.says("hello", THIRD)
        told.work()
        told.bad(approval={"status": "approved", "after_s": 0})
        told.settle()
        told.pass_(hours=30)
        told.official_does("note", "The pump team knows the house")
        told.official_does("resolve", "Water runs again")
        _announce(told)
        _mishaps(told)
        _unseal(told)
        yield told


def _announce(told: Days) -> None:
    hands = told.street.hands
    plan = Plan("Polio", {"en": "Polio drops on Monday", "ur": "پیر کو پولیو کے قطرے"}, [], ["en", "ur"])
    campaign = outreach.draft(hands, 1, "key-of-a-campaign-0001", plan)
    assert isinstance(campaign, int)
    assert outreach.schedule(hands, campaign, hands.now())
    assert outreach.start_due(hands) == 1
    told.work()


def _mishaps(told: Days) -> None:
    """A receipt nobody waits for, a breaker, a rate, a message of unknown fate, a name typed wrongly at the door."""
    hands = told.street.hands
    record_receipt(hands, Receipt("twilio", "no-such-ref", "SM" + "f" * 32, "delivered"))
    told.street.says("thank you", SECOND, "sms")
    with hands.db.write() as tx:
        last = tx.execute(select(outbox.c.id).order_by(outbox.c.id.desc()).limit(1)).scalar_one()
        fields = {"state": "unknown", "lease_until": hands.now() - timedelta(seconds=1)}
        tx.execute(outbox.update().where(outbox.c.id == last).values(**fields))
        tx.exec_driver_sql(
            "INSERT INTO breakers (route, failures, reason, updated_at)"
            " VALUES ('twilio:sms', 1, '30008', '2026-11-01T00:00:00.000000')"
        )
        tx.exec_driver_sql("INSERT INTO rates (sender, tokens, at) VALUES ('twilio:whatsapp', 1, 1)")
        tx.exec_driver_sql("INSERT INTO cursors (name, at) VALUES ('twilio', '2026-11-01T00:00:00.000000')")
        seats.add(tx, 1, "WASA", seats.HELPER)
    assert seal(hands)
    settle_unknown(hands)
    assert sign_in(hands, "gul", "wrong") is None


def _unseal(told: Days) -> None:
    hands = told.street.hands
    with hands.db.write() as tx:
        boss = accounts.add(
            tx, id=2, username="akbar", name="Akbar", role="supervisor", password_hash="x", created_at=hands.now()
        )
        accounts.open_session(tx, "hash", boss, hands.now())
    gul, akbar = Official(1, "Gul Bibi", None), Official(boss, "Akbar", None)
    ticket = rows(hands, tickets)[0]
    assert unsealing.ask(hands, gul, ticket.number, "The pump team must find the house") == Done()
    assert unsealing.decide(hands, akbar, 1, "grant") == Done()
    assert unsealing.look(hands, gul, ticket).number == PHONE


def everything(db: Database) -> dict[str, list[Any]]:
    """Every value of every table, as the database has it."""
    with db.read() as tx:
        return {name: [v for row in tx.execute(table.select()) for v in row] for name, table in metadata.tables.items()}


def raw(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes) else str(value).encode()


def test_no_column_holds_a_number_in_clear(lived_in: Days, caplog: pytest.LogCaptureFixture) -> None:
    db = lived_in.street.hands.db
    values = everything(db)
    empty = {name for name, held in values.items() if not held}
    assert empty - UNUSED == set(), "what is empty proves nothing"
    found = {
        (table, phone, how)
        for table, held in values.items()
        for value in held
        for phone in PHONES
        for how, needle in needles(phone).items()
        if needle in raw(value)
    }
    assert found == set()
    assert sorted(map(phone_of, rows(lived_in.street.hands, contacts))) == sorted(PHONES), "they are there, sealed"
    assert all(
        needle.decode() not in caplog.text for p in PHONES for how, needle in needles(p).items() if how != "utf-16"
    )
    put(lived_in.street.hands, contacts, district=f"whatsapp:{PHONE}")
    assert any(needles(PHONE)["digits"] in raw(value) for value in everything(db)["contacts"]), "the scan would see it"


def test_no_byte_of_the_file_does(lived_in: Days, tmp_path: Path) -> None:
    db = lived_in.street.hands.db
    if not db.is_sqlite:
        return
    whole = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("tawar.db*")))
    assert REPORT.encode() in whole
    assert {(p, how) for p in PHONES for how, needle in needles(p).items() if needle in whole} == set()

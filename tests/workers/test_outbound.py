"""The worker: what it asks a carrier about keeps nothing it is to send waiting, and it ends when it is asked to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.carriers.port import Carriers, Outgoing, Sighting
from bot.services.hands import Hands
from bot.store.contacts import contacts, lock_by_phone
from bot.store.database import Database
from bot.store.outbox import outbox
from tests.caller import DeafTwilio
from tests.street import wait_for
from tests.support import PHONE, Clock, make_hands, sqlite, vault
from workers import outbound
from workers.outbound import run_worker


class Ponders(DeafTwilio):
    """Takes messages at once, and is asked about them in vain until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.release = threading.Event()

    def find(self, message: Outgoing, since: datetime) -> list[Sighting] | None:
        self.asked.append(message.ref)
        self.release.wait(30)
        return None


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with sqlite(tmp_path) as database:
        yield database


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Ponders:
    monkeypatch.setattr(outbound, "SWEEP_S", 0.02)
    return Ponders()


@pytest.fixture
def hands(db: Database, clock: Clock, carrier: Ponders) -> Hands:
    return make_hands(db, clock, Carriers({"twilio": carrier}))


@contextmanager
def working(hands: Hands) -> Iterator[threading.Event]:
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(hands, None, stop))
    worker.start()
    try:
        yield stop
    finally:
        stop.set()
        worker.join()


def puts(hands: Hands, count: int, state: str, prefix: str) -> None:
    now = hands.now()
    with hands.db.write() as tx:
        for n in range(count):
            contact_id = lock_by_phone(tx, vault(), f"{PHONE[:-3]}{n:03d}", now).id
            tx.execute(update(contacts).values(whatsapp_at=now))
            row: dict[str, Any] = {"ref": f"{prefix}{n}", "contact_id": contact_id, "lane": 9, "carrier": "twilio",
                   "channel": "whatsapp", "text": prefix, "state": state, "due_at": now, "lease_until": None,
                   "created_at": now, "updated_at": now}  # fmt: skip
            tx.execute(insert(outbox).values(row))
        tx.execute(update(outbox).where(outbox.c.state == "unknown").values(lease_until=now.replace(year=2020)))


def test_a_carrier_that_ponders_over_unknown_messages_keeps_no_broadcast_waiting(
    hands: Hands, carrier: Ponders
) -> None:
    puts(hands, 3, "unknown", "asked-")
    with working(hands):
        try:
            wait_for(lambda: carrier.asked)
            puts(hands, 20, "waiting", "sent-")
            wait_for(lambda: len(carrier.sent) == 20)
            assert carrier.asked == ["asked-0"], "it still ponders over the first"
        finally:
            carrier.release.set()
        wait_for(lambda: carrier.asked == ["asked-0", "asked-1", "asked-2"])


def test_when_it_is_over_the_rest_is_asked_about_another_time(hands: Hands, carrier: Ponders) -> None:
    puts(hands, 3, "unknown", "asked-")
    with working(hands) as stop:
        wait_for(lambda: carrier.asked)
        stop.set()
        time.sleep(0.05)
        carrier.release.set()
    assert carrier.asked == ["asked-0"]
    assert not [thread for thread in threading.enumerate() if thread.name in ("sweep", "settle")]


def test_a_bug_in_asking_ends_neither_the_asking_nor_the_sending(
    hands: Hands, carrier: Ponders, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []

    def odd(*_: object) -> None:
        calls.append(1)
        raise ZeroDivisionError(f"{PHONE} said something")

    monkeypatch.setattr(outbound, "settle_unknown", odd)
    with working(hands):
        wait_for(lambda: len(calls) > 2)
        puts(hands, 1, "waiting", "sent-")
        wait_for(lambda: carrier.sent)
    assert "ZeroDivisionError" in caplog.text
    assert PHONE not in caplog.text

"""Kannel's door: how it calls, what it is thanked with, and that a stranger, an odd call or a lost database is no mishap."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bot.carriers.port import Carriers, WebRequest
from bot.services.hands import Hands
from bot.store.contacts import contacts
from bot.store.database import Database
from bot.store.messages import inbound
from bot.store.outbox import outbox
from bot.store.parked import parked_receipts
from handlers.web import Web, create_web
from tests.caller import counted
from tests.carriers.kannel_table import ID, MESSAGES, PASSWORD, RECEIPTS, TABLE, TOKEN, URDU, dlr, make, mo
from tests.street import free_port, settings
from tests.support import PHONE, make_hands, sqlite


@dataclass
class Door:
    hands: Hands

    def __post_init__(self) -> None:
        self.hands = replace(self.hands, carriers=Carriers({"kannel": make("http://127.0.0.1:1")}))
        self.app = create_web(Web(self.hands, settings("https://tawar.example.pk", ""), lambda _: None, lambda: None))

    def gets(self, request: WebRequest, method: str = "") -> TestResponse:
        """The raw call through the whole web."""
        return self.app.test_client().open(
            request.path,
            method=method or request.method,
            query_string=request.query,
            data=request.body,
            headers=list(request.headers.items()),  # type: ignore[attr-defined]
            environ_overrides={"REMOTE_ADDR": request.remote},
        )

    def count(self, table: Any) -> int:
        with self.hands.db.read() as tx:
            return len(tx.execute(table.select()).all())


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with sqlite(tmp_path) as db:
        yield Door(make_hands(db))


@pytest.fixture
def both(hands: Hands) -> Door:
    """On both databases."""
    return Door(hands)


def test_a_message_is_thanked_with_nothing_that_could_become_an_sms(both: Door) -> None:
    for _ in range(3):
        answer = both.gets(mo())
        assert (answer.status_code, answer.data, answer.mimetype) == (200, b"", "text/plain")
    assert (both.count(inbound), both.count(outbox)) == (1, 1)


def test_a_receipt_is_thanked_with_200(both: Door) -> None:
    for request in (dlr("1"), dlr("32"), dlr("1", ref="")):
        answer = both.gets(request)
        assert (answer.status_code, answer.data) == (200, b""), "204 would be repeated"
    assert both.count(parked_receipts) == 1


@pytest.mark.parametrize("row", [row for row, (_, ours) in TABLE.calls.items() if not ours])
def test_a_stranger_leaves_no_trace(door: Door, row: str) -> None:
    request, _ = TABLE.calls[row]
    before = counted("tawar_refused_calls_total", carrier="kannel")
    assert door.gets(request).status_code == 403
    assert (door.count(inbound), door.count(contacts), door.count(parked_receipts)) == (0, 0, 0)
    assert counted("tawar_refused_calls_total", carrier="kannel") == before + 1


@pytest.mark.parametrize("row", TABLE.messages)
def test_every_message_of_the_mill_passes_the_door(door: Door, row: str) -> None:
    request, message = TABLE.messages[row]
    assert door.gets(request).status_code in (200, 403)
    assert door.count(inbound) == (message is not None)


@pytest.mark.parametrize(
    ("request_", "method"),
    [(mo(), "GET"), (mo(), "PUT"), (mo(), "HEAD"), (dlr("1"), "POST"), (dlr("1"), "HEAD"), (dlr("1"), "DELETE")],
)
def test_only_kannels_own_ways_open(door: Door, request_: WebRequest, method: str) -> None:
    assert door.gets(request_, method).status_code == 405


def test_a_body_beyond_64_kb_is_too_large(door: Door) -> None:
    assert door.gets(mo(b"x" * 66_000)).status_code == 413
    assert door.count(inbound) == 0


@pytest.mark.parametrize("request_", [mo(), dlr("1")], ids=["message", "receipt"])
def test_a_lost_database_makes_kannel_come_again(door: Door, request_: WebRequest) -> None:
    away = Database(f"postgresql+psycopg://tawar@127.0.0.1:{free_port()}/tawar")
    try:
        assert Door(replace(door.hands, db=away)).gets(request_).status_code == 503
    finally:
        away.close()


def test_no_log_tells_who_wrote_what(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for request in (
            mo(),
            mo(query=""),
            mo(remote="10.9.9.9"),
            dlr("2", "stat:EXPIRED text:canary"),
            mo(Authorization="x"),
        ):
            door.gets(request)
    for hidden in (PHONE, PHONE[-7:], URDU[:5], "canary", TOKEN, PASSWORD, ID):
        assert hidden not in caplog.text
    assert "send-sender" in caplog.text, "and it says what to compare"


def test_without_kannel_there_is_no_such_door(door: Door) -> None:
    web = Web(
        replace(door.hands, carriers=Carriers()), settings("https://tawar.example.pk", ""), lambda _: None, lambda: None
    )
    door.app = create_web(web)
    assert door.gets(mo()).status_code == 403
    assert door.gets(dlr("1")).status_code == 405
    assert (MESSAGES, RECEIPTS) == ("/carriers/kannel/messages", "/carriers/kannel/receipts")

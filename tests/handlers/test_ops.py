"""The operators' door: whether it lives, whether it can work, and figures without a number or a word of a citizen."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.services.hands import Hands
from bot.store.database import Database
from bot.store.migrate import downgrade
from tests.caller import Caller, message
from tests.street import free_port
from tests.support import PHONE, Clock, make_hands, sqlite
from workers.queues import Waker


@pytest.fixture
def caller(hands: Hands) -> Caller:
    return Caller(hands)


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Caller]:
    """A web whose database is away."""
    with sqlite(tmp_path) as db:
        hands = make_hands(db)
    away = Database(f"postgresql+psycopg://tawar@127.0.0.1:{free_port()}/tawar")
    yield Caller(replace(hands, db=away))
    away.close()


def test_a_living_process_says_so_even_without_a_database(caller: Caller, lost: Caller) -> None:
    for living in (caller, lost):
        assert (living.gets("/healthz").status_code, living.gets("/healthz").text) == (200, "ok\n")


@pytest.mark.parametrize(("broker", "told"), [(True, "ok"), (False, "away"), (None, "none")])
def test_ready_with_and_without_a_broker(hands: Hands, broker: bool | None, told: str) -> None:
    answer = Caller(hands, broker_ok=lambda: broker).gets("/readyz")
    assert answer.status_code == 200, "messages are taken in without a broker"
    carriers = {"twilio": "ok"}
    assert answer.json == {
        "database": "ok", "broker": told, "carriers": carriers, "migrated": True, "oldest_unsent_s": 0.0, "unanswered": 0
    }  # fmt: skip


def test_a_real_broker_that_is_away_is_told(hands: Hands) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for port in (silent.getsockname()[1], free_port()):
            answer = Caller(hands, broker_ok=Waker(f"redis://127.0.0.1:{port}").broker_ok).gets("/readyz")
            assert answer.json
            assert (answer.status_code, answer.json["broker"]) == (200, "away")


def test_not_ready_while_the_database_is_away(lost: Caller) -> None:
    answer = lost.gets("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"database": "away", "broker": "none", "carriers": {"twilio": "ok"}},
    )


def test_not_ready_before_the_migrations_ran(caller: Caller) -> None:
    downgrade(caller.hands.db, "base")
    answer = caller.gets("/readyz")
    assert answer.json
    assert (answer.status_code, answer.json["database"], answer.json["migrated"]) == (503, "ok", False)
    assert caller.gets("/metrics").status_code == 200


def test_how_long_the_oldest_message_has_waited(caller: Caller, clock: Clock) -> None:
    caller.posts(message())
    clock.passes(seconds=90)
    caller.posts(message(sid="SM2", From="+923000000102"))
    answer = caller.gets("/readyz").json
    assert answer
    assert answer["oldest_unsent_s"] == 90.0


def test_the_metrics_are_prometheus_own_and_count_the_outbox(caller: Caller) -> None:
    caller.posts(message())
    answer = caller.gets("/metrics")
    assert answer.mimetype == "text/plain"
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {"tawar_inbound_messages", "tawar_receipts", "tawar_refused_calls", "tawar_turn_seconds"} <= set(families)
    assert [(s.labels, s.value) for s in families["tawar_outbox_messages"].samples] == [({"state": "waiting"}, 1.0)]


def test_the_metrics_hold_no_number_and_no_word(caller: Caller) -> None:
    caller.posts(message("پانی نہیں کوڈورڈ canary"))
    caller.posts(message("x", From="CANARY"), signature="forged")
    caller.posts(message(), f"/carriers/canary-{PHONE}/messages")
    for page in ("/metrics", "/readyz", "/healthz"):
        told = caller.gets(page).text
        assert PHONE not in told
        assert PHONE[-7:] not in told
        assert "canary" not in told.lower()
        assert "گل" not in told


def test_the_metrics_come_without_a_database(lost: Caller) -> None:
    answer = lost.gets("/metrics")
    assert answer.status_code == 200
    assert "tawar_refused_calls_total" in answer.text

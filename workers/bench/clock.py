"""`tawar bench clock`: tickets that are late go up a level, beside the bare conditional UPDATE that would claim them."""

import secrets
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert

from bot.carriers.port import Carriers
from bot.catalog import load_catalog
from bot.services.hands import Hands
from bot.services.setup import load_directory
from bot.services.watch import BATCH, watch
from bot.store import events
from bot.store.contacts import contacts
from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.store.tickets import tickets
from bot.text.answers import Lexicon
from bot.tickets import draw_number
from bot.vault import open_vault

TICKETS = 100_000
ROUNDS = 3
CHUNK = 5_000
OPENED = datetime(2026, 3, 2, 6, tzinfo=UTC)
NOW = OPENED + timedelta(days=60)
CLAIM = "UPDATE tickets SET level = 1, version = version + 1, clock_at = ? WHERE id = ? AND clock_at <= ?"


def bench_clock(count: int = TICKETS, rounds: int = ROUNDS) -> dict[str, Any]:
    """Figures are medians: tickets/s by the clock and by the bare UPDATE, each ticket claimed by a statement of its own in
    transactions of as many, on SQLite; `to_bare_update`: our time over that of the bare one."""
    ours, bare = [], []
    with tempfile.TemporaryDirectory(prefix="tawar-bench-") as folder:
        for n in range(rounds):
            path = Path(folder) / f"{n}.db"
            hands = _late(path, count)
            begun = time.perf_counter()
            while watch(hands) == BATCH:
                pass
            ours.append(time.perf_counter() - begun)
            hands.db.close()
            other = Path(folder) / f"{n}-bare.db"
            _late(other, count).db.close()
            bare.append(_claim_all(other))
            for used in (path, other):
                used.unlink()
    return {
        "bench": "clock",
        "rounds": rounds,
        "figures": {
            "tickets": count,
            "escalated_per_s": round(count / median(ours)),
            "bare_updates_per_s": round(count / median(bare)),
        },
        "ratios": {"to_bare_update": round(median(one / other for one, other in zip(ours, bare, strict=True)), 2)},
    }


def _late(path: Path, count: int) -> Hands:
    """A service whose every ticket is long late; each citizen has ten of them."""
    key = "1:" + secrets.token_urlsafe(32)
    vault = open_vault(key, secrets.token_urlsafe(32), secrets.token_bytes)
    db = Database(f"sqlite:///{path}")
    upgrade(db, vault=vault)
    hands = Hands(db, load_catalog(), Lexicon(), load_directory(db), Carriers(), vault, now=lambda: NOW)
    people = max(count // 10, 1)
    with db.write() as tx:
        for start in range(0, people, CHUNK):
            tx.execute(insert(contacts), [_contact(n) for n in range(start, min(start + CHUNK, people))])
    numbers: set[str] = set()
    while len(numbers) < count:
        numbers.add(draw_number(secrets.randbelow))
    ordered = sorted(numbers)
    for start in range(0, count, CHUNK):
        with db.write() as tx:
            _open(tx, ordered[start : start + CHUNK], start, people)
    return hands


def _contact(n: int) -> dict[str, Any]:
    index = n.to_bytes(16, "big")
    return {
        "id": n + 1, "phone": index, "phone_index": index, "name": b"", "alias": f"{n:X}", "language": "ur", "carrier": "twilio",
        "channel": "whatsapp", "created_at": OPENED,
    }  # fmt: skip


def _open(tx: Any, numbers: Sequence[str], start: int, people: int) -> None:
    rows, opened = [], []
    for n, number in enumerate(numbers, start):
        event = events.opening(number, OPENED, "citizen", department="PHED", category="water_none")
        opened.append({"ticket_id": n + 1, **event})
        rows.append({
            "id": n + 1, "number": number, "kind": "complaint", "contact_id": n % people + 1, "category": "water_none",
            "department": "PHED", "district": "GWD", "words": "No water for 3 days", "language": "ur", "priority": "high",
            "sensitive": False, "state": "new", "opened_at": OPENED, "deadline": OPENED + timedelta(days=3),
            "since": OPENED, "clock_at": OPENED, "touched_at": OPENED, "head": event["digest"], "events": 1,
        })  # fmt: skip
    tx.execute(insert(tickets), rows)
    tx.execute(insert(events.events), opened)


def _claim_all(path: Path) -> float:
    """Seconds the bare conditional UPDATE takes for every ticket, in transactions of BATCH."""
    wire = sqlite3.connect(path, isolation_level=None)
    wire.execute("PRAGMA journal_mode = WAL")
    wire.execute("PRAGMA synchronous = FULL")
    now, later = NOW.isoformat()[:26], (NOW + timedelta(days=1)).isoformat()[:26]
    begun = time.perf_counter()
    while due := wire.execute("SELECT id FROM tickets WHERE clock_at <= ? LIMIT ?", (now, BATCH)).fetchall():
        wire.execute("BEGIN IMMEDIATE")
        for (ticket_id,) in due:
            wire.execute(CLAIM, (later, ticket_id, now))
        wire.execute("COMMIT")
    took = time.perf_counter() - begun
    wire.close()
    return took

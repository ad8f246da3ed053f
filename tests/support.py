"""What many tests need: a talk with an actor, a database of either kind, hands with an injected clock."""

import base64
import hashlib
import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.carriers.port import Carriers, Inbound
from bot.catalog import load_catalog
from bot.directory import KINDS, Directory, Row, read_directory
from bot.lexicon import build_lexicon
from bot.services.hands import Hands
from bot.services.receive import Received, receive
from bot.services.setup import load_directory, shipped_rows
from bot.store import contacts, tickets
from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.text.answers import Lexicon
from bot.vault import Vault, open_vault
from workers.training.reading import NONE, Line, shipped_lines, train_weights

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PHONE = "+923000000101"
DATA_KEY = "1:" + base64.b64encode(hashlib.sha256(b"data of the tests").digest()).decode()
INDEX_KEY = base64.b64encode(hashlib.sha256(b"index of the tests").digest()).decode()


class Clock:
    """Time that passes only when a test says so."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


@cache
def vault() -> Vault:
    return open_vault(DATA_KEY, INDEX_KEY, secrets.token_bytes)


def phone_of(contact: Any) -> str:
    """The number of a row of contacts."""
    return contacts.open_phone(vault(), contact.id, contact.phone)


@cache
def directory() -> Directory:
    return read_directory({kind: shipped_rows(kind) for kind in KINDS})


@cache
def lexicon() -> Lexicon:
    return build_lexicon(load_catalog())


@cache
def _few_lines() -> list[Line]:
    lines = shipped_lines()
    return [line for line in lines if line.topic in FEW][::2] + [line for line in lines if line.topic == NONE][::12]


FEW = ("garbage", "sewerage", "power_outage", "water_none")


def train_few(learnt: Sequence[Row], known: Directory, categories: Sequence[Row]) -> bytes:
    """As `tawar learn` trains, on a few lines of a few categories: a second instead of half a minute."""
    return train_weights(learnt, known, [row for row in categories if row["code"] in FEW], _few_lines())


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    db = Database(f"sqlite:///{folder / 'tawar.db'}")
    upgrade(db)
    try:
        yield db
    finally:
        db.close()


def make_hands(db: Database, clock: Clock | None = None, carriers: Carriers | None = None) -> Hands:
    """Real database, words and directory; time and chance are injected, so that a failure replays."""
    chance = random.Random(7)
    hands = Hands(db, load_catalog(), lexicon(), load_directory(db), carriers or Carriers(), vault())
    return replace(hands, now=clock or Clock(), random_below=chance.randrange)


class Citizen:
    """Somebody with a phone."""

    def __init__(self, hands: Hands, phone: str = PHONE, channel: str = "whatsapp") -> None:
        self.hands, self.phone, self.channel = hands, phone, channel
        self._sent = 0

    def message(self, text: str, **fields: object) -> Inbound:
        self._sent += 1
        provider_id = f"SM{self.phone[-4:]}{self._sent:028d}"
        inbound = Inbound("twilio", provider_id, self.channel, self.phone, text)
        return replace(inbound, **fields)  # type: ignore[arg-type]

    def says(self, text: str, **fields: object) -> Received:
        return receive(self.hands, self.message(text, **fields))

    def reports(self, text: str = "No water in Gwadar for 3 days, the pipe is broken") -> str:
        """Sends a complaint that says all; the ticket's number."""
        self.says(text)
        return self.tickets()[0]

    def tickets(self) -> list[str]:
        with self.hands.db.write() as tx:
            contact = contacts.lock_by_phone(tx, self.hands.vault, self.phone, self.hands.now())
            return [row.number for row in tickets.of_contact(tx, int(str(contact.id)))]

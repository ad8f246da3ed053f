"""A ticket's history as a chain: each event's digest covers the one before it, so a change anywhere shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so nobody takes one letter for another on a telephone."""
CODE_LETTERS = 8
"""40 bits: whoever would bend a history so that its code stays the same needs a million million tries."""


class Event(Protocol):
    """What a digest covers of an event."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def account_id(self) -> int | None: ...
    @property
    def action(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def digest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a history stops being what was written: `what` is a key of the catalog's `chain.` words."""

    number: str
    seq: int
    what: str


def digest(before: str, number: str, event: Mapping[str, Any]) -> str:
    """The digest (SHA-256, hex) of an event of ticket `number` after the event whose digest is `before` (empty: none).

    `event`: seq, at (aware), actor, account_id, action and data (codes and numbers; words go by their own digest).
    """
    at = event["at"].astimezone(UTC).isoformat(timespec="microseconds")
    told = [before, number, event["seq"], at, event["actor"], event["account_id"], event["action"], event["data"]]
    line = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


def digest_of_words(salt: str, text: str) -> str:
    """Stands for an event's words in the chain: they can be forgotten later, and not be changed. `salt` keeps a short
    text from being guessed by trying."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def code(head: str) -> str:
    """The short code of a history by its last digest, as people compare it: 7K2M-9QXD."""
    number = int(head[:10], 16)
    letters = "".join(LETTERS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[: CODE_LETTERS // 2]}-{letters[CODE_LETTERS // 2 :]}"


def first_break(number: str, head: str, count: int, events: Iterable[Event]) -> Broken | None:
    """The first place where a ticket's events (oldest first) are not what its chain says; None when all is well.

    `head`, `count`: the last digest and how many events there are, as the ticket keeps them.
    """
    before, seen = "", 0
    for event in events:
        seen += 1
        if event.seq != seen:
            return Broken(number, seen, "missing")
        fields = {name: getattr(event, name) for name in ("seq", "at", "actor", "account_id", "action", "data")}
        if digest(before, number, fields) != event.digest:
            return Broken(number, seen, "changed")
        before = event.digest
    if (seen, before) != (count, head):
        return Broken(number, seen + 1, "missing" if seen < count else "changed")
    return None

"""Whether the history is what was written: every ticket's chain, the words beside it, and the seals over all."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot import chain
from bot.chain import Broken
from bot.services.hands import Hands
from bot.store import events, seals, tickets
from bot.store.database import Database

BATCH = 500
SETTLED = timedelta(hours=1)
"""An event so old is committed, or never will be."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Nothing is broken. `seal`: the newest one; written down elsewhere it proves later that nothing was taken out."""

    tickets: int
    events: int
    seal: str


def seal(hands: Hands) -> bool:
    """Seals what has settled since the last seal; whether there was anything."""
    now = hands.now()
    with hands.db.write() as tx:
        return seals.add(tx, now, now - SETTLED)


def verify(db: Database) -> Whole | Broken:
    """Reads the whole history in steps of BATCH tickets; the first broken link, or that there is none."""
    after, count, told = 0, 0, 0
    while True:
        seen = 0
        with db.read() as tx:
            for ticket, happened, words in events.histories(tx, after, BATCH):
                if broken := _first_break(ticket, happened, words):
                    return broken
                after, seen, told = ticket.id, seen + 1, told + len(happened)
        count += seen
        if not seen:
            break
    with db.read() as tx:
        sealed = _seals(tx)
    return sealed if isinstance(sealed, Broken) else Whole(count, told, sealed)


def code_of(hands: Hands, number: str) -> tuple[int, str] | None:
    """(events, short code) of a ticket's history; None if there is no such ticket."""
    with hands.db.read() as tx:
        ticket = tickets.find(tx, number)
    return (ticket.events, chain.code(ticket.head)) if ticket else None


def _first_break(ticket: Any, happened: list[Any], words: list[Any]) -> Broken | None:
    if broken := chain.first_break(ticket.number, ticket.head, ticket.events, happened):
        return broken
    known = {event.seq: event.data.get("words") for event in happened}
    for said in words:
        if known.get(said.seq) != chain.digest_of_words(said.salt, said.text):
            return Broken(ticket.number, said.seq, "words")
    return None


def _seals(tx: Connection) -> str | Broken:
    before, since = "", 0
    for one in list(seals.all_seals(tx)):
        if seals.over(tx, before, since, one.up_to) != (one.digest, one.events):
            return Broken("", one.id, "seal")
        before, since = one.digest, one.up_to
    return before

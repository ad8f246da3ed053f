"""A carrier out of order is left alone for a while, so that nothing queues up at its door and other ways are used."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.carriers.port import Outcome, Refused, TryAgain, Unknown
from bot.delivery import rest
from bot.outbox import Trouble
from bot.store import carriers


def note(tx: Connection, now: datetime, ways: Sequence[str], outcomes: Sequence[Outcome]) -> None:
    """Counts what became of a batch, by way (`carrier:channel`); after too many failures in a row the way is shut a while."""
    failed = Counter(way for way, outcome in zip(ways, outcomes, strict=True) if _is_failure(outcome))
    for way in set(ways):
        if failed[way] == 0 or failed[way] < ways.count(way):
            carriers.forget_failures(tx, way, now)
            continue
        reason = next(o.error for w, o in zip(ways, outcomes, strict=True) if w == way and _is_failure(o))  # type: ignore[union-attr]
        if pause := rest(carriers.count_failures(tx, way, failed[way], reason, now)):
            carriers.shut(tx, way, now + pause)


def _is_failure(outcome: Outcome) -> bool:
    """Whether it says something about the carrier, and not about this message or this person."""
    match outcome:
        case Refused(_, trouble):
            return trouble is Trouble.SETUP
        case TryAgain() | Unknown():
            return True
    return False

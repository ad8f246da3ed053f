"""How the service is: what an operator wants to know first."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from bot.carriers.port import Carriers
from bot.services.hands import Hands
from bot.store import messages, migrate, outbox

FRESH_S = 5.0
PATIENCE_S = 3.0
"""A carrier that has not said by then how it is has a time-out of its own and is told as silent."""


@dataclass(frozen=True, slots=True)
class Health:
    """`oldest_unsent_s`: seconds the longest-waiting message is overdue, 0 when none waits."""

    migrated: bool
    oldest_unsent_s: float
    unanswered: int
    outbox_states: dict[str, int]


def look(hands: Hands) -> Health:
    """Raises DatabaseAway when the database cannot be reached. Of a database not yet migrated nothing else is asked."""
    if not migrate.is_current(hands.db):
        return Health(migrated=False, oldest_unsent_s=0.0, unanswered=0, outbox_states={})
    with hands.db.read() as tx:
        oldest = outbox.oldest_waiting(tx)
        states = outbox.counts_by_state(tx)
        unanswered = messages.count_unanswered(tx)
    waited = max((hands.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
    return Health(migrated=True, oldest_unsent_s=round(waited, 1), unanswered=unanswered, outbox_states=states)


def ask_carriers(carriers: Carriers) -> dict[str, str]:
    """{carrier: what is wrong, empty when all is well}; all asked at once, over the network, for PATIENCE_S at most."""
    if not carriers.by_name:
        return {}
    pool = ThreadPoolExecutor(len(carriers.by_name), thread_name_prefix="health")
    asked = {name: pool.submit(carrier.health) for name, carrier in carriers.by_name.items()}
    pool.shutdown(wait=False)
    wait(asked.values(), PATIENCE_S)
    silent = f"did not say within {PATIENCE_S:.0f} s how it is"
    told = {}
    for name, answer in asked.items():
        error = answer.exception() if answer.done() else None
        told[name] = (
            silent if not answer.done() else f"could not be asked: {type(error).__name__}" if error else answer.result()
        )
    return told


class CarrierWatch:
    """How the carriers are, asked at most once in FRESH_S: whoever comes while they are asked gets what was known before."""

    def __init__(self, carriers: Carriers, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._carriers, self._monotonic = carriers, monotonic
        self._asking = threading.Lock()
        self._known: dict[str, str] | None = None
        self._known_at = 0.0

    def look(self) -> dict[str, str]:
        """{carrier: what is wrong, empty when all is well}."""
        known = self._known
        if known is not None and self._monotonic() - self._known_at < FRESH_S:
            return known
        if self._asking.acquire(blocking=known is None):
            try:
                return self._ask()
            finally:
                self._asking.release()
        return known or {}

    def _ask(self) -> dict[str, str]:
        known = self._known
        if known is None or self._monotonic() - self._known_at >= FRESH_S:  # another may have asked while we waited
            self._known = known = ask_carriers(self._carriers)
            self._known_at = self._monotonic()
        return known

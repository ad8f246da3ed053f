"""How the service is: what an operator wants to know first."""

from dataclasses import dataclass

from bot.services.hands import Hands
from bot.store import messages, migrate, outbox


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

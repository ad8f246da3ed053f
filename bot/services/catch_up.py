"""After an outage: what citizens sent meanwhile is fetched from the carriers that still have it, and taken in, in order, once."""

import logging
from datetime import datetime, timedelta

from bot.services.hands import Hands
from bot.services.mishap import kind_and_place
from bot.services.receive import receive
from bot.store import carriers, messages

log = logging.getLogger(__name__)
MARGIN = timedelta(minutes=10)
"""Asked so far back from the last message seen: carriers' clocks and queues differ, and what we have already is known."""
FURTHEST = timedelta(days=30)


def catch_up(hands: Hands, since: datetime | None = None) -> dict[str, int | None]:
    """Asks each carrier for messages since the last one seen (or since `since`); {carrier: how many were new}.

    None for a carrier that cannot be asked. A message that cannot be taken in is skipped and told to the log by its kind of
    fault alone. Raises DatabaseAway.
    """
    return {name: _from(hands, name, since) for name in hands.carriers.by_name}


def _from(hands: Hands, name: str, since: datetime | None) -> int | None:
    now, cursor = hands.now(), f"catch_up:{name}"
    with hands.db.read() as tx:
        seen = carriers.cursor(tx, cursor) or messages.last_received(tx, name)
    start = since or max(seen or now, now - FURTHEST) - MARGIN
    missed = hands.carriers.by_name[name].missed(start)
    if missed is None:
        return None
    new = 0
    for message in missed:
        try:
            new += receive(hands, message).outcome != "repeated"
        except ValueError as error:
            log.error("a missed message was not taken in: %s at %s", *kind_and_place(error))  # noqa: TRY400
    if seen is None or start <= seen:  # else what was missed before `since` would never be asked for again
        with hands.db.write() as tx:
            carriers.move_cursor(tx, cursor, now)
    return new

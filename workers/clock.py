"""The clock: starts what is due and tidies up. Two clocks running are harmless, each start is claimed in the database."""

import logging
import threading
from datetime import timedelta

from bot.services.hands import Hands
from bot.services.outreach import end_finished, start_due
from bot.services.receipts import PARKED_FOR
from bot.store import accounts, outbox
from bot.store.database import DatabaseAway

log = logging.getLogger(__name__)
TICK_S = 1.0
TIDY_EVERY = 600
FORMS_KEPT = timedelta(days=8)
"""Longer than the longest session."""


def run_clock(hands: Hands, stop: threading.Event) -> None:
    """Ticks until `stop` is set."""
    ticks = 0
    while not stop.wait(TICK_S):
        try:
            tick(hands)
            if ticks % TIDY_EVERY == 0:
                tidy(hands)
            ticks += 1
        except DatabaseAway:
            log.warning("the database is away; trying again in a second")


def tick(hands: Hands) -> None:
    """Starts campaigns whose time has come and ends those with nobody left."""
    start_due(hands)
    end_finished(hands)


def tidy(hands: Hands) -> None:
    """Drops spent form keys and receipts that matched nothing."""
    now = hands.now()
    with hands.db.write() as tx:
        accounts.forget_before(tx, now - FORMS_KEPT)
        outbox.drop_parked(tx, now - PARKED_FOR)

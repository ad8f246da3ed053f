"""The clock: starts what is due and tidies up. Two clocks running are harmless, each start is claimed in the database."""

import logging
import threading
from datetime import timedelta

from bot.media.shelf import PARTS
from bot.services.catch_up import catch_up
from bot.services.hands import Hands
from bot.services.media import sweep
from bot.services.outreach import end_finished, start_due
from bot.services.receipts import PARKED_FOR
from bot.services.verifying import seal
from bot.services.waiting import fall_back, wake_held
from bot.services.watch import BATCH, watch
from bot.store import accounts, parked
from bot.store.database import DatabaseAway

log = logging.getLogger(__name__)
TICK_S = 1.0
LOOK_EVERY = 15
"""Ticks between two looks at what waits for a person or was delivered to nobody."""
TIDY_EVERY = 600
CATCH_UP_EVERY = 300
FORMS_KEPT = timedelta(days=8)
"""Longer than the longest session."""


def run_clock(hands: Hands, stop: threading.Event) -> None:
    """Ticks until `stop` is set."""
    ticks = 0
    while not stop.wait(TICK_S):
        try:
            tick(hands)
            if ticks % LOOK_EVERY == 0:
                wake_held(hands)
                fall_back(hands)
            if ticks % TIDY_EVERY == 0:
                tidy(hands)
            if ticks % CATCH_UP_EVERY == 0:
                catch_up_quietly(hands)
            ticks += 1
        except DatabaseAway:
            log.warning("the database is away; trying again in a second")


def catch_up_quietly(hands: Hands) -> None:
    """Takes in what a carrier has and we have not; a carrier that makes trouble is asked again next time."""
    found = {name: count for name, count in catch_up(hands).items() if count}
    if found:
        log.warning("messages were missed and are taken in now: %s", found)


def tick(hands: Hands) -> None:
    """Starts campaigns whose time has come, ends those with nobody left, and looks at every ticket that is due."""
    start_due(hands)
    end_finished(hands)
    while watch(hands) == BATCH:
        pass


def tidy(hands: Hands) -> None:
    """Seals the history, drops spent form keys, receipts that matched nothing, and files that are nobody's.

    Of the shelf a part each time, so that a bucket of a million files keeps nobody waiting; in two days all had their turn.
    """
    seal(hands)
    now = hands.now()
    with hands.db.write() as tx:
        accounts.forget_before(tx, now - FORMS_KEPT)
        parked.drop(tx, now - PARKED_FOR)
    try:
        sweep(hands, int(now.timestamp() / TIDY_EVERY) % PARTS)
    except OSError as error:
        log.warning("files that are nobody's stay for now (%s)", type(error).__name__)

"""Fetches files beside the worker's other work, in threads of its own: a slow download never keeps an answer waiting."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from bot.services.hands import Hands
from bot.services.media import BATCH, fetch_due
from bot.services.mishap import kind_and_place
from bot.store.database import DatabaseAway

log = logging.getLogger(__name__)
THREADS = BATCH
"""Downloads under way at once; each holds a file of at most 16 MB and the picture decoded from it."""
LOOK_S = 1.0


@contextmanager
def fetching(hands: Hands, stop: threading.Event) -> Iterator[None]:
    """Fetches what is due until `stop` is set, or the block ends; a fetch in hand is waited for."""
    ended = threading.Event()
    thread = threading.Thread(target=_fetch_until, args=(hands, stop, ended), name="media")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _fetch_until(hands: Hands, stop: threading.Event, ended: threading.Event) -> None:
    with ThreadPoolExecutor(THREADS, thread_name_prefix="fetch") as pool:
        more = False
        while not stop.is_set() and not ended.wait(0 if more else LOOK_S):
            more = _look(hands, pool)


def _look(hands: Hands, pool: ThreadPoolExecutor) -> bool:
    """One look at the database; True if there may be more."""

    def run(call: Callable[[Any], None], items: Iterable[Any]) -> Iterable[None]:
        return pool.map(call, items)

    try:
        return fetch_due(hands, run) == BATCH
    except DatabaseAway:
        log.warning("the database is away; files are fetched later")
    except Exception as error:  # one odd file must not keep the others away
        # Not `log.exception`: a trace may hold an address of a citizen's file.
        log.error("fetching files failed with %s at %s", *kind_and_place(error))  # noqa: TRY400
    return False

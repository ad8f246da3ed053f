"""Fetches files beside the worker's other work, in threads of its own: a slow download never keeps an answer waiting."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from bot.services.hands import Hands
from bot.services.media import claim_due, fetch
from bot.services.mishap import kind_and_place
from bot.store.database import DatabaseAway

log = logging.getLogger(__name__)
THREADS = 4
"""Downloads under way at once; each holds a file of at most 16 MB, and one of them at a time the picture decoded from it."""
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
    """A file for each thread that is free: one that takes a minute is a minute of its own thread only."""
    running: set[Future[None]] = set()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="fetch") as pool:
        while not stop.is_set() and not ended.is_set():
            running = {one for one in running if not one.done()}
            running |= {pool.submit(_fetch, hands, row) for row in _claim(hands, THREADS - len(running))}
            if running:
                wait(running, LOOK_S, FIRST_COMPLETED)
            else:
                ended.wait(LOOK_S)


def _claim(hands: Hands, free: int) -> list[Any]:
    try:
        return list(claim_due(hands, free)) if free else []
    except DatabaseAway:
        log.warning("the database is away; files are fetched later")
    except Exception as error:
        _tell(error)
    return []


def _fetch(hands: Hands, row: Any) -> None:
    try:
        fetch(hands, row)
    except DatabaseAway:
        log.warning("the database is away; a file is fetched again when its lease has ended")
    except Exception as error:  # one odd file must not keep the others away
        _tell(error)


def _tell(error: Exception) -> None:
    # Not `log.exception`: a trace may hold an address of a citizen's file.
    log.error("fetching files failed with %s at %s", *kind_and_place(error))

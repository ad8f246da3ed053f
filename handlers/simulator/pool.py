"""A few daemon threads that do things later: receipts leave while the request that caused them is long answered."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

WORKERS = 8
log = logging.getLogger(__name__)


class Pool:
    """`later(seconds, work)` runs `work()` once on one of a few threads, started at first use."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._threads: list[threading.Thread] = []
        self._closed = False

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Runs `work` in `seconds`; does nothing once closed."""
        with self._ready:
            if self._closed:
                return
            if len(self._threads) < WORKERS:
                self._threads.append(threading.Thread(target=self._serve, name="simulator", daemon=True))
                self._threads[-1].start()
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), work))
            self._ready.notify()

    def close(self) -> None:
        """Drops what is waiting and lets the threads end."""
        with self._ready:
            self._closed = True
            self._due.clear()
            self._ready.notify_all()

    def _serve(self) -> None:
        while work := self._next():
            try:
                work()
            except Exception:
                log.exception("a receipt could not be worked on")

    def _next(self) -> Callable[[], None] | None:
        with self._ready:
            while not self._closed:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._ready.wait(wait)
        return None

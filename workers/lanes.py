"""Calls a carrier for many messages at once, by as many threads as its slowness is worth."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, wait
from itertools import count
from typing import Any, TypeVar

TOO_FEW_S, TOO_MANY_S = 0.002, 0.001
"""Time of a call shared among its threads. More than the first: they wait, and twice as many would send twice as much. Less
than the second: they work, and get in each other's way (at no latency sixteen threads send half as many as one)."""
_Found = TypeVar("_Found")


class Lanes:
    """`map` as a pool's, in order. Threads take the next message when they are done with the last, so that one slow call
    holds up nobody; how many there are follows from how long the calls of the last round took."""

    def __init__(self, pool: Executor, most: int) -> None:
        self._pool, self._most = pool, most
        self.now = most

    def map(self, call: Callable[[Any], _Found], items: Iterable[Any]) -> Sequence[_Found]:
        """What `call` makes of each item. Raises what a call raises (the first, if several do), after all have ended."""
        todo = list(items)
        if not todo:
            return []
        done: list[Any] = [None] * len(todo)
        spent: list[float] = []
        raised: list[Exception] = []
        places = count()

        def work() -> None:
            while (place := next(places)) < len(todo):
                started = time.perf_counter()
                try:
                    done[place] = call(todo[place])
                except Exception as error:
                    raised.append(error)
                spent.append(time.perf_counter() - started)

        lanes = min(self.now, len(todo))
        if lanes == 1:
            work()
        else:
            working = [self._pool.submit(work) for _ in range(lanes)]
            wait(working)
            for future in working:
                future.result()
        if raised:
            raise raised[0]
        self._adapt(sum(spent) / len(spent) / lanes, lanes)
        return done

    def _adapt(self, share: float, lanes: int) -> None:
        if share > TOO_FEW_S:
            self.now = min(self._most, 2 * self.now)
        elif share < TOO_MANY_S and lanes == self.now:
            self.now = max(1, self.now // 2)

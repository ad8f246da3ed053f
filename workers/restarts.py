"""Decides how long to wait before a dead part is started again, and when that is hopeless."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """How patient the supervisor is; all in seconds but `deaths`."""

    backoff_s: tuple[float, ...] = (0.5, 1, 2, 4, 8, 15)  # the last one for ever after
    reset_after_s: float = 30.0  # alive that long, a part starts over with the first back-off
    deaths: int = 5  # so many ...
    window_s: float = 60.0  # ... within this: give up
    orphan_grace_s: float = 3.0  # for parts to end by themselves after the supervisor was killed


class Deaths:
    """The deaths of one part."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._step = 0
        self._times: deque[float] = deque(maxlen=pace.deaths)

    def wait_after(self, started: float, now: float) -> float | None:
        """Notes a death now; the seconds to wait before the next start, None to give up."""
        if now - started >= self._pace.reset_after_s:
            self._step = 0
        wait_s = self._pace.backoff_s[min(self._step, len(self._pace.backoff_s) - 1)]
        self._step += 1
        self._times.append(now)
        many = len(self._times) == self._pace.deaths
        return None if many and now - self._times[0] <= self._pace.window_s else wait_s

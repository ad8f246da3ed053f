"""Senders' queues: how long a message waits behind the others, and when the queue takes no more."""

import threading
import time

from handlers.simulator.faults import Faults


class Lanes:
    """One queue a channel, emptied at its rate; in SMS segments, WhatsApp in messages. Without a rate nothing waits.

    Twilio's figures (its page on rate limits and queues): WhatsApp 80 messages a second; SMS to Pakistan 10 segments a
    second, 360,000 of them in the queue. Set them by the knobs `rates` and `queues`.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}
        self._second, self._in_second = 0, 0

    def enter(self, channel: str, units: int) -> float | None:
        """A message joins its queue -> the seconds until it leaves; None when the queue is full."""
        rate = self._faults["rates"].get(channel, 0)
        if not rate:
            return 0.0
        with self._lock:
            moment = time.monotonic()
            waits = max(self._free_at.get(channel, 0.0) - moment, 0.0)
            if waits * rate + units > self._faults["queues"].get(channel, float("inf")):
                return None
            self._free_at[channel] = moment + waits + units / rate
            return waits

    def admits(self) -> bool:
        """Whether this second has room for one more request, by the knob `requests_per_second`."""
        most = self._faults["requests_per_second"]
        with self._lock:
            second = int(time.monotonic())
            self._in_second = self._in_second + 1 if second == self._second else 1
            self._second = second
            return not most or self._in_second <= most

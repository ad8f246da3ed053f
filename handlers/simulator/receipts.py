"""Delivery receipts: walks messages along their ways, and tells the service each step as its carrier tells it."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

from handlers.simulator.exchange import Exchange
from handlers.simulator.faults import Faults
from handlers.simulator.fetch import fetch_media
from handlers.simulator.pool import Pool
from handlers.simulator.post import idempotency_token
from handlers.simulator.values import Message
from handlers.simulator.way import DELIVERED_S, MEDIA_FAILED, Step

Tell = Callable[[Message, Step, str], None]
Steps = tuple[Step, ...]
SLACK_S = 0.05  # a timer that fires a little early would find nothing due
Way = Callable[[], Steps]


class Receipts:
    """Whoever is accepted is walked on; `tell` posts one step of one message to the service, with a token
    that its repetitions share."""

    def __init__(self, exchange: Exchange, faults: Faults, pool: Pool, tell: Tell) -> None:
        self._exchange, self._faults, self._pool, self._tell = exchange, faults, pool, tell
        self._lock = threading.Lock()
        self._stuck: list[tuple[Message, Steps]] = []  # until the channel is up again
        self._planned: dict[str, tuple[datetime, Message, Way]] = {}  # until their moment

    def start(self, message: Message, way: Way, at: datetime | None = None) -> None:
        """A message was accepted; its receipts follow from `at` on, or before this returns when `early_receipts` is on.

        Its way is found when it leaves: the window may have closed by then.
        """
        if at:
            with self._lock:
                self._planned[message.sid] = at, message, way
            self._release_due()
            return
        steps = way()
        if self._faults.of("early_receipts", message.number):
            while steps and not self._holds(message, steps):
                self._take(message, steps[0])
                steps = steps[1:]
        else:
            self._later(message, steps)

    def cancel(self, message: Message) -> bool:
        """Stops a message that has not left; False when it has."""
        with self._lock:
            self._planned.pop(message.sid, None)
        if not self._exchange.advance(message.sid, "canceled"):
            return False
        self._pool.later(0, partial(self._tell_by_chance, message, Step("canceled", 0)))
        return True

    def wake(self) -> None:
        """Faults or clock have changed: what they held goes on, if it may now."""
        with self._lock:
            stuck, self._stuck = self._stuck, []
        for message, steps in stuck:
            self._pool.later(0, partial(self._walk, message, steps))
        self._release_due()

    def opened(self, messages: list[Message]) -> None:
        """Somebody has just looked at these."""
        for message in messages:
            is_down = self._faults.is_down(message.channel, message.number)
            if message.channel == "whatsapp" and not message.inbound and not is_down:
                self._later(message, (Step("read", 0),))

    def _release_due(self) -> None:
        moment = self._faults.now()
        with self._lock:
            due = [sid for sid, (at, _, _) in self._planned.items() if at <= moment]
            released = [self._planned.pop(sid) for sid in due]
            next_at = min((at for at, _, _ in self._planned.values()), default=None)
        if next_at:  # looked at again then; if the clock is moved meanwhile, at once
            self._pool.later((next_at - moment).total_seconds() + SLACK_S, self._release_due)
        for _, message, way in released:
            self._later(message, way())

    def _later(self, message: Message, steps: Steps) -> None:
        if steps:
            self._pool.later(steps[0].after, partial(self._walk, message, steps))

    def _walk(self, message: Message, steps: Steps) -> None:
        if self._holds(message, steps):
            return
        if message.channel == "whatsapp" and steps[0].status == "sent" and not fetch_media(self._exchange, message):
            steps = (Step("failed", 0, MEDIA_FAILED),)
        self._take(message, steps[0])
        if steps[0].status == "delivered" and message.channel == "whatsapp" and self._exchange.is_open(message):
            steps = (*steps, Step("read", DELIVERED_S))
        self._later(message, steps[1:])

    def _holds(self, message: Message, steps: Steps) -> bool:
        """Keeps back what cannot reach a phone now: accepted and sent it may be, arrived it is not."""
        with self._lock:
            arrives = steps[0].status in ("delivered", "read")
            leaves = (
                message.channel == "kannel"
            )  # its line is ours to the operator: without it nothing is even handed on
            held = (arrives or leaves) and self._faults.is_down(message.channel, message.number)
            if held:
                self._stuck.append((message, steps))
            return held

    def _take(self, message: Message, step: Step) -> None:
        moved = self._exchange.advance(message.sid, step.status, step.error)
        backwards = self._faults.of("reorder", message.number) and step.status != "read"
        if moved or (backwards and self._exchange.get(message.sid)):
            self._tell_by_chance(message, step)

    def _tell_by_chance(self, message: Message, step: Step) -> None:
        if not message.callback or self._faults.happens("loss", message.number):
            return
        token = idempotency_token()
        for _ in range(2 if self._faults.happens("duplicate", message.number) else 1):
            self._tell(message, step, token)

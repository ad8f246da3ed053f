"""The worker: sends what it is woken for, and sweeps up what nobody woke it for."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from bot.services.hands import Hands
from bot.services.mishap import kind_and_place
from bot.services.receipts import settle_parked
from bot.services.receive import answer_later, show_typing
from bot.services.send import BATCH, send_round
from bot.services.settle import settle_unknown
from bot.store import messages
from bot.store.database import DatabaseAway
from workers.lanes import Lanes
from workers.queues import OUTBOUND

log = logging.getLogger(__name__)
THREADS = 16
"""Carrier calls under way at once: 16 at 200 ms a call make 80 messages a second, WhatsApp's rate for one sender."""
SWEEP_S = 1.0
ROUNDS = 10
"""Batches in one go, so that unanswered messages have their turn during a long broadcast."""
BROKER_REST_S = 1.0
QUICK_THREADS = 8
LEAST_BATCH, MOST_BATCH = 8, 256
QUICK_S = 3.0
"""A batch that took less may be doubled."""


class Sender:
    """Sends through pools of threads that share nothing but the carriers' connections: one for what was asked for by id,
    answers most of all, and one for all the rest, so that no answer stands in a broadcast's queue."""

    def __init__(self, hands: Hands, stop: threading.Event, threads: int = THREADS) -> None:
        self._hands, self._stop = hands, stop
        self._lanes = Lanes(ThreadPoolExecutor(threads, thread_name_prefix="send"), threads)
        self._quick = ThreadPoolExecutor(QUICK_THREADS, thread_name_prefix="answer")
        self._batch = BATCH

    def send(self, ids: Sequence[int]) -> None:
        """Sends what is due of `ids`. One round follows another while there is more, because a person's second message
        waits for the first."""
        for _ in range(ROUNDS):
            if self._stop.is_set() or not send_round(self._hands, self._quick.map, ids).dealt:
                return

    def send_all(self) -> float | None:
        """Sends what is due; seconds until there is more to send, None when nothing waits for that."""
        for _ in range(ROUNDS):
            if self._stop.is_set():
                return None
            started = time.monotonic()
            done = send_round(self._hands, self._lanes.map, None, self._batch)
            took = time.monotonic() - started
            if done.early:
                self._batch = max(LEAST_BATCH, 2 * done.dealt)
                return done.wait
            if done.dealt < self._batch:
                self._batch = max(BATCH, self._batch // 2)
                return None
            # The carrier is quick: larger batches cost the ledger less a message, and still end well within their lease.
            self._batch = min(2 * self._batch, MOST_BATCH) if took < QUICK_S else BATCH
        return 0.0

    def sweep(self) -> float | None:
        """One look at the database: unanswered and unsent messages, parked receipts. Seconds until more can be sent."""
        with self._hands.db.read() as tx:
            kept = messages.due_unanswered(tx, self._hands.now())
        for inbound_id in kept:
            show_typing(self._hands, inbound_id)
            answer_later(self._hands, inbound_id)
        more = self.send_all()
        settle_parked(self._hands)
        return more

    def settle(self) -> None:
        """Asks about unknown outcomes, each of which a carrier may ponder for ten seconds."""
        settle_unknown(self._hands, self._stop.is_set)


_sender: list[Sender] = []


def send_job(ids: Sequence[int]) -> None:
    """The only job there is: its arguments are row ids, so whoever reads the broker learns nothing."""
    _sender[0].send(ids)


def run_worker(hands: Hands, connection: Redis | None, stop: threading.Event) -> None:
    """Works until `stop` is set. With no broker, or while it is away, the sweep alone sends, once a second."""
    _sender[:] = [Sender(hands, stop)]
    beside = [
        threading.Thread(target=_again_until, args=(stop, work), name=name)
        for name, work in (("sweep", _sender[0].sweep), ("settle", _sender[0].settle))
    ]
    for thread in beside:
        thread.start()
    if connection is None:
        log.warning("no broker: the worker looks into the database once a second")
    try:
        while not stop.is_set():
            if connection is None:
                stop.wait()
            else:
                _work_until_trouble(connection, stop)
    finally:  # however it ends, the sweep ends with it
        stop.set()
        for thread in beside:
            thread.join()


class _Worker(SimpleWorker):
    """Without a fork a job: jobs are ours alone, and a fork costs more than a hundred messages."""

    death_penalty_class = TimerDeathPenalty
    log_result_lifespan = False
    stop: threading.Event

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """The first signal ends the sending after the batch in hand, not after the whole job."""
        self.stop.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def _work_until_trouble(connection: Redis, stop: threading.Event) -> None:
    try:
        worker = _Worker([OUTBOUND], connection=connection, serializer=JSONSerializer, worker_ttl=30)
        worker.stop = stop
        worker.work(logging_level="WARNING")
        stop.set()  # it returns when it was asked to stop
    except StopRequested:
        stop.set()
    except RedisError as error:
        log.warning("the broker is away (%s); the sweep sends meanwhile", type(error).__name__)
        stop.wait(BROKER_REST_S)


def _again_until(stop: threading.Event, work: Callable[[], float | None]) -> None:
    """Works once a second, or sooner where it says so."""
    more: float | None = None
    while not stop.wait(SWEEP_S if more is None else min(more, SWEEP_S)):
        more = None
        try:
            more = work()
        except DatabaseAway:
            log.warning("the database is away; trying again in a second")
        except Exception as error:  # one bad row must not stop all sending
            # Not `log.exception`: a trace may hold words of a citizen.
            log.error("a sweep failed with %s at %s; the next comes in a second", *kind_and_place(error))  # noqa: TRY400

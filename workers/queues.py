"""Wakes workers through the broker: ids only, best effort, never in the way of the one who wakes."""

import logging
import queue
import threading
import time
from collections.abc import Sequence

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)
OUTBOUND = "outbound"
SEND_JOB = "workers.outbound.send_job"
CONNECT_TIMEOUT_S = 0.3
TIMEOUT_S = 1.0
BATCH = 100
GATHER_S = 0.005
"""How long ids are gathered into one job: a job costs more than a message."""
REST_S = 2.0
"""How long a broker that did not answer is left alone; the sweep sends meanwhile."""


def connect(redis_url: str) -> Redis:
    """A client that fails fast: the database is the truth, the broker only saves waiting."""
    return Redis.from_url(
        redis_url,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


def is_alive(connection: Redis) -> bool:
    try:
        return bool(connection.ping())
    except RedisError:
        return False


class Waker:
    """Call it with ids of outbox rows: it returns at once, and a thread of its own tells the workers.

    While the broker is away nothing is lost but a second: the sweep finds every row that was never woken.
    """

    def __init__(self, redis_url: str | None) -> None:
        self._connection = connect(redis_url) if redis_url else None
        self._ids: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._rest_until = 0.0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def __call__(self, outbox_ids: Sequence[int]) -> None:
        if self._connection is None or not outbox_ids or time.monotonic() < self._rest_until:
            return
        for outbox_id in outbox_ids:
            self._ids.put(outbox_id)
        if self._thread is None:
            self._start()

    def broker_ok(self) -> bool | None:
        """Whether the broker answers; None where there is none."""
        return None if self._connection is None else is_alive(self._connection)

    def _start(self) -> None:
        """Started at the first call, not before: a server may fork after the app is built, and threads do not follow."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="waker", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            ids = [self._ids.get()]
            time.sleep(GATHER_S)
            while len(ids) < BATCH and not self._ids.empty():
                ids.append(self._ids.get())
            self._tell(ids)

    def _tell(self, ids: list[int]) -> None:
        try:
            enqueue_send(self._connection, ids)
        except RedisError as error:
            self._rest_until = time.monotonic() + REST_S
            log.warning("the broker did not take a wake-up (%s); the sweep sends within seconds", type(error).__name__)


def enqueue_send(connection: Redis | None, ids: Sequence[int]) -> None:
    """One job for these messages; its result is not kept. No time limit: it would break in between a call and its record, and
    every call has a limit of its own. Raises RedisError."""
    outbound = Queue(OUTBOUND, connection=connection, serializer=JSONSerializer)
    outbound.enqueue(SEND_JOB, list(ids), result_ttl=0, failure_ttl=3600, job_timeout=-1)

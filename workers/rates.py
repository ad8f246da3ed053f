"""Keeps all workers and hosts within a sender's rate: in the broker, or in the database while the broker is away."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from bot import rates
from bot.rates import Wanted
from bot.store import carriers
from bot.store.database import Database

log = logging.getLogger(__name__)
REST_S = 5.0
"""How long a broker that did not answer is left alone."""
# One round trip, and nobody takes the same tokens twice. Time is the broker's own, so that hosts' clocks do not matter.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local full, per_second = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = full
if kept[1] then tokens = math.min(full, kept[1] + math.max(0, now - kept[2]) * per_second) end
local taken, wait = 0, 0
for at = 3, #ARGV, 2 do
  local cost = tonumber(ARGV[at])
  local lacking = cost + tonumber(ARGV[at + 1]) - tokens
  if lacking > 0 then
    wait = lacking / per_second
    break
  end
  tokens, taken = tokens - cost, taken + 1
end
if taken > 0 then
  redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
  redis.call('EXPIRE', KEYS[1], 60)
end
return {taken, tostring(wait)}
"""


class SharedRates:
    """See bot/rates.py. `connection`: the broker, or None where there is none."""

    def __init__(self, db: Database, connection: Redis | None, clock: Callable[[], float] = time.time) -> None:
        self._db, self._connection, self._clock = db, connection, clock
        self._script: Any = connection.register_script(_TAKE) if connection is not None else None
        self._rest_until = 0.0

    def take_all(self, sender: str, wanted: Sequence[Wanted], per_second: float) -> tuple[int, float]:
        """As in bot/rates.py: one question for a whole batch."""
        if self._script is not None and time.monotonic() >= self._rest_until:
            try:
                return self._from_broker(sender, wanted, per_second)
            except RedisError as error:
                self._rest_until = time.monotonic() + REST_S
                log.warning("the broker keeps no rates now (%s); the database does meanwhile", type(error).__name__)
        return self._from_database(sender, wanted, per_second)

    def _from_broker(self, sender: str, wanted: Sequence[Wanted], per_second: float) -> tuple[int, float]:
        full = rates.BURST_S * per_second
        args = [number for cost, lane in wanted for number in (cost, rates.floor(full, cost, lane))]
        taken, wait = self._script(keys=[f"rate:{sender}"], args=[full, per_second, *args])
        return int(taken), float(wait)

    def _from_database(self, sender: str, wanted: Sequence[Wanted], per_second: float) -> tuple[int, float]:
        full, now = rates.BURST_S * per_second, self._clock()
        with self._db.write() as tx:
            tokens, at = carriers.take_tokens(tx, sender, now, full, per_second)
            taken, left, wait = rates.grant(tokens, full, wanted, per_second)
            if taken:
                carriers.leave_tokens(tx, sender, at, left)
        return taken, wait

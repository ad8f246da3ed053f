"""How fast a sender may go: a bucket of tokens that all workers share, of which replies may take what broadcasts may not."""

from collections.abc import Sequence
from typing import Protocol

from bot.outbox import Lane

BURST_S = 1.0
"""A bucket holds what one second brings: a carrier's own queue takes no longer burst kindly."""
KEPT_FOR_REPLIES = 0.3
"""Share of a full bucket that broadcasts leave untouched, so that an answer finds tokens at any moment."""
LENT_TO_REPLIES = 1.0
"""How far, in full buckets, answers may overdraw: a citizen's answer is sent on time and broadcasts pay for it."""


Wanted = tuple[float, int]
"""(segments, lane) of a message"""


class Rates(Protocol):
    """Shared by all workers and hosts."""

    def take_all(self, sender: str, wanted: Sequence[Wanted], per_second: float) -> tuple[int, float]:
        """How many messages of a sender, from the first on, may leave now, their tokens taken; and seconds until the next."""


def floor(full: float, cost: float, lane: int) -> float:
    """How low a bucket may fall by a message of this lane. A message larger than the bucket may always empty it."""
    if lane != Lane.BROADCAST:
        return -LENT_TO_REPLIES * full - cost
    return min(KEPT_FOR_REPLIES * full, full - cost)


def wait(tokens: float, full: float, cost: float, per_second: float, lane: int) -> float:
    """Seconds until a bucket with so many tokens has enough for the message; 0 when it has."""
    lacking = cost + floor(full, cost, lane) - tokens
    return max(0.0, lacking / per_second)


def grant(tokens: float, full: float, wanted: Sequence[Wanted], per_second: float) -> tuple[int, float, float]:
    """How many messages, from the first on, a bucket with so many tokens lets go; the tokens then, and seconds until the next."""
    for taken, (cost, lane) in enumerate(wanted):
        if (pause := wait(tokens, full, cost, per_second, lane)) > 0:
            return taken, tokens, pause
        tokens -= cost
    return len(wanted), tokens, 0.0

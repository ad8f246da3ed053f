"""Twilio's connection overrides: the fragment of a webhook URL says how long to wait and when to try again.

`rc`: how many more attempts (0-5), `rp`: after what (`ct` no connection, `rt` no answer in time, `4xx`, `5xx`, `all`), `ct`,
`rt`, `tt`: milliseconds to connect, to read, in total. Without any: one more attempt, and only if no connection was made.
"""

from typing import NamedTuple
from urllib.parse import parse_qs

CONNECT_MS, READ_MS, TOTAL_MS = 5_000, 15_000, 15_000
SHORTEST_MS, LONGEST_CONNECT_MS, LONGEST_MS = 100, 10_000, 15_000
MOST_ATTEMPTS = 5


class Override(NamedTuple):
    """How one URL is called; times in seconds."""

    attempts: int = 2
    policy: frozenset[str] = frozenset({"ct"})
    connect_s: float = CONNECT_MS / 1000
    read_s: float = READ_MS / 1000
    total_s: float = TOTAL_MS / 1000

    def tries_again(self, reason: str) -> bool:
        """Whether this kind of failure is worth another attempt."""
        return bool(reason) and not self.policy.isdisjoint({reason, "all"})


def read_fragment(fragment: str) -> Override:
    """`rc=5&rp=all` -> how to call; what makes no sense is as if it were not there."""
    given = {name: values[0] for name, values in parse_qs(fragment).items()}
    attempts = 1 + min(_whole(given.get("rc"), 1), MOST_ATTEMPTS)
    policy = frozenset(given.get("rp", "ct").split(","))
    return Override(
        attempts,
        policy,
        _seconds(given.get("ct"), CONNECT_MS, LONGEST_CONNECT_MS),
        _seconds(given.get("rt"), READ_MS, LONGEST_MS),
        _seconds(given.get("tt"), TOTAL_MS, LONGEST_MS),
    )


def _seconds(text: str | None, usual: int, most: int) -> float:
    return min(max(_whole(text, usual), SHORTEST_MS), most) / 1000


def _whole(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdecimal() else usual

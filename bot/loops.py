"""Whether a number that writes to us is a machine answering our answers: then we fall silent, and so does it. Pure."""

from collections.abc import Sequence
from datetime import timedelta

WITHIN = timedelta(minutes=1)
MOST = 30
"""Messages of one number within WITHIN: nobody types so fast, and a desperate person's tenth line is still answered."""
MOST_ALIKE = 8
"""How often the very same text may come within WITHIN; impatient people send a line three or four times."""
QUICK = timedelta(seconds=20)
"""Only after a message as recent as this is it worth looking."""


def is_loop(recent: Sequence[str], text: str) -> bool:
    """`recent`: the texts of the last minute, without this one."""
    return len(recent) >= MOST or (bool(text) and list(recent).count(text) >= MOST_ALIKE)

"""Whether a number that writes to us is a machine answering our answers: then we fall silent, and so does it. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=1)
MOST = 30
"""Messages of one number within WITHIN: nobody types so fast, and a desperate person's tenth line is still answered."""
MOST_ALIKE = 8
"""How often the very same text may come within WITHIN; impatient people send a line three or four times."""
LONG = timedelta(hours=1)
MOST_LONG, MOST_ALIKE_LONG = 200, 30
"""The same within LONG, for a machine whose answers take many seconds, as SMS does."""
QUICK = timedelta(minutes=1)
"""Only after a message as recent as this is it worth looking: whoever was calm so long is answered."""


def is_loop(recent: Sequence[tuple[datetime, str]], text: str, now: datetime) -> bool:
    """`recent`: when and what the number wrote within LONG (of that MOST_LONG do), without this message."""
    lately = [said for at, said in recent if now - at <= WITHIN]
    long = [said for _, said in recent]
    if len(lately) >= MOST or len(long) >= MOST_LONG:
        return True
    return bool(text) and (lately.count(text) >= MOST_ALIKE or long.count(text) >= MOST_ALIKE_LONG)

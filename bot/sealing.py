"""Who a citizen is at the desk: an alias, and a number that two people together may unseal for one of them. Pure rules."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no letter that is taken for a digit, none that is mistaken when read out."""
SHORTEST = 5
"""Characters of an alias: 33 million citizens before one in two needs a longer one."""
SHOWN_FOR = timedelta(minutes=30)
"""How long a granted number is shown: a call is made within it, and a screen left open tells nobody the next day."""
MIN_REASON, MAX_REASON = 10, 500
"""Characters of a reason: `call` is none, and a citizen's whole story does not belong into the log."""


class Standing(StrEnum):
    """How it stands between an official and a citizen's number."""

    SEALED = "sealed"
    ASKED = "asked"
    OPEN = "open"
    REFUSED = "refused"
    OVER = "over"
    """It was granted, and the time has passed."""


DECISIONS = {"grant": "granted", "refuse": "refused"}
"""What may be done with a request -> what is written down; a request nobody has decided has none."""


def draw_alias(draw: Callable[[int], bytes], tries: int) -> str:
    """A new alias; `tries`: how many drawn before it were taken, so that a full house grows. `draw` gives random bytes."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in draw(SHORTEST + tries // 4))


def reason_fault(reason: str) -> str:
    """What is wrong with a reason: short, long or nothing."""
    if len(reason) < MIN_REASON:
        return "short"
    return "long" if len(reason) > MAX_REASON else ""


def may_decide(asked_by: int, decider: int) -> bool:
    """Nobody decides about their own request, whatever their role: two people must know of every number that is shown."""
    return asked_by != decider


def standing(decision: str | None, expires_at: datetime | None, now: datetime) -> Standing:
    """Of an official's newest request about a ticket; `decision`: None where they never asked, empty while it waits."""
    if decision is None:
        return Standing.SEALED
    if decision == "granted":
        return Standing.OPEN if expires_at is not None and now < expires_at else Standing.OVER
    return Standing.REFUSED if decision == "refused" else Standing.ASKED

"""What becomes of a message that was tried: receipts in any order, tries again, leases, and a second way. Pure rules."""

from datetime import datetime, timedelta

from bot.outbox import Lane, Trouble

LEASE = timedelta(seconds=120)
"""How long a worker may hold a message before it counts as dead; longer than the carrier's longest time-out."""
ASK_AFTER = timedelta(seconds=60)
"""An unknown outcome waits so long for its receipt before the carrier is asked."""
ASKS = 3
"""How often the carrier must say "no such message", ASK_AFTER apart, before a reply is sent again."""
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
MAX_DOUBLINGS = 16
SLOW_DOWN = 4
"""A carrier that says "too fast" gets so many times the usual rest."""
WORTH_SENDING = {Lane.REPLY: timedelta(hours=72), Lane.NOTICE: timedelta(hours=72), Lane.BROADCAST: timedelta(hours=24)}
"""How old a message may be and still be tried again: a carrier that is down for a night costs a night, not the message."""
FALL_BACK_AFTER = {
    Lane.REPLY: timedelta(minutes=30),
    Lane.NOTICE: timedelta(hours=2),
    Lane.BROADCAST: timedelta(hours=12),
}
"""How long WhatsApp may have accepted a message without delivering it before it goes by SMS (proposals of the project):
whoever wrote a minute ago was there; whoever is told a thing unasked may have the telephone off."""
REPLACED_TIMES = 3
"""How often a message may be sent anew after a receipt said that it failed."""
REPLACE_AFTER = {Trouble.LATER: timedelta(minutes=10), Trouble.SLOWER: timedelta(minutes=2)}
"""The rest before a message that failed for a passing reason is sent anew; for other reasons there is none."""
SENT_ANEW = (Trouble.ELSEWHERE, Trouble.WINDOW, Trouble.LATER, Trouble.SLOWER)
"""Failures after which another message in another form, by another way or later may still arrive."""
BREAKS_AFTER = 5
"""Failures in a row after which a carrier is left alone for a while."""
FIRST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=5)

RANK = {
    "": -1, "accepted": 0, "scheduled": 0, "queued": 1, "sending": 2, "sent": 3,
    "failed": 4, "undelivered": 4, "canceled": 4, "delivered": 5, "read": 6,
}  # fmt: skip
"""Delivery states in the only direction they go. `delivered` outranks `failed`: a phone that got it, got it."""
FAILED = ("failed", "undelivered")
ARRIVED = ("delivered", "read")


def is_progress(old: str, new: str) -> bool:
    """Whether a receipt saying `new` tells more than `old`: receipts come late, twice and in any order."""
    return RANK.get(new, -1) > RANK.get(old, -1)


def is_worth_sending(lane: int, created_at: datetime, now: datetime) -> bool:
    """Whether a message that could not be sent now is tried again."""
    return now - created_at < WORTH_SENDING[Lane(lane)]


def retry_at(now: datetime, attempts: int, jitter: float, trouble: Trouble = Trouble.LATER) -> datetime:
    """When to try again after `attempts` tries: doubling from FIRST_RETRY to LONGEST_RETRY, spread by `jitter` in [0, 1)."""
    first = FIRST_RETRY * (SLOW_DOWN if trouble is Trouble.SLOWER else 1)
    wait: timedelta = min(first * (1 << min(max(attempts - 1, 0), MAX_DOUBLINGS)), LONGEST_RETRY)
    return now + wait * (0.75 + jitter / 2)


def sends_anew(trouble: Trouble, lane: int, times: int, created_at: datetime, now: datetime) -> bool:
    """Whether a message whose receipt says that it failed is sent once more; `times`: how often it was already."""
    return trouble in SENT_ANEW and times < REPLACED_TIMES and is_worth_sending(lane, created_at, now)


def rest(failures: int) -> timedelta | None:
    """How long a way is left alone after so many failures in a row; None while it is not."""
    if failures < BREAKS_AFTER:
        return None
    longer: timedelta = min(FIRST_REST * (1 << min(failures - BREAKS_AFTER, MAX_DOUBLINGS)), LONGEST_REST)
    return longer

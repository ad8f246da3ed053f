"""The one gate: may this message leave now? And what a delivery receipt may change. Pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class Lane(IntEnum):
    """Who goes first when all want to leave: lower is sooner."""

    REPLY = 0
    NOTICE = 1
    BROADCAST = 9


class Trouble(StrEnum):
    """What an error of a carrier means for a message; each has a sentence for officials (`trouble.*` in the catalogs)."""

    NONE = ""
    LATER = "later"
    """Passing: the same message, later."""
    SLOWER = "slower"
    """Too fast, or the carrier's queue is full: later, and the sender goes slower."""
    REFUSED = "refused"
    """For good, for a reason that helps nobody."""
    CONTENT = "content"
    """This text or file is not taken."""
    NUMBER = "number"
    """The number cannot get messages at all: none, a landline, not allowed."""
    ELSEWHERE = "elsewhere"
    """This channel does not reach the person (no WhatsApp, phone off for long): another one may."""
    OPTED_OUT = "opted_out"
    """The person said STOP to the carrier."""
    MARKETING = "marketing"
    """The person, or Meta for them, takes no announcements on this channel; answers still come."""
    WINDOW = "window"
    """WhatsApp's 24 hours are over."""
    TEMPLATE = "template"
    """The template is not approved, paused, or its variables do not fit."""
    SETUP = "setup"
    """The account, the sender or the settings: an operator must look."""
    UNKNOWN = "unknown"
    """It may have been sent and may not."""


LEASE = timedelta(seconds=120)
"""How long a worker may hold a message before it counts as dead; longer than the carrier's longest time-out."""
ASK_AFTER = timedelta(seconds=60)
"""An unknown outcome waits so long for its receipt before the carrier is asked."""
ASKS = 3
"""How often the carrier must say "no such message", ASK_AFTER apart, before a reply is sent again."""
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
MAX_DOUBLINGS = 16
WORTH_SENDING = {Lane.REPLY: timedelta(hours=72), Lane.NOTICE: timedelta(hours=72), Lane.BROADCAST: timedelta(hours=24)}
"""How old a message may be and still be tried again: a carrier that is down for a night costs a night, not the message."""

RANK = {
    "": -1, "accepted": 0, "scheduled": 0, "queued": 1, "sending": 2, "sent": 3,
    "failed": 4, "undelivered": 4, "canceled": 4, "delivered": 5, "read": 6,
}  # fmt: skip
"""Delivery states in the only direction they go. `delivered` outranks `failed`: a phone that got it, got it."""


@dataclass(frozen=True, slots=True)
class Send:
    """It may leave now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Not yet: `until` then, because of `reason`."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """It will not leave, because of `reason`."""

    reason: str


Verdict = Send | Hold | Never
PAUSE_CHECK = timedelta(seconds=15)
UNSENT_CAMPAIGN = {"stopped": "campaign_stopped", "done": "campaign_stopped"}


def gate(lane: int, *, now: datetime, opted_out: bool, campaign_state: str = "", can_send: bool = True) -> Verdict:
    """Asked right before every send. Opt-out stops broadcasts only: a citizen's own answers still come."""
    if lane == Lane.BROADCAST:
        if opted_out:
            return Never("opted_out")
        if reason := UNSENT_CAMPAIGN.get(campaign_state):
            return Never(reason)
        if campaign_state == "paused":
            return Hold(now + PAUSE_CHECK, "campaign_paused")
    return Send() if can_send else Never("no_carrier")


def is_progress(old: str, new: str) -> bool:
    """Whether a receipt saying `new` tells more than `old`: receipts come late, twice and in any order."""
    return RANK.get(new, -1) > RANK.get(old, -1)


def is_worth_sending(lane: int, created_at: datetime, now: datetime) -> bool:
    """Whether a message that could not be sent now is tried again."""
    return now - created_at < WORTH_SENDING[Lane(lane)]


def retry_at(now: datetime, attempts: int, jitter: float) -> datetime:
    """When to try again after `attempts` tries: doubling from FIRST_RETRY to LONGEST_RETRY, spread by `jitter` in [0, 1)."""
    wait: timedelta = min(FIRST_RETRY * (1 << min(max(attempts - 1, 0), MAX_DOUBLINGS)), LONGEST_RETRY)
    return now + wait * (0.75 + jitter / 2)

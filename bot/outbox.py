"""The one gate: may this message leave now, by which carrier, in which form? And what a receipt may change. Pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.clock import daytime


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


class Form(StrEnum):
    """How a message is put: as it was written, or as a template approved before."""

    TEXT = "text"
    TEMPLATE = "template"


WINDOW = timedelta(hours=24)
"""WhatsApp lets us write freely for so long after the person's last message there (Meta's messaging rules)."""
WINDOW_MARGIN = timedelta(minutes=2)
"""Kept clear of the window's end: the carrier's clock decides, and a message waits in its queue."""
FETCH_WITHIN = timedelta(hours=24)
"""How long an answer waits for the person to fetch it on WhatsApp before it goes by SMS."""
HELD_FOR = timedelta(days=30)
"""How long an answer that no other way can carry waits for the person."""
PAUSE_CHECK = timedelta(seconds=15)
UNSENT_CAMPAIGN = {"stopped": "campaign_stopped", "done": "campaign_stopped"}
UNTEXTED = ("landline", "short", "premium")
"""Kinds of number no SMS is sent to: nobody there can read it, or it costs (Twilio 21614 refuses landlines in Pakistan)."""


@dataclass(frozen=True, slots=True)
class Route:
    """A way to the person. `template`: an approved one that carries this very message; `notice`: one that says that an
    answer waits is approved; `window_until`: None where the channel knows no window; `shut_until`: out of order till then.
    """

    carrier: str
    channel: str
    window_until: datetime | None = None
    template: bool = False
    notice: bool = False
    shut_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All the gate looks at. `routes`: likeliest to reach the person first; `phone`: kind of number (bot/phone.py);
    `opted_out`: the person wants no announcements, or none of this one's kind;
    `unreachable`: why the number cannot get messages, if a carrier said so; `is_template`: the message is a template.
    """

    lane: int
    now: datetime
    created_at: datetime
    routes: Sequence[Route] = ()
    opted_out: bool = False
    campaign_state: str = ""
    phone: str = "mobile"
    unreachable: bool = False
    is_template: bool = False
    day: tuple[int, int] | None = None
    """Hours in Karachi between which announcements go out; None: at any hour."""


@dataclass(frozen=True, slots=True)
class Send:
    """It may leave now, this way and in this form."""

    route: Route
    form: Form = Form.TEXT


@dataclass(frozen=True, slots=True)
class Hold:
    """Not yet: `until` then, because of `reason`."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Await:
    """Not until the person writes, or `until`. `notice`: the way to tell them that something waits; None where there is none."""

    until: datetime
    notice: Route | None
    reason: str = "window"


@dataclass(frozen=True, slots=True)
class Never:
    """It will not leave, because of `reason`."""

    reason: str


Verdict = Send | Hold | Await | Never


def gate(case: Case) -> Verdict:
    """Asked right before every send. Opt-out stops broadcasts only: a citizen's own answers still come."""
    if case.lane == Lane.BROADCAST and (verdict := _broadcast(case)):
        return verdict
    if case.unreachable:
        return Never("number")
    routes = [route for route in case.routes if not (route.channel == "sms" and case.phone in UNTEXTED)]
    if not routes:
        return Never("number" if case.routes else "no_carrier")
    working = [route for route in routes if not route.shut_until or route.shut_until <= case.now]
    if not working:
        return Hold(min(route.shut_until for route in routes if route.shut_until), "carrier_down")
    return _choose(case, working)


def _broadcast(case: Case) -> Verdict | None:
    """What stops an announcement and nothing else: STOP, its campaign, and the night."""
    if case.opted_out:
        return Never("opted_out")
    if reason := UNSENT_CAMPAIGN.get(case.campaign_state):
        return Never(reason)
    if case.campaign_state == "paused":
        return Hold(case.now + PAUSE_CHECK, "campaign_paused")
    if case.day and (at := daytime(case.now, case.day)) > case.now:
        return Hold(at, "night")
    return None


def _choose(case: Case, working: Sequence[Route]) -> Verdict:
    """The first way, in the form it takes; else the next one, but an answer waits a while for the person to open the first."""
    first, now = working[0], case.now
    if case.is_template:  # says that something waits, which nobody needs to hear once the window is open
        return Never("not_needed") if is_open(first, now) else _as_template(first)
    if form := _form(first, now):
        return Send(first, form)
    second = next((Send(route, form) for route in working[1:] if (form := _form(route, now))), None)
    if case.lane == Lane.BROADCAST:
        return second or Never("no_template")
    return _wait(case, first, second)


def _wait(case: Case, first: Route, second: Send | None) -> Verdict:
    waited = case.now - case.created_at
    if second and (waited >= FETCH_WITHIN or not first.notice):
        return second
    if waited >= HELD_FOR:
        return Never("not_fetched")
    is_new = waited < FETCH_WITHIN
    return Await((case.created_at if is_new else case.now) + FETCH_WITHIN, first if first.notice and is_new else None)


def _as_template(route: Route) -> Send | Never:
    return Send(route, Form.TEMPLATE) if route.template else Never("no_template")


def _form(route: Route, now: datetime) -> Form | None:
    """The form the way takes the message in; None where it takes none now."""
    if is_open(route, now):
        return Form.TEXT
    return Form.TEMPLATE if route.template else None


def is_open(route: Route, now: datetime) -> bool:
    """Whether free text is taken on this way now."""
    return route.window_until is None or now < route.window_until - WINDOW_MARGIN

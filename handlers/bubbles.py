"""A ticket's lines as the desk shows them: bubbles of what was said, words for what was done and what became of it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.media.kinds import INLINE, KINDS

SMALL = 240
"""Pixels of the longer side a picture takes in a bubble; it is sent with a few more, for sharp screens."""

ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
LATIN = re.compile("[A-Za-z]")
OFFICIALS_WORDS = ("reply", "ask", "resolve", "reject")
TOLD = (
    "open", "take", "assign", "sort", "ask", "resolve", "reject", "transfer", "refer", "help", "merge", "split", "join",
    "confirm", "partly", "dispute", "rate", "correct", "withdraw", "remind", "lapse", "unanswered", "warn", "escalate",
    "nudge", "delay",
)  # fmt: skip
"""Events that have a sentence of their own. What a citizen wrote or an official replied is a bubble already."""
NOTES = ("note", "hear")
"""Events whose words only officials read."""
REASONS = (
    "opted_out", "campaign_stopped", "campaign_paused", "no_carrier", "number", "night", "carrier_down", "window",
    "no_template", "not_needed", "not_fetched", "arrived", "not_on_whatsapp", "sealed",
)  # fmt: skip
"""The gate's own reasons (bot/outbox.py): each has plain words. A carrier's code is told by the trouble it means."""
_RECEIPTS = {
    "sent": ("sent", "sent"),
    "delivered": ("delivered", "delivered"),
    "read": ("read", "read"),
    "failed": ("failed", "failed"),
    "undelivered": ("failed", "failed"),
    "canceled": ("failed", "failed"),
}
_STATES = {
    "waiting": ("waiting", "waiting"),
    "sending": ("waiting", "sending"),
    "unknown": ("unknown", "unknown"),
    "refused": ("failed", "refused"),
    "skipped": ("failed", "skipped"),
    "held": ("waiting", "held"),
}
TroubleOf = Callable[[str, str], str]
"""(carrier, its code) -> what that means (bot/outbox.py's Trouble), or empty"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """`tick` chooses the sign, `word` the words (desk.delivery.<word>); `reason` is a key, `code` a carrier's own;
    `instead`: it took this channel because another did not deliver."""

    tick: str
    word: str
    reason: str = ""
    code: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a bubble. `sort`: photo, voice, video or file; `type`: content type; `state`: waiting, ready, refused or failed.

    `reason`: why there is none (desk.media.reason.<reason>); `length`: of sound, as 1:05; pixels of a picture's small one.
    """

    sort: str
    type: str
    state: str = "waiting"
    id: int = 0
    reason: str = ""
    bytes: int = 0
    small: bool = False
    shown: bool = False
    length: str = ""
    width: int = 0
    height: int = 0

    @property
    def size(self) -> str:
        """As people read it: 43 KB, 1.2 MB."""
        kilobytes = max(1, round(self.bytes / 1024))
        return f"{kilobytes} KB" if kilobytes < 1000 else f"{kilobytes / 1024:.1f} MB"  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said or done. `kind`: in, out, note or system; `action` names what was done."""

    kind: str
    at: datetime
    text: str = ""
    who: str = ""
    action: str = ""
    delivery: Delivery | None = None
    media: tuple[Attachment, ...] = ()
    pin: tuple[float, float] | None = None
    data: Mapping[str, Any] | None = None


def read_lines(
    lines: Sequence[tuple[str, Any]], trouble_of: TroubleOf = lambda _carrier, _code: "", files: Sequence[Any] = ()
) -> list[Line]:
    """The lines of a TicketPage, each official's name put on the message that carried their words, its files in each bubble."""
    authors = _authors(lines)
    came = {(row.inbound_id, row.position): attachment(row) for row in files if row.inbound_id}
    went = {row.id: attachment(row) for row in files if not row.inbound_id}
    drawn: list[Line] = []
    for kind, row in lines:
        if kind == "in":
            drawn.append(_in(row, came))
        elif kind == "out":
            sent = tuple(went[i] for i in row.media if i in went)
            told = delivery(row, trouble_of)
            drawn.append(Line("out", row.created_at, row.text, authors.get(row.id, ""), delivery=told, media=sent))
        elif row.action in NOTES:
            drawn.append(Line("note", row.at, row.text or "", row.who or "", row.action))
        elif row.action in TOLD:
            drawn.append(Line("system", row.at, row.text or "", row.who or "", row.action, data=row.data))
    return drawn


def delivery(row: Any, trouble_of: TroubleOf) -> Delivery:
    """What became of a message, from its state and the last receipt, and why."""
    if row.state == "accepted":
        tick, word = _RECEIPTS.get(row.status, ("waiting", "accepted"))
    else:
        tick, word = _STATES.get(row.state, ("unknown", "unknown"))
    instead = row.channel if row.replaces_id else ""
    if row.reason in REASONS:
        return Delivery(tick, word, f"desk.reason.{row.reason}", instead=instead)
    trouble = trouble_of(row.carrier, row.reason) if row.reason else ""
    return Delivery(tick, word, f"trouble.{trouble}" if trouble else "", row.reason, instead)


def is_arabic(text: str) -> bool:
    """Whether a text is mostly in Arabic script, and so wants its type."""
    return len(ARABIC.findall(text)) > len(LATIN.findall(text))


def channel_of(lines: Iterable[tuple[str, Any]]) -> str:
    """The way the citizen last wrote to us: whatsapp or sms."""
    channels = [row.channel for kind, row in lines if kind == "in"]
    return channels[-1] if channels else ""


def attachment(row: Any) -> Attachment:
    """A file as its row tells."""
    kind = row.kind or row.told_kind
    known = KINDS.get(kind)
    seconds = "" if row.seconds is None else "{}:{:02}".format(*divmod(round(row.seconds), 60))
    scale = min(1.0, SMALL / max(row.width, row.height, 1))
    return Attachment(
        known.sort if known else _sort(kind), kind, row.state, row.id, row.reason, row.bytes,
        small=bool(row.small_key), shown=kind in INLINE, length=seconds,
        width=round(row.width * scale), height=round(row.height * scale),
    )  # fmt: skip


def _in(row: Any, came: Mapping[tuple[int, int], Attachment]) -> Line:
    told = (Attachment(_sort(item["kind"]), item["kind"]) for item in row.media)
    media = tuple(came.get((row.id, position), one) for position, one in enumerate(told))
    pin = None if row.latitude is None else (row.latitude, row.longitude)
    return Line("in", row.received_at, row.text or row.button, media=media, pin=pin)


def _sort(content_type: str) -> str:
    main = content_type.partition("/")[0]
    return {"image": "photo", "audio": "voice", "video": "video"}.get(main, "file")


def _authors(lines: Sequence[tuple[str, Any]]) -> dict[int, str]:
    """{outbox id: official}: a reply's event is written right before its message; the bot's answers have an inbound."""
    authors: dict[int, str] = {}
    for kind, event in lines:
        if kind != "event" or event.action not in OFFICIALS_WORDS:
            continue
        own = [row for k, row in lines if k == "out" and row.inbound_id is None and row.created_at >= event.at]
        new = [row for row in own if row.id not in authors]
        for row in new[:1] + [row for row in new[1:2] if row.media and not row.text]:  # a file follows its words
            authors[row.id] = event.who or ""
    return authors

"""A ticket's lines as the desk shows them: bubbles of what was said, words for what was done and what became of it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
LATIN = re.compile("[A-Za-z]")
OFFICIALS_WORDS = ("reply", "resolve")
TOLD = ("open", "take", "sort", "resolve", "confirm", "dispute", "correct", "withdraw")
"""Events that have a sentence of their own. What a citizen wrote or an official replied is a bubble already."""
REASONS = (
    "opted_out", "campaign_stopped", "campaign_paused", "no_carrier", "number", "night", "carrier_down", "window",
    "no_template", "not_needed", "not_fetched", "arrived", "not_on_whatsapp",
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
class Line:
    """One thing said or done. `kind`: in, out, note or system; `action` names what was done."""

    kind: str
    at: datetime
    text: str = ""
    who: str = ""
    action: str = ""
    delivery: Delivery | None = None
    media: tuple[tuple[str, str], ...] = ()
    """(photo, voice, video or file; content type)"""
    pin: tuple[float, float] | None = None
    data: Mapping[str, Any] | None = None


def read_lines(lines: Sequence[tuple[str, Any]], trouble_of: TroubleOf = lambda _carrier, _code: "") -> list[Line]:
    """The lines of a TicketPage, each official's name put on the message that carried their words."""
    authors = _authors(lines)
    drawn: list[Line] = []
    for kind, row in lines:
        if kind == "in":
            drawn.append(_in(row))
        elif kind == "out":
            drawn.append(
                Line("out", row.created_at, row.text, authors.get(row.id, ""), delivery=delivery(row, trouble_of))
            )
        elif row.action == "note":
            drawn.append(Line("note", row.at, str(row.data.get("text", "")), row.who or ""))
        elif row.action in TOLD:
            drawn.append(Line("system", row.at, who=row.who or "", action=row.action, data=row.data))
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


def _in(row: Any) -> Line:
    media = tuple((_sort(item["kind"]), item["kind"]) for item in row.media)
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
        own = (row.id for k, row in lines if k == "out" and row.inbound_id is None and row.created_at >= event.at)
        message = next((outbox_id for outbox_id in own if outbox_id not in authors), None)
        if message is not None:
            authors[message] = event.who or ""
    return authors

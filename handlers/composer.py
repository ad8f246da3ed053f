"""The boxes an official writes in: what was typed, how long it is, and how many SMS the citizen's phone will get."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.catalog import Catalog
from bot.dialogue.form import VERDICTS
from bot.dialogue.values import Option, Reply, Term, Value
from bot.names import Names
from bot.services.orders import MAX_REPLY
from bot.sms import measure
from bot.text.fold import clean
from handlers.forms import new_key

FILES = ",".join(
    ("image/jpeg", "image/png", "image/webp", "audio/*", ".ogg", ".amr", ".3gp", "video/mp4", "application/pdf")
)
"""What a browser offers to choose; what is taken, the content decides."""
WRITTEN = ("reply", "ask", "resolve", "hear", "reject", "note", "help", "transfer", "refer")
"""Actions that carry words."""
FRAMED = ("reply", "ask", "resolve")
"""Whose words reach the citizen in a frame that is known before they are sent."""
_GAP = "\ufffc"
_VERDICT = tuple(Option(name, Term(f"option.{name}")) for name in VERDICTS)


@dataclass(frozen=True, slots=True)
class Box:
    """One form. `frame`: the message around the words (U+FFFC stands for them), so that a script counts as we do."""

    action: str
    key: str
    text: str = ""
    error: str = ""
    frame: str = ""
    limit: int = MAX_REPLY

    @property
    def files(self) -> str:
        """What files the box takes; empty: none."""
        return FILES if self.action == "reply" else ""

    @property
    def length(self) -> int:
        return len(clean(self.text))

    @property
    def segments(self) -> int:
        return measure(self.frame.replace(_GAP, clean(self.text))).segments if self.length else 0


def boxes(catalog: Catalog, department: Names, ticket: Any, filled: Box | None) -> dict[str, Box]:
    """A box for every written action, each with a fresh key; `filled` keeps what was typed and what is wrong."""
    drawn = {}
    for action in WRITTEN:
        frame = "" if action not in FRAMED else _frame(catalog, department, ticket, action)
        before = ticket.words if action == "hear" else ""
        text, error = (filled.text, filled.error) if filled and filled.action == action else (before, "")
        drawn[action] = Box(action, new_key(), text, error, frame)
    return drawn


def read_text(raw: str) -> str:
    """Browsers send line ends as two characters; a citizen's phone should not pay for them."""
    return raw.replace("\r\n", "\n").replace("\r", "\n")


def read_instant(raw: str) -> datetime | None:
    """An instant from a hidden field; None if it is no aware one."""
    try:
        at = datetime.fromisoformat(raw)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _frame(catalog: Catalog, department: Names, ticket: Any, action: str) -> str:
    """What the citizen gets around the words; a solution brings its question and the answers to it."""
    values: dict[str, Value] = {"department": department, "number": ticket.number, "text": _GAP}
    if action == "resolve":
        return catalog.render(Reply("desk_reply.resolve_ask", values, _VERDICT), ticket.language)
    return catalog.text(ticket.language, f"desk_reply.{action}", **values)

"""A complaint told by voice gets its words from the official who listened to it; words a citizen wrote are never touched."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from bot.media.kinds import KINDS
from bot.services.hands import Hands
from bot.services.steps import step
from bot.store import events as history
from bot.store import media

VOICE = "voice"


def may_be_heard(ticket: Any, files: Sequence[Any], events: Sequence[Any]) -> bool:
    """Whether there is a voice note, and the ticket has no words or only those an official heard before."""
    heard = [event.text for event in events if event.action == "hear"]
    return any(_is_voice(row) for row in files) and (not ticket.words or ticket.words in heard[-1:])


def may_hear(tx: Connection, ticket: Any) -> bool:
    """As `may_be_heard`, of a locked ticket."""
    return may_be_heard(ticket, media.of_ticket(tx, ticket.id), history.of_ticket(tx, ticket.id))


def hear(tx: Connection, hands: Hands, account_id: int, ticket: Any, words: str) -> None:
    """Writes down what the citizen says; the event keeps every version."""
    changes = {"words": words, "unread": False}
    step(tx, hands, ticket, "hear", "official", account=account_id, text=words, changes=changes)


def _is_voice(row: Any) -> bool:
    """A citizen's voice note; what could not be fetched may be listened to in another way."""
    kind = KINDS.get(row.kind or row.told_kind.partition(";")[0].strip().lower())
    is_voice = kind.sort == VOICE if kind else row.told_kind.startswith("audio/")
    return row.inbound_id is not None and is_voice

"""When somebody puts right what a ticket is about, that is kept as a labelled example, in the same transaction."""

from typing import Any

from sqlalchemy import Connection

from bot.learning import lesson
from bot.services.hands import Hands
from bot.store import learning


def note_label(tx: Connection, hands: Hands, ticket: Any, category: str, words: str, source: str) -> None:
    """Keeps `words`, without personal data, as an example of `category`; the newest label of a ticket wins.

    `ticket`: its row before the change; `source`: who put it right, `transfer` (an official, and another department
    answers now), `correction` (an official) or `citizen`. Where nothing may be learnt an earlier example goes too.
    """
    text = lesson(hands.directory, ticket, category, words)
    if text:
        learning.keep_example(tx, ticket.id, category=category, text=text, source=source, at=hands.now())
    else:
        learning.forget_example(tx, ticket.id)

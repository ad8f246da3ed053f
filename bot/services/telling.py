"""Words about a ticket to its citizen, unasked: in their language, by the way that reaches them, and what they may answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.dialogue import form
from bot.dialogue.talk import DEFAULT_LANGUAGE
from bot.dialogue.values import Conversation, Reply
from bot.outbox import Lane
from bot.services.hands import Hands
from bot.services.turns import outgoing
from bot.store import contacts, conversations, outbox

FREE_STEPS = ("menu", "verdict", "verdict.again", "verdict.rate", "ticket.added")
"""Questions of the conversation that nothing is lost by leaving."""


def tell(
    tx: Connection,
    hands: Hands,
    ticket: Any,
    contact: Any,
    reply: Reply,
    *,
    asking: tuple[str, Reply] | None = None,
    files: Sequence[int] = (),
    due: datetime | None = None,
) -> list[int]:
    """Puts words to the citizen of a locked ticket and a locked contact on their way; the ids of the messages.

    `asking`: (step, reply) in its place where the citizen is not in the middle of answering something else, which must not
    be lost: it leaves that question open. `files`: ids of what goes along; by SMS their addresses stand in the words, on
    WhatsApp they follow in a message of their own (papers and voice have no room for words there: Twilio's guidance on
    WhatsApp media). `due`: not before then.
    """
    talk = conversations.load(contact.conversation)
    if not _is_busy(talk) and (asking or talk.opened is None):  # who may still correct may do so after news, too
        step, reply = asking or ("", reply)
        offered = tuple(option.id for option in reply.options)
        talk = replace(talk, about=ticket.number, step=step, offered=offered, opened=None)
        contacts.remember(tx, contact.id, conversation=conversations.dump(talk))
    language = contact.language or ticket.language or DEFAULT_LANGUAGE
    row = outgoing(hands, contact.id, "", Lane.NOTICE, carrier=contact.carrier, channel=contact.channel)
    row |= {"language": language, "ticket_id": ticket.id} | ({"due_at": due} if due else {})
    words = row | hands.catalog.compose(reply, language, talk.digits)
    if not files:
        return outbox.put(tx, [words])
    if contact.channel == "sms":
        return outbox.put(tx, [words | {"media": list(files)}])
    alone = row | {"ref": hands.ref(), "media": list(files)}
    return [*outbox.put(tx, [words]), *outbox.put(tx, [alone])]


def _is_busy(talk: Conversation) -> bool:
    """Whether the citizen is in the middle of answering something else, which must not be lost."""
    return talk.draft is not None or (talk.step in form.QUESTIONS and talk.step not in FREE_STEPS)

"""Takes one turn of a conversation and carries out what came of it, inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from bot import chain
from bot import tickets as life
from bot.catalog import offered_languages
from bot.dialogue.engine import respond
from bot.dialogue.talk import DEFAULT_LANGUAGE
from bot.dialogue.values import (
    Conversation,
    Day,
    Draft,
    Due,
    Message,
    OpenTicket,
    Reply,
    TicketView,
    Value,
    World,
)
from bot.limits import FALLBACK_CATEGORY, QUESTION
from bot.outbox import Lane
from bot.services import own_tickets
from bot.services.hands import Hands
from bot.store import contacts, conversations, outbox, tickets

MAX_DRAWS = 20
_SEEN = (
    "number", "kind", "state", "category", "department", "deadline", "opened_at", "unsafe", "ended_at",
    "district", "level",
)  # fmt: skip


def take_turn(tx: Connection, hands: Hands, contact: Any, message: Message, *, carrier: str, channel: str) -> list[int]:
    """Answers `message` of a locked contact: conversation, tickets and outbox rows. The ids of what is to be sent."""
    before = conversations.load(contact.conversation)
    turn = respond(before, message, _world(tx, hands, contact))
    ticket_id = None
    for command in turn.commands:
        ticket_id = own_tickets.carry_out(tx, hands, contact, turn.conversation, command) or ticket_id
    language = turn.conversation.language or DEFAULT_LANGUAGE
    digits = turn.conversation.digits
    rows = [
        outgoing(hands, contact.id, "", Lane.REPLY, carrier=carrier, channel=channel)
        | hands.catalog.compose(_dated(tx, reply), language, digits)
        | {"language": language, "inbound_id": message.id, "ticket_id": ticket_id}
        for reply in turn.replies
    ]
    _remember(tx, hands, contact, turn.conversation, carrier=carrier, channel=channel)
    return outbox.put(tx, rows)


def _dated(tx: Connection, reply: Reply) -> Reply:
    """The reply with the days that its tickets are due now."""
    lines = tuple(_dated(tx, line) for line in reply.lines)
    dues = {name: value for name, value in reply.values.items() if isinstance(value, Due)}
    days: dict[str, Value] = {name: Day(tickets.deadline_of(tx, value.number)) for name, value in dues.items()}
    return replace(reply, values={**reply.values, **days}, lines=lines) if days or lines else reply


def note_visit(tx: Connection, hands: Hands, contact: Any, *, carrier: str, channel: str) -> None:
    """The person wrote, and that opens the window and tells how they are reached; the conversation stays where it was."""
    _remember(tx, hands, contact, conversations.load(contact.conversation), carrier=carrier, channel=channel)


def _remember(
    tx: Connection, hands: Hands, contact: Any, conversation: Conversation, *, carrier: str, channel: str
) -> None:
    is_whatsapp = channel == "whatsapp"
    contacts.remember_turn(
        tx,
        contact.id,
        conversation=conversations.dump(conversation),
        language=conversation.language,
        carrier=carrier,
        channel=channel,
        last_inbound_at=hands.now(),
        whatsapp_at=hands.now() if is_whatsapp else contact.whatsapp_at,
        prefers="" if is_whatsapp else contact.prefers,
    )


def hand_to_person(
    tx: Connection, hands: Hands, contact: Any, message: Message, *, carrier: str, channel: str
) -> list[int]:
    """What no turn could answer becomes a question in the common queue; the ids of what is to be sent."""
    draft = Draft(
        kind="question", category=FALLBACK_CATEGORY, words=message.text, messages=message.ids, media=message.media
    )
    department = hands.directory.answering("", FALLBACK_CATEGORY)
    deadline = hands.directory.rules.deadline(hands.now(), QUESTION, department, "")
    command = OpenTicket(_free_number(tx, hands), draft, department, deadline)
    language = contact.language or DEFAULT_LANGUAGE
    ticket_id = own_tickets.open_ticket(tx, hands, contact, language, command)
    text = hands.catalog.text(language, "unclear.person")
    row = outgoing(hands, contact.id, text, Lane.REPLY, carrier=carrier, channel=channel)
    return outbox.put(tx, [row | {"language": language, "inbound_id": message.id, "ticket_id": ticket_id}])


def outgoing(hands: Hands, contact_id: int, text: str, lane: Lane, *, carrier: str, channel: str) -> dict[str, Any]:
    """An outbox row that may leave at once."""
    now = hands.now()
    return {
        "ref": hands.ref(),
        "contact_id": contact_id,
        "lane": int(lane),
        "carrier": carrier,
        "channel": channel,
        "text": text,
        "state": "waiting",
        "due_at": now,
        "created_at": now,
        "updated_at": now,
    }


def _world(tx: Connection, hands: Hands, contact: Any) -> World:
    def own_tickets() -> Sequence[TicketView]:
        return [
            TicketView(**{name: getattr(t, name) for name in _SEEN}, steps=t.events, code=chain.code(t.head))
            for t in tickets.of_contact(tx, contact.id)
        ]

    return World(
        now=hands.now(),
        directory=hands.directory,
        lexicon=hands.lexicon,
        languages=offered_languages(hands.catalog),
        tickets=own_tickets,
        new_number=lambda: _free_number(tx, hands),
    )


def _free_number(tx: Connection, hands: Hands) -> str:
    for _ in range(MAX_DRAWS):
        number = life.draw_number(hands.random_below)
        if not tickets.number_is_taken(tx, number):
            return number
    raise RuntimeError(f"{MAX_DRAWS} ticket numbers drawn, all taken: raise NUMBER_DIGITS in bot/tickets.py")

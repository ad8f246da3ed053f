"""Takes one turn of a conversation and carries out what came of it, inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import chain, clock
from bot import tickets as life
from bot.catalog import offered_languages
from bot.dialogue.engine import respond
from bot.dialogue.talk import DEFAULT_LANGUAGE
from bot.dialogue.values import (
    AddToTicket,
    Command,
    Conversation,
    CorrectTicket,
    Draft,
    GiveVerdict,
    Message,
    OpenTicket,
    RateTicket,
    ResumeOutreach,
    StopOutreach,
    TicketView,
    WithdrawTicket,
    World,
)
from bot.directory import FALLBACK_CATEGORY
from bot.outbox import Lane
from bot.services.hands import Hands
from bot.services.labels import note_label
from bot.services.steps import step
from bot.store import contacts, conversations, events, messages, outbox, tickets

MAX_DRAWS = 20
_SEEN = ("number", "kind", "state", "category", "department", "deadline", "opened_at", "unsafe", "ended_at")
VERDICTS = {"solved": "confirm", "partly": "partly", "unsolved": "dispute"}
"""What the citizen says of an answer, as a step of the ticket."""


def take_turn(tx: Connection, hands: Hands, contact: Any, message: Message, *, carrier: str, channel: str) -> list[int]:
    """Answers `message` of a locked contact: conversation, tickets and outbox rows. The ids of what is to be sent."""
    before = conversations.load(contact.conversation)
    turn = respond(before, message, _world(tx, hands, contact))
    ticket_id = None
    for command in turn.commands:
        ticket_id = _carry_out(tx, hands, contact, turn.conversation, command) or ticket_id
    language = turn.conversation.language or DEFAULT_LANGUAGE
    digits = turn.conversation.digits
    rows = [
        outgoing(hands, contact.id, "", Lane.REPLY, carrier=carrier, channel=channel)
        | hands.catalog.compose(reply, language, digits)
        | {"language": language, "inbound_id": message.id, "ticket_id": ticket_id}
        for reply in turn.replies
    ]
    _remember(tx, hands, contact, turn.conversation, carrier=carrier, channel=channel)
    return outbox.put(tx, rows)


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
    deadline = clock.deadline(hands.now(), clock.QUESTION_HOURS)
    command = OpenTicket(_free_number(tx, hands), draft, department, deadline)
    language = contact.language or DEFAULT_LANGUAGE
    ticket_id = _open(tx, hands, contact, language, command)
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


def _carry_out(tx: Connection, hands: Hands, contact: Any, talk: Conversation, command: Command) -> int | None:
    """Does what the turn asks; the id of the ticket it touched."""
    now = hands.now()
    match command:
        case OpenTicket():
            return _open(tx, hands, contact, talk.language or DEFAULT_LANGUAGE, command)
        case CorrectTicket():
            return _correct(tx, hands, contact, command)
        case AddToTicket():
            return _add(tx, command, now)
        case WithdrawTicket():
            return _act(tx, command.number, "withdraw", now)
        case GiveVerdict() | RateTicket():
            return _judge(tx, command, now)
        case StopOutreach():
            contacts.opt_out(tx, contact.id, now)
        case ResumeOutreach():
            contacts.opt_out(tx, contact.id, None)
    return None


def _open(tx: Connection, hands: Hands, contact: Any, language: str, command: OpenTicket) -> int:
    draft, now = command.draft, hands.now()
    category = hands.directory.categories[draft.category]
    latitude, longitude = draft.pin or (None, None)
    opened = {"department": command.department, "category": draft.category}
    event = events.opening(command.number, now, "citizen", **opened)
    ticket_id = tickets.add(
        tx,
        number=command.number,
        kind=draft.kind,
        contact_id=contact.id,
        category=draft.category,
        service=draft.service,
        department=command.department,
        district=draft.district,
        tehsil=draft.tehsil,
        latitude=latitude,
        longitude=longitude,
        words=draft.words,
        language=language,
        priority=category.priority if draft.kind == "complaint" else "normal",
        sensitive=category.sensitive,
        unsafe=draft.unsafe,
        state="new",
        opened_at=now,
        deadline=command.deadline,
        touched_at=now,
        head=event["digest"],
        events=1,
    )
    messages.join_ticket(tx, draft.messages, ticket_id)
    events.record_opening(tx, ticket_id, event)
    if draft.district and draft.district != contact.district:
        contacts.settle_in(tx, contact.id, draft.district)
    return ticket_id


def _add(tx: Connection, command: AddToTicket, now: datetime) -> int | None:
    ticket = tickets.lock(tx, command.number)
    if ticket is None:
        return None
    messages.join_ticket(tx, [command.message], ticket.id)
    step(tx, now, ticket, "write", "citizen", changes={"unread": True, "touched_at": now})
    return int(ticket.id)


def _act(
    tx: Connection, number: str, action: str, now: datetime, changes: dict[str, Any] | None = None, **data: Any
) -> int | None:
    """What only the citizen may do to a ticket, if its table allows it now."""
    ticket = tickets.lock(tx, number)
    seen = {"unread": True, "touched_at": now} | (changes or {})
    if ticket is None or isinstance(step(tx, now, ticket, action, "citizen", changes=seen, **data), life.Refused):
        return None
    return int(ticket.id)


def _judge(tx: Connection, command: GiveVerdict | RateTicket, now: datetime) -> int | None:
    if isinstance(command, RateTicket):
        return _act(tx, command.number, "rate", now, {"rating": command.rating}, rating=command.rating)
    return _act(tx, command.number, VERDICTS[command.verdict], now, {"verdict": command.verdict})


def _correct(tx: Connection, hands: Hands, contact: Any, command: CorrectTicket) -> int | None:
    """Puts the same ticket right and where it belongs; who had taken it in another department no longer has it."""
    before = tickets.lock(tx, command.number)
    said = _category_said(tx, before) if before else ""
    ticket_id = _act(tx, command.number, "correct", hands.now(), category=command.draft.category)
    if before is None or ticket_id is None:
        return None
    draft, department, deadline = command.draft, command.department, command.deadline
    if draft.category == said != before.category:
        # an official sorted it meanwhile, and the citizen corrects something else: what it is about stays as it is
        draft, deadline = replace(draft, category=before.category), before.deadline
        department = hands.directory.answering("", draft.category, draft.district)
    category = hands.directory.categories[draft.category]
    tickets.change(
        tx,
        ticket_id,
        category=draft.category,
        department=department,
        owner_id=before.owner_id if before.department == department else None,
        district=draft.district,
        tehsil=draft.tehsil,
        words=draft.words,
        priority=category.priority,
        sensitive=before.sensitive or category.sensitive,
        unsafe=before.unsafe or draft.unsafe,
        deadline=deadline,
    )
    if draft.category != before.category:
        note_label(tx, hands, before, draft.category, draft.words, "citizen")
    messages.join_ticket(tx, draft.messages, ticket_id)
    contacts.settle_in(tx, contact.id, draft.district)
    return ticket_id


def _category_said(tx: Connection, ticket: Any) -> str:
    """What the ticket is about by its opening and the citizen's own corrections."""
    said = [event.data.get("category") for event in events.of_ticket(tx, ticket.id) if event.actor == "citizen"]
    return str(next((category for category in reversed(said) if category), ticket.category))

"""What a turn asks to be done to the citizen's own tickets, inside the caller's transaction."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from bot import tickets as life
from bot.dialogue.talk import DEFAULT_LANGUAGE
from bot.dialogue.values import (
    AddToTicket,
    Command,
    Conversation,
    CorrectTicket,
    GiveVerdict,
    OpenTicket,
    RateTicket,
    ResumeOutreach,
    StopOutreach,
    WithdrawTicket,
)
from bot.services.hands import Hands
from bot.services.labels import note_label
from bot.services.steps import step
from bot.store import contacts, events, messages, tickets

VERDICTS = {"solved": "confirm", "partly": "partly", "unsolved": "dispute"}
"""What the citizen says of an answer, as a step of the ticket."""


def carry_out(tx: Connection, hands: Hands, contact: Any, talk: Conversation, command: Command) -> int | None:
    """Does what the turn asks; the id of the ticket it touched."""
    now = hands.now()
    match command:
        case OpenTicket():
            return open_ticket(tx, hands, contact, talk.language or DEFAULT_LANGUAGE, command)
        case CorrectTicket():
            return _correct(tx, hands, contact, command)
        case AddToTicket():
            return _add(tx, hands, command)
        case WithdrawTicket():
            return _act(tx, hands, command.number, "withdraw")
        case GiveVerdict() | RateTicket():
            return _judge(tx, hands, command)
        case StopOutreach():
            contacts.opt_out(tx, contact.id, now)
        case ResumeOutreach():
            contacts.opt_out(tx, contact.id, None)
    return None


def open_ticket(tx: Connection, hands: Hands, contact: Any, language: str, command: OpenTicket) -> int:
    """Opens the ticket of a draft; its row id."""
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
        since=now,
        clock_at=now,
        touched_at=now,
        head=event["digest"],
        events=1,
    )
    messages.join_ticket(tx, draft.messages, ticket_id)
    events.record_opening(tx, ticket_id, event)
    if draft.district and draft.district != contact.district:
        contacts.settle_in(tx, contact.id, draft.district)
    return ticket_id


def _add(tx: Connection, hands: Hands, command: AddToTicket) -> int | None:
    ticket = tickets.lock(tx, command.number)
    if ticket is None:
        return None
    messages.join_ticket(tx, [command.message], ticket.id)
    step(tx, hands, ticket, "write", "citizen", changes={"unread": True, "touched_at": hands.now()})
    return int(ticket.id)


def _act(
    tx: Connection, hands: Hands, number: str, action: str, changes: dict[str, Any] | None = None, **data: Any
) -> int | None:
    """What only the citizen may do to a ticket, if its table allows it now."""
    ticket = tickets.lock(tx, number)
    seen = {"unread": True, "touched_at": hands.now()} | (changes or {})
    if ticket is None or isinstance(step(tx, hands, ticket, action, "citizen", changes=seen, **data), life.Refused):
        return None
    return int(ticket.id)


def _judge(tx: Connection, hands: Hands, command: GiveVerdict | RateTicket) -> int | None:
    if isinstance(command, RateTicket):
        return _act(tx, hands, command.number, "rate", {"rating": command.rating}, rating=command.rating)
    return _act(tx, hands, command.number, VERDICTS[command.verdict], {"verdict": command.verdict})


def _correct(tx: Connection, hands: Hands, contact: Any, command: CorrectTicket) -> int | None:
    """Puts the same ticket right and where it belongs; who had taken it in another department no longer has it."""
    before = tickets.lock(tx, command.number)
    said = _category_said(tx, before) if before else ""
    ticket_id = _act(tx, hands, command.number, "correct", category=command.draft.category)
    if before is None or ticket_id is None:
        return None
    draft, department, deadline = command.draft, command.department, command.deadline
    if draft.category == said != before.category:
        # an official sorted it meanwhile, and the citizen corrects something else: what it is about stays as it is
        draft, deadline = replace(draft, category=before.category), before.deadline
        department = hands.directory.answering("", draft.category, draft.district, draft.words)
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

"""An official says what a ticket is really about: it goes to the department that answers for that, and teaches."""

from typing import Any

from sqlalchemy import Connection

from bot.dialogue.talk import say
from bot.dialogue.values import Day
from bot.services.hands import Hands
from bot.services.labels import note_label
from bot.services.steps import step
from bot.services.telling import tell


def is_another(hands: Hands, ticket: Any, category: str) -> bool:
    """Whether `category` exists and the ticket would be about something else by it."""
    return category in hands.directory.categories and (category != ticket.category or bool(ticket.service))


def sort(tx: Connection, hands: Hands, account_id: int, ticket: Any, contact: Any, category: str) -> list[int]:
    """Gives a locked ticket its category and whatever hangs on it. `category` is one of the directory's.

    The ids of what the citizen is told.
    Who had it in another department no longer has it. A deadline may come nearer but is never put off: the citizen was
    told the day.
    """
    now, known = hands.now(), hands.directory.categories[category]
    department = hands.directory.answering("", category, ticket.district, ticket.words)
    stays = department == ticket.department
    is_complaint = ticket.kind == "complaint"
    limit = hands.directory.rules.deadline(now, category, department, ticket.district, ticket.level)
    changes = {
        "category": category,
        "service": "",
        "department": department,
        "owner_id": ticket.owner_id or account_id if stays else None,
        "priority": known.priority if is_complaint else ticket.priority,
        "sensitive": ticket.sensitive or known.sensitive,
        "unread": not stays,
        "touched_at": now,
        "deadline": min(ticket.deadline, limit) if is_complaint else ticket.deadline,
    }
    data = {"department": department, "category": category, "was": ticket.category}
    step(tx, hands, ticket, "sort", "official", account=account_id, changes=changes, **data)
    note_label(tx, hands, ticket, category, ticket.words, "correction" if stays else "transfer")
    if ticket.unsafe or (stays and changes["deadline"] == ticket.deadline):
        return []
    names = hands.directory.sender_of(department, category)
    told = say("notice.transferred", number=ticket.number, department=names, date=Day(changes["deadline"]))
    return tell(tx, hands, ticket, contact, told)

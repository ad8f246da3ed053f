"""A ticket passed on: to the office whose work it is, to one that helps, by the referee; never away from the citizen."""

from typing import Any

from sqlalchemy import Connection

from bot.dialogue.talk import say
from bot.dialogue.values import Day
from bot.services.hands import Hands
from bot.services.steps import step
from bot.services.telling import tell
from bot.store import seats, tickets

MAX_HOPS = 3
"""How often a ticket is passed on by offices before somebody above them decides whose it is."""
REFEREE = "CMU"
"""Whose desk decides then: the Chief Minister's complaint cell (a proposal of the project)."""
MIN_REASON = 10
"""Characters a reason has at least: "not ours" helps nobody who reads it later."""


def unfit(hands: Hands, ticket: Any, action: str, department: str, reason: str) -> str:
    """Why a ticket cannot be passed on like that, as a key of the catalog; empty if it can."""
    if department not in hands.directory.departments or department == ticket.department:
        return "desk.error.department"
    if department in hands.directory.accused(ticket.category, ticket.words):
        return "desk.error.accused"
    if action == "transfer" and ticket.hops >= MAX_HOPS:
        return "desk.error.hops"
    return "desk.error.reason" if len(reason) < MIN_REASON else ""


def transfer(
    tx: Connection, hands: Hands, account_id: int, ticket: Any, contact: Any, department: str, reason: str
) -> list[int]:
    """Not their work: another department answers from now on; after MAX_HOPS the referee's desk decides whose it is."""
    to = REFEREE if ticket.hops + 1 >= MAX_HOPS and ticket.department != REFEREE else department
    data = {"department": to, "wanted": department}
    return _move(tx, hands, account_id, ticket, contact, to, reason, ("transfer", "official"), data)


def refer(
    tx: Connection, hands: Hands, account_id: int, ticket: Any, contact: Any, department: str, reason: str
) -> list[int]:
    """The referee decides whose work it is; after that nobody passes it on."""
    data = {"department": department}
    return _move(tx, hands, account_id, ticket, contact, department, reason, ("refer", "referee"), data)


def ask_help(tx: Connection, hands: Hands, account_id: int, ticket: Any, department: str, reason: str) -> None:
    """Another department sees the ticket too, and may answer the citizen and note; the first one stays responsible."""
    seats.add(tx, ticket.id, department, seats.HELPER)
    step(tx, hands, ticket, "help", "official", account=account_id, text=reason, department=department)


def _move(
    tx: Connection,
    hands: Hands,
    account_id: int,
    ticket: Any,
    contact: Any,
    to: str,
    reason: str,
    act: tuple[str, str],
    data: dict[str, str],
) -> list[int]:
    now, rules = hands.now(), hands.directory.rules
    limit = rules.deadline(now, ticket.category, to, ticket.district, ticket.level)
    changes = {
        "department": to, "owner_id": None, "hops": tickets.tickets.c.hops + 1, "unread": True, "touched_at": now,
        "deadline": min(ticket.deadline, limit),
    }  # fmt: skip
    action, role = act
    step(tx, hands, ticket, action, role, account=account_id, text=reason, changes=changes, **data)
    if ticket.unsafe:
        return []
    names = hands.directory.sender_of(to, ticket.category)
    told = say("notice.transferred", number=ticket.number, department=names, date=Day(changes["deadline"]))
    return tell(tx, hands, ticket, contact, told)

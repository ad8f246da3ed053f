"""A citizen's number is shown to one official: asked for with a reason, granted by a second person, every look written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sealing import DECISIONS, SHOWN_FOR, Standing, may_decide, reason_fault, standing
from bot.services.hands import Hands
from bot.services.numbers import number_of
from bot.services.orders import Done, NotAllowed, Official, Repeated, Unfit
from bot.store import audit, contacts, tickets, unsealings
from bot.text.fold import clean

SHOWN = 50
"""Requests a page lists."""


@dataclass(frozen=True, slots=True)
class Seal:
    """How it stands between an official and the number of a ticket's citizen. `at`: of the last thing that happened, `who`
    decided; `number`: only while it is open, until `until`; empty then where our keys do not open it."""

    standing: Standing
    at: datetime | None = None
    who: str = ""
    until: datetime | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Requests:
    """What the page of those who decide shows."""

    waiting: Sequence[Any]
    decided: Sequence[Any]


def ask(hands: Hands, official: Official, number: str, reason: str) -> Done | Repeated | Unfit | None:
    """Writes down that the official wants to see the number behind a ticket. None if the ticket is none of theirs."""
    reason = clean(reason)
    if fault := reason_fault(reason):
        return Unfit(f"desk.error.reason_{fault}")
    with hands.db.write() as tx:
        ticket = tickets.find(tx, number)
        if ticket is None or not official.may_see(tx, ticket.id, ticket.department):
            return None
        if unsealings.ask(tx, ticket.id, official.account_id, reason, hands.now()) is None:
            return Repeated()
        audit.note(tx, hands.now(), official.account_id, "unseal.ask", f"ticket:{number}", reason=reason)
        return Done()


def decide(hands: Hands, official: Official, unsealing_id: int, action: str) -> Done | Repeated | NotAllowed | None:
    """Grants or refuses (`action`: of DECISIONS) somebody else's request. None if there is none the official may see."""
    now = hands.now()
    with hands.db.write() as tx:
        asked = unsealings.find(tx, unsealing_id)
        if asked is None or not official.may_see(tx, asked.ticket_id, asked.department):
            return None
        if not may_decide(asked.asked_by, official.account_id):
            return NotAllowed("own", action)
        until = now + SHOWN_FOR if action == "grant" else None
        fields = {"decision": DECISIONS[action], "expires_at": until}
        if not unsealings.decide(tx, unsealing_id, official.account_id, now, **fields):
            return Repeated()
        subject = f"ticket:{asked.number}"
        audit.note(
            tx, now, official.account_id, f"unseal.{action}", subject, asked_by=asked.asked_by, request=unsealing_id
        )
        return Done()


def look(hands: Hands, official: Official, ticket: Any) -> Seal:
    """What the official sees of the number behind a ticket they may see. Where that is the number itself, the look is written
    down first. Raises DatabaseAway, and shows nothing, where it cannot be."""
    now = hands.now()
    with hands.db.read() as tx:
        asked = unsealings.newest_of(tx, ticket.id, official.account_id)
    if asked is None:
        return Seal(Standing.SEALED)
    stands = standing(asked.decision, asked.expires_at, now)
    seal = Seal(stands, asked.decided_at or asked.asked_at, asked.decider or "", asked.expires_at)
    if stands is not Standing.OPEN:
        return seal
    with hands.db.write() as tx:
        audit.note(tx, now, official.account_id, "unseal.look", f"ticket:{ticket.number}", request=asked.id)
        contact = contacts.find(tx, ticket.contact_id)
    number = number_of(hands, ticket.contact_id, contact.phone) or ""  # type: ignore[attr-defined, unused-ignore]
    return Seal(stands, seal.at, seal.who, seal.until, number)


def see_requests(hands: Hands, official: Official) -> Requests:
    """The requests that wait for somebody like the official, and what became of the last ones."""
    with hands.db.read() as tx:
        waiting = unsealings.waiting(tx, official.departments, SHOWN)
        return Requests(waiting, unsealings.decided(tx, official.departments, SHOWN))

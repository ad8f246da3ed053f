"""What each action of an official checks before it is done, and does; inside the desk's one transaction."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from bot import tickets as life
from bot.dialogue import form
from bot.dialogue.values import Option, Reply, Term
from bot.services import hearing, passing, sorting
from bot.services.hands import Hands
from bot.services.orders import MAX_REPLY, NotAllowed, Official, Order, Stale, Unfit
from bot.services.steps import step
from bot.services.telling import tell
from bot.store import accounts, media

SPEAKING = ("reply", "ask", "resolve", "reject")
"""Actions whose words the citizen gets."""
WRITTEN = (*SPEAKING, "note", "hear", "transfer", "refer", "help")
PASSING = ("transfer", "refer", "help")
CROSSING = (*SPEAKING, "sort", "hear", "transfer", "refer")
"""A note or a take disturbs nobody; words to the citizen, and opinions of whose it is, must not cross."""
Locked = tuple[Any, Any]
"""(ticket, contact), both locked"""
Deed = Callable[[Connection, Hands, Official, Locked, Order], list[int]]


def unfit_words(order: Order) -> Unfit | None:
    """Whether words are missing or too long."""
    if order.action not in WRITTEN:
        return None
    if not order.text:
        return Unfit("desk.error.empty")
    return Unfit("desk.error.long") if len(order.text) > MAX_REPLY else None


def refuses(
    tx: Connection, hands: Hands, who: tuple[Official, str], ticket: Any, order: Order
) -> Stale | NotAllowed | Unfit | None:
    """Why a form is refused; None if it may be carried out. `who`: the official, and what they are to the ticket."""
    official, part = who
    if order.action in CROSSING and ticket.version != order.version:
        return Stale(order.text)
    role = "referee" if order.action == "refer" and official.decides else part
    if isinstance(life.next_state(ticket.state, order.action, role), life.Refused):
        return NotAllowed(ticket.state, order.action)
    key = _unfit(tx, hands, ticket, order)
    return Unfit(key) if key else None


def _unfit(tx: Connection, hands: Hands, ticket: Any, order: Order) -> str:
    """What an order lacks, as a key of the catalog; empty if nothing."""
    action = order.action
    if action in ("reply", "ask", "reject") and ticket.unsafe:
        return "desk.error.unsafe"
    if action == "sort" and not sorting.is_another(hands, ticket, order.category):
        return "desk.error.category"
    if action == "hear" and not hearing.may_hear(tx, ticket):
        return "desk.error.hear"
    if action == "reject" and order.reason not in hands.directory.reasons:
        return "desk.error.no_reason"
    if action == "assign" and not accounts.works_for(tx, order.to, ticket.department):
        return "desk.error.assign"
    return passing.unfit(hands, ticket, action, order.department, order.text) if action in PASSING else ""


def carry_out(tx: Connection, hands: Hands, official: Official, locked: Locked, order: Order) -> list[int]:
    """Does what was ordered; the ids of the messages that leave by it."""
    return DEEDS.get(order.action, _step)(tx, hands, official, locked, order)


def _step(tx: Connection, hands: Hands, official: Official, locked: Locked, order: Order) -> list[int]:
    """Takes, notes, or says something to the citizen; whoever does more than note is its owner where nobody was."""
    (ticket, contact), action = locked, order.action
    # not safe to write to: what was done is kept with the ticket and sent to nobody
    tells = action in SPEAKING and not ticket.unsafe
    takes = action == "take" or (ticket.owner_id is None and action != "note")
    changes = {"owner_id": official.account_id if takes else ticket.owner_id, "unread": False}
    step(
        tx, hands, ticket, action, "official", account=official.account_id, text="" if tells else order.text,
        changes=changes | ({"reason": order.reason} if action == "reject" else {}),
        **({"reason": order.reason} if action == "reject" else {}),
    )  # fmt: skip
    if not tells:
        return []
    file = order.file if action == "reply" else {}
    files = [media.keep(tx, ticket.id, hands.now(), **file)] if file else []
    reply, asking = _said(hands, ticket, order)
    return tell(tx, hands, ticket, contact, reply, asking=asking, files=files)


def _said(hands: Hands, ticket: Any, order: Order) -> tuple[Reply, tuple[str, Reply] | None]:
    """The official's words in their frame, and the question that goes with them where one may be asked."""
    department = hands.directory.sender_of(ticket.department, ticket.category)
    values: dict[str, Any] = {"department": department, "number": ticket.number, "text": order.text}
    if order.action == "reject":
        values["reason"] = hands.directory.reasons[order.reason]
    reply = Reply(f"desk_reply.{order.action}", values)
    if order.action == "resolve":
        options = tuple(Option(name, Term(f"option.{name}")) for name in form.VERDICTS)
        return reply, ("verdict", Reply("desk_reply.resolve_ask", values, options))
    if order.action == "reject":
        reopen = (Option("reopen", Term("option.reopen")),)
        return reply, ("verdict.again", Reply("desk_reply.reject", values, reopen))
    return reply, None


def _sort(tx: Connection, hands: Hands, official: Official, locked: Locked, order: Order) -> list[int]:
    return sorting.sort(tx, hands, official.account_id, *locked, order.category)


def _hear(tx: Connection, hands: Hands, official: Official, locked: Locked, order: Order) -> list[int]:
    hearing.hear(tx, hands, official.account_id, locked[0], order.text)
    return []


def _assign(tx: Connection, hands: Hands, official: Official, locked: Locked, order: Order) -> list[int]:
    changes = {"owner_id": order.to, "unread": True}
    step(tx, hands, locked[0], "assign", "official", account=official.account_id, changes=changes, to=order.to)
    return []


def _transfer(tx: Connection, hands: Hands, official: Official, locked: Locked, order: Order) -> list[int]:
    return passing.transfer(tx, hands, official.account_id, *locked, order.department, order.text)


def _refer(tx: Connection, hands: Hands, official: Official, locked: Locked, order: Order) -> list[int]:
    return passing.refer(tx, hands, official.account_id, *locked, order.department, order.text)


def _help(tx: Connection, hands: Hands, official: Official, locked: Locked, order: Order) -> list[int]:
    passing.ask_help(tx, hands, official.account_id, locked[0], order.department, order.text)
    return []


DEEDS: dict[str, Deed] = {
    "sort": _sort,
    "hear": _hear,
    "assign": _assign,
    "transfer": _transfer,
    "refer": _refer,
    "help": _help,
}
"""Actions that do more than a step with words."""

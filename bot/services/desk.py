"""What an official does to a ticket: look, take, sort, hear, reply, note, resolve; each in one transaction, if its table allows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot import tickets as life
from bot.services import acting, hearing, passing
from bot.services.hands import Hands
from bot.services.orders import Done, Official, Order, Repeated, Result
from bot.store import accounts, contacts, events, media, messages, outbox, queues, tickets
from bot.text.fold import clean
from bot.views import View

PAGE = 25


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with all that was said and done, oldest first."""

    ticket: Any
    alias: str
    """Whom it is of, as the desk calls them."""
    lines: Sequence[tuple[str, Any]]
    """(`in`, inbound row), (`out`, outbox row) or (`event`, event row)"""
    actions: Sequence[str]
    files: Sequence[Any] = ()
    """Rows of all files of the messages and the answers."""
    colleagues: Sequence[Any] = ()
    """(id, name) of those it can be given to."""


def see_queue(hands: Hands, official: Official, view: View, page: int) -> Sequence[Any]:
    """One page of a view of the queue (PAGE rows, and one more if there is a next page)."""
    with hands.db.read() as tx:
        return queues.page(tx, _reader(hands, official), view, PAGE + 1, offset=PAGE * page)


def count_queue(hands: Hands, official: Official) -> dict[str, int]:
    """{view: tickets} of what the official may see."""
    with hands.db.read() as tx:
        return queues.counts(tx, _reader(hands, official))


def _reader(hands: Hands, official: Official) -> queues.Reader:
    return queues.Reader(official.account_id, official.departments, hands.now())


def see_ticket(hands: Hands, official: Official, number: str) -> TicketPage | None:
    """The ticket, or None if there is none or it is another department's: a stranger cannot tell which."""
    with hands.db.read() as tx:
        ticket = tickets.find(tx, number)
        part = official.part(tx, ticket.id, ticket.department) if ticket else ""
        if ticket is None or not part:
            return None
        said: list[tuple[str, Any]] = [("in", row) for row in messages.of_ticket(tx, ticket.id)]
        # of a message that was sent anew the newest is shown, and says so
        said += [("out", row) for row in outbox.of_ticket(tx, ticket.id) if row.state != "replaced"]
        said += [("event", row) for row in events.of_ticket(tx, ticket.id)]
        files = media.of_ticket(tx, ticket.id)
        contact = contacts.find(tx, ticket.contact_id)
        colleagues = accounts.of_department(tx, ticket.department)
    said.sort(key=lambda line: _when(*line))
    allowed = life.allowed_actions(ticket.state, part)
    if official.decides:
        allowed += life.allowed_actions(ticket.state, "referee")
    barred = {"reply", "ask", "reject"} if ticket.unsafe else set()
    if ticket.hops >= passing.MAX_HOPS:
        barred.add("transfer")
    if not hearing.may_be_heard(ticket, files, [row for kind, row in said if kind == "event"]):
        barred.add("hear")
    actions = [action for action in allowed if action not in barred]
    return TicketPage(ticket, contact.alias, said, actions, files, colleagues)


def mark_read(hands: Hands, ticket_id: int, version: int) -> None:
    """The official has seen what the citizen wrote, up to the version that was shown."""
    with hands.db.write() as tx:
        tickets.mark_read(tx, ticket_id, version)


def act(hands: Hands, official: Official, order: Order) -> Result | None:
    """Carries out one form. None if the ticket is none of the official's."""
    order = replace(order, text=clean(order.text))
    if unfit := acting.unfit_words(order):
        return unfit
    with hands.db.write() as tx:
        seen = tickets.find(tx, order.number)
        part = official.part(tx, seen.id, seen.department) if seen else ""
        if seen is None or not part:
            # The second tap of what gave the ticket to another department finds it gone, and must not look like a fault.
            return Repeated() if accounts.was_submitted(tx, order.key, official.account_id) else None
        # Contact before ticket, as a citizen's own turn locks them: the other way round the two could wait for each other.
        contact = contacts.lock(tx, seen.contact_id)
        ticket = tickets.lock(tx, order.number) or seen
        if not accounts.submit_once(tx, order.key, official.account_id, hands.now()):
            return Repeated()
        if refused := acting.refuses(tx, hands, (official, part), ticket, order):
            accounts.take_back(tx, order.key)
            return refused
        return Done(tuple(acting.carry_out(tx, hands, official, (ticket, contact), order)))


def _when(kind: str, row: Any) -> Any:
    return (row.received_at if kind == "in" else row.created_at if kind == "out" else row.at, row.id)

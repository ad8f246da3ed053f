"""What an official does to a ticket: look, take, sort, hear, reply, note, resolve; each in one transaction, if its table allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from bot import tickets as life
from bot.dialogue import form
from bot.dialogue.values import Conversation, Option, Reply, Term
from bot.outbox import Lane
from bot.services import hearing, sorting
from bot.services.hands import Hands
from bot.services.turns import outgoing
from bot.store import accounts, contacts, conversations, media, messages, outbox, tickets
from bot.text.fold import clean

MAX_REPLY = 1200
"""Characters of an official's reply: what is put around it must still fit Twilio's 1,600."""
PAGE = 25


@dataclass(frozen=True, slots=True)
class Official:
    """Who acts. `departments`: None for those who see all."""

    account_id: int
    name: str
    departments: tuple[str, ...] | None

    def may_see(self, department: str) -> bool:
        return self.departments is None or department in self.departments


@dataclass(frozen=True, slots=True)
class Done:
    """It happened. `outbox_ids`: what is to be sent now."""

    outbox_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same form came before; nothing was done again."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody changed the ticket meanwhile; nothing was done, and `text` is not lost."""

    text: str


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The ticket's table has no such step now."""

    state: str
    action: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """The text is missing or too long, or no other category was chosen; `key` says which in the catalog."""

    key: str


Result = Done | Repeated | Stale | NotAllowed | Unfit


@dataclass(frozen=True, slots=True)
class Order:
    """One form: `key` is new for every form shown, so a double tap is known; `version` is the ticket's as it was seen."""

    number: str
    action: str
    key: str
    version: int
    text: str = ""
    category: str = ""
    """What the ticket is about, for `sort`."""
    file: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the row of a file that goes with a reply and lies on the shelf already; empty: none goes."""


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


def see_queue(hands: Hands, official: Official, states: Sequence[str], page: int) -> Sequence[Any]:
    """One page of the queue (PAGE rows, and one more if there is a next page), newest trouble first."""
    with hands.db.read() as tx:
        return tickets.queue(tx, official.departments, states, PAGE + 1, offset=PAGE * page)


def count_queue(hands: Hands, official: Official) -> dict[str, int]:
    """{state: tickets} of what the official may see."""
    with hands.db.read() as tx:
        return tickets.count_by_state(tx, official.departments)


def see_ticket(hands: Hands, official: Official, number: str) -> TicketPage | None:
    """The ticket, or None if there is none or it is another department's: a stranger cannot tell which."""
    with hands.db.read() as tx:
        ticket = tickets.find(tx, number)
        if ticket is None or not official.may_see(ticket.department):
            return None
        said: list[tuple[str, Any]] = [("in", row) for row in messages.of_ticket(tx, ticket.id)]
        # of a message that was sent anew the newest is shown, and says so
        said += [("out", row) for row in outbox.of_ticket(tx, ticket.id) if row.state != "replaced"]
        said += [("event", row) for row in tickets.events_of(tx, ticket.id)]
        files = media.of_ticket(tx, ticket.id)
        contact = contacts.find(tx, ticket.contact_id)
    said.sort(key=lambda line: _when(*line))
    allowed = life.allowed_actions(ticket.state, "official")
    barred = {"reply"} if ticket.unsafe else set()
    if not hearing.may_be_heard(ticket, files, [row for kind, row in said if kind == "event"]):
        barred.add("hear")
    return TicketPage(ticket, contact.alias, said, [action for action in allowed if action not in barred], files)


def mark_read(hands: Hands, ticket_id: int, version: int) -> None:
    """The official has seen what the citizen wrote, up to the version that was shown."""
    with hands.db.write() as tx:
        tickets.mark_read(tx, ticket_id, version)


def act(hands: Hands, official: Official, order: Order) -> Result | None:
    """Carries out one form. None if the ticket is none of the official's."""
    text = clean(order.text)
    if order.action in ("reply", "resolve", "note", "hear") and (unfit := _unfit(text)):
        return unfit
    with hands.db.write() as tx:
        seen = tickets.find(tx, order.number)
        if seen is None or not official.may_see(seen.department):
            # The second tap of what gave the ticket to another department finds it gone, and must not look like a fault.
            return Repeated() if accounts.was_submitted(tx, order.key, official.account_id) else None
        # Contact before ticket, as a citizen's own turn locks them: the other way round the two could wait for each other.
        contact = contacts.lock(tx, seen.contact_id)
        ticket = tickets.lock(tx, order.number) or seen
        if not accounts.submit_once(tx, order.key, official.account_id, hands.now()):
            return Repeated()
        order = replace(order, text=text)
        state = _next_state(tx, hands, ticket, order)
        if not isinstance(state, str):
            accounts.take_back(tx, order.key)
            return state
        return Done(tuple(_carry_out(tx, hands, official, (ticket, contact), order, state)))


def _next_state(tx: Connection, hands: Hands, ticket: Any, order: Order) -> str | Stale | NotAllowed | Unfit:
    """The state the ticket gets, or why the form is refused."""
    # A note or a take disturbs nobody; words to the citizen, and opinions of what it is about, must not cross.
    if order.action in ("reply", "resolve", "sort", "hear") and ticket.version != order.version:
        return Stale(order.text)
    state = life.next_state(ticket.state, order.action, "official")
    if isinstance(state, life.Refused):
        return NotAllowed(ticket.state, order.action)
    if order.action == "reply" and ticket.unsafe:
        return Unfit("desk.error.unsafe")
    if order.action == "sort" and not sorting.is_another(hands, ticket, order.category):
        return Unfit("desk.error.category")
    if order.action == "hear" and not hearing.may_hear(tx, ticket):
        return Unfit("desk.error.hear")
    return state


def _carry_out(
    tx: Connection, hands: Hands, official: Official, locked: tuple[Any, Any], order: Order, state: str
) -> list[int]:
    ticket, contact = locked
    if order.action == "sort":
        sorting.sort(tx, hands, official.account_id, ticket, order.category)
        return []
    if order.action == "hear":
        hearing.hear(tx, hands, official.account_id, ticket, order.text)
        return []
    now, action = hands.now(), order.action
    owner = ticket.owner_id
    if action == "take" or (owner is None and action != "note"):
        owner = official.account_id
    tickets.change(tx, ticket.id, state=state, owner_id=owner, unread=False)
    # not safe to write to: what was done is kept with the ticket and sent to nobody
    tells = action in ("reply", "resolve") and not ticket.unsafe
    data = {"text": order.text} if action == "note" or (action == "resolve" and not tells) else {}
    tickets.record(tx, ticket.id, now, "official", action, account=official.account_id, **data)
    file = order.file if tells and action == "reply" else {}
    files = [media.keep(tx, ticket.id, now, **file)] if file else []
    return _tell(tx, hands, ticket, contact, action, order.text, files) if tells else []


def _tell(
    tx: Connection, hands: Hands, ticket: Any, contact: Any, action: str, text: str, files: Sequence[int]
) -> list[int]:
    """Sends the official's words in the citizen's language, and remembers what the citizen may answer to.

    `files`: ids of what goes along. By SMS their addresses stand in the words; on WhatsApp they follow in a message of their
    own: papers and voice have no room for words there (Twilio's guidance on WhatsApp media), and photos for few.
    """
    talk = conversations.load(contact.conversation)
    department = hands.directory.sender_of(ticket.department, ticket.category)
    values = {"department": department, "number": ticket.number, "text": text}
    reply = Reply(f"desk_reply.{action}", values)
    if not _is_busy(talk):
        ask = action == "resolve"
        options = (Option("solved", Term("option.solved")), Option("unsolved", Term("option.unsolved")))
        reply = Reply("desk_reply.resolve_ask", values, options) if ask else reply
        offered = tuple(option.id for option in options) if ask else ()
        talk = replace(talk, about=ticket.number, step="verdict" if ask else "", offered=offered, opened=None)
        contacts.remember(tx, contact.id, conversation=conversations.dump(talk))
    language = contact.language or ticket.language
    row = outgoing(hands, contact.id, "", Lane.NOTICE, carrier=contact.carrier, channel=contact.channel)
    row |= {"language": language, "ticket_id": ticket.id}
    words = row | hands.catalog.compose(reply, language, talk.digits)
    if not files:
        return outbox.put(tx, [words])
    if contact.channel == "sms":
        return outbox.put(tx, [words | {"media": list(files)}])
    alone = row | {"ref": hands.ref(), "media": list(files)}
    return [*outbox.put(tx, [words]), *outbox.put(tx, [alone])]


def _is_busy(talk: Conversation) -> bool:
    """Whether the citizen is in the middle of answering something else, which must not be lost."""
    return talk.draft is not None or (
        talk.step in form.QUESTIONS and talk.step not in ("menu", "verdict", "ticket.added")
    )


def _unfit(text: str) -> Unfit | None:
    if not text:
        return Unfit("desk.error.empty")
    return Unfit("desk.error.long") if len(text) > MAX_REPLY else None


def _when(kind: str, row: Any) -> Any:
    return (row.received_at if kind == "in" else row.created_at if kind == "out" else row.at, row.id)

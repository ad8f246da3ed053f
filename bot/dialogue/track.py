"""What became of a ticket: by its number, from the list of one's own, and the citizen's verdict on the answer."""

from bot import tickets
from bot.dialogue import form, verdict
from bot.dialogue.talk import Talk, join, say
from bot.dialogue.values import Day, Reply, Term, TicketView, Turn

SHORT_MESSAGE = 4
"""A number in so few words is meant as a ticket's; in a longer message it may be a meter's."""


def names_ticket(talk: Talk) -> bool:
    """A number that passes its check: one's own at any step; a stranger's, or a mistyped one, when nothing else is told."""
    if talk.ticket_number and talk.own_ticket(talk.ticket_number):
        return True
    if talk.ticket_number and talk.wants("track"):
        return True
    if talk.conversation.draft or talk.topics or talk.words > SHORT_MESSAGE:
        return False
    return bool(talk.ticket_number) or (talk.idle and tickets.looks_like_number(talk.folded))


def show(talk: Talk) -> Turn:
    """The state of one's own ticket. A stranger's number and a mistyped one get the same kind answer."""
    ticket = talk.own_ticket(talk.ticket_number)
    if ticket is None:
        return talk.beside(say("track.unknown"), form.current_question(talk) if talk.conversation.draft else None)
    return tell(talk, ticket)


def wants_check(talk: Talk) -> bool:
    """ "check 48271936": the short code of one's own ticket's history."""
    asks = any(word in talk.world.lexicon.cues["check"] for word in talk.folded.split())
    return asks and talk.words <= SHORT_MESSAGE and talk.own_ticket(talk.ticket_number) is not None


def check(talk: Talk) -> Turn | None:
    """The code that anybody can compare with the one on the public page: as long as both agree, nothing was rewritten."""
    ticket = talk.own_ticket(talk.ticket_number)
    if ticket is None:
        return None
    told = say("track.check", number=ticket.number, steps=ticket.steps, code=ticket.code)
    return talk.beside(told, form.current_question(talk) if talk.conversation.draft else None)


def wants_list(talk: Talk) -> bool:
    return talk.meaning in ("mine", "track") or talk.wants("track")


def show_list(talk: Talk) -> Turn:
    """One's own tickets, newest first. In the middle of a draft they are told by the way."""
    own = talk.own_tickets
    if talk.conversation.draft:
        told = join(*(_state(talk, ticket) for ticket in own[: form.MAX_LISTED])) if own else say("mine.none")
        return talk.beside(told, form.current_question(talk))
    if not own:
        return talk.turn(join(say("mine.none"), form.menu()), step="menu")
    return tell(talk, own[0]) if len(own) == 1 else form.ask(talk, "mine")


def answer_list(talk: Talk) -> Turn | None:
    ticket = talk.own_ticket(talk.picked)
    return tell(talk.with_conversation(step=""), ticket) if ticket else None


def tell(talk: Talk, ticket: TicketView) -> Turn:
    """How a ticket stands; an answered one asks for the verdict."""
    told = _state(talk, ticket)
    if talk.conversation.draft:
        return talk.beside(told, form.current_question(talk))
    if question := verdict.question_of(ticket, talk.world.now):
        return form.ask(talk.with_conversation(about=ticket.number), question, told)
    return talk.turn(join(told, say("track.write")), step="", about=ticket.number)


def _state(talk: Talk, ticket: TicketView) -> Reply:
    directory = talk.world.directory
    is_due = ticket.state in tickets.RUNNING | {"waiting"}
    if ticket.unsafe or directory.is_quiet(ticket.category):
        return say("quiet.state", number=ticket.number, state=Term(f"state.{ticket.state}"))
    late = is_due and ticket.deadline < talk.world.now
    return say(
        "track.late" if late else "track.due" if is_due else "track.state",
        number=ticket.number,
        category=directory.names_of("category", ticket.category),
        department=directory.departments[ticket.department].names,
        state=Term(f"state.{ticket.state}"),
        date=Day(ticket.deadline),
    )

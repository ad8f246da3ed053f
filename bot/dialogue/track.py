"""What became of a ticket: by its number, from the list of one's own, by writing to it, and the citizen's verdict."""

from bot import tickets
from bot.dialogue import form, report
from bot.dialogue.talk import BACK, Talk, join, say
from bot.dialogue.values import AddToTicket, Day, GiveVerdict, Option, Reply, Term, TicketView, Turn
from bot.names import Names

MAX_LISTED = 8
CLEAR_SCORE = 1.5
LONG_MESSAGE = 4
"""Words from which a message with another topic is taken for a new complaint rather than a word on the last one."""


def names_ticket(talk: Talk) -> bool:
    """A number that passes its check: one's own at any step, any when no question is open."""
    if not talk.ticket_number:
        return talk.idle and tickets.looks_like_number(talk.folded)
    return not talk.conversation.draft or talk.own_ticket(talk.ticket_number) is not None


def show(talk: Talk) -> Turn:
    """The state of one's own ticket. A stranger's number and a mistyped one get the same kind answer."""
    ticket = talk.own_ticket(talk.ticket_number)
    if ticket is None:
        return talk.beside(say("track.unknown"), form.current_question(talk))
    return _show(talk, ticket)


def wants_list(talk: Talk) -> bool:
    return talk.meaning in ("mine", "track")


def show_list(talk: Talk) -> Turn:
    """One's own tickets, newest first; a number or a line's number shows one."""
    own = talk.own_tickets[:MAX_LISTED]
    if not own:
        return talk.turn(join(say("mine.none"), form.menu()), step="menu")
    if len(own) == 1:
        return _show(talk, own[0])
    return talk.turn(say("mine.list", [*(_line(talk, ticket) for ticket in own), BACK]), step="mine")


def answer_list(talk: Talk) -> Turn | None:
    ticket = talk.own_ticket(talk.picked)
    return _show(talk.with_conversation(step=""), ticket) if ticket else None


def is_word_on_ticket(talk: Talk) -> bool:
    """Whether a message with no other aim belongs to the ticket that was spoken of last."""
    ticket = talk.own_ticket(talk.conversation.about) if talk.conversation.about and talk.idle else None
    if ticket is None or talk.meaning or not (talk.folded or talk.message.media or talk.message.pin):
        return False
    return not (talk.words >= LONG_MESSAGE and _is_elsewhere(talk, ticket.category))


def _is_elsewhere(talk: Talk, category: str) -> bool:
    """Whether the words are clearly of another sector than the ticket's: one stray word ("near the jetty") is not enough."""
    if not talk.topics or (talk.topics[0][1] < CLEAR_SCORE and not talk.places):
        return False
    sectors = {code: c.sector for code, c in talk.world.directory.categories.items()}
    return sectors[talk.topics[0][0]] != sectors.get(category)


def add(talk: Talk) -> Turn:
    """Adds the message to the ticket, and offers to make it a complaint of its own."""
    number = talk.conversation.about
    reply = say("ticket.added", [Option("new_complaint", Term("option.new_complaint"))], number=number)
    return talk.turn(reply, commands=(AddToTicket(number, talk.message.id),), step="ticket.added", aside=talk.message)


def answer_added(talk: Talk) -> Turn:
    """1 makes a new complaint of what was just added; anything else goes on as if nothing had been asked."""
    if talk.picked == "new_complaint" and talk.conversation.aside:
        return report.begin(talk.take_up())
    return talk.again(talk.with_conversation(step="", aside=None))


def answer_verdict(talk: Talk) -> Turn:
    """The citizen's own word on an answered ticket."""
    ticket = talk.own_ticket(talk.conversation.about)
    solved = talk.picked == "solved" or talk.meaning == "yes"
    if ticket is None or ticket.state != "answered" or not (solved or talk.picked or talk.meaning == "no"):
        return talk.again(talk.with_conversation(step=""))
    key = "verdict.closed" if solved else "verdict.reopened"
    return talk.turn(say(key, number=ticket.number), commands=(GiveVerdict(ticket.number, solved),), step="")


def _show(talk: Talk, ticket: TicketView) -> Turn:
    told = _state(talk, ticket)
    if question := form.current_question(talk):
        return talk.beside(told, question)
    if ticket.state == "answered":
        ask = form.question(talk, "verdict")
        return talk.turn(join(told, ask), step="verdict", about=ticket.number)
    return talk.turn(join(told, say("track.write")), step="", about=ticket.number)


def _state(talk: Talk, ticket: TicketView) -> Reply:
    directory = talk.world.directory
    is_due = ticket.state in tickets.OPEN_STATES - {"answered"}
    late = is_due and ticket.deadline < talk.world.now
    return say(
        "track.late" if late else "track.due" if is_due else "track.state",
        number=ticket.number,
        category=directory.names_of("category", ticket.category),
        department=directory.departments[ticket.department].names,
        state=Term(f"state.{ticket.state}"),
        date=Day(ticket.deadline),
    )


def _line(talk: Talk, ticket: TicketView) -> Option:
    names = talk.world.directory.names_of("category", ticket.category)
    return Option(
        ticket.number, Names({lang: f"{ticket.number} {name}" for lang, name in names.by_language.items()}, {})
    )

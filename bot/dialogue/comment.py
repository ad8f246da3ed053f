"""A message with no other aim belongs to the ticket that was spoken of last; one more number makes it a complaint of its own."""

from bot.dialogue import draft as drafts
from bot.dialogue import form, report
from bot.dialogue.talk import Talk, say
from bot.dialogue.values import AddToTicket, Due, Turn

LONG_MESSAGE = 4
"""Words from which a message with another topic is taken for a new complaint rather than a word on the last one."""


def wanted(talk: Talk) -> bool:
    """Whether there is a ticket it can belong to, and it is no command, no bare number and no clearly other trouble."""
    ticket = talk.own_ticket(talk.conversation.about) if talk.conversation.about and talk.idle else None
    if ticket is None or talk.meaning or talk.choice is not None:
        return False
    if not (talk.folded or talk.message.media or talk.message.pin):
        return False
    return not (talk.words >= LONG_MESSAGE and drafts.is_elsewhere(talk, ticket.category))


def add(talk: Talk) -> Turn:
    """Adds the message to the ticket, and offers to make it a complaint of its own; what was asked for is thanked for."""
    command = AddToTicket(talk.conversation.about, talk.message.id)
    ticket = talk.own_ticket(talk.conversation.about)
    if ticket and ticket.state == "waiting":
        told = say("ticket.told", number=ticket.number, date=Due(ticket.number))
        return talk.turn(told, commands=(command,))
    return talk.turn(form.question(talk, "ticket.added"), commands=(command,), step="ticket.added", aside=talk.message)


def answer(talk: Talk) -> Turn:
    """1 makes a new complaint of what was just added; anything else goes on as if nothing had been asked."""
    if talk.picked == "new_complaint" and talk.conversation.aside:
        return report.begin(talk.take_up())
    return talk.again(talk.with_conversation(step="", aside=None))

"""A ticket opens: its number, who answers and until when; and the number to call first where life may be at stake."""

from datetime import datetime

from bot import tickets
from bot.dialogue import danger, form, track
from bot.dialogue import draft as drafts
from bot.dialogue.talk import Talk, join, say
from bot.dialogue.values import CorrectTicket, Day, Draft, OpenTicket, Reply, Turn, WithdrawTicket
from bot.limits import QUESTION

CORRECT = 2
"""The number that corrects what was just sent; 0 takes it back."""
OPENED = {"complaint": "report.opened", "question": "question.opened"}


def open_complaint(talk: Talk) -> Turn:
    """The draft becomes a complaint of the department that answers for its category and place."""
    talk, warning = danger.warn(talk)
    draft = form.draft_of(talk)
    department, deadline = _route(talk, draft)
    return _open(talk, draft, department, deadline, *warning)


def open_at_once(talk: Talk, *before: Reply) -> Turn:
    """One message was enough: the ticket opens, and one number corrects it or takes it back."""
    talk = drafts.change(talk, number=talk.world.new_number())
    return _send(talk, "report.opened_at_once", OpenTicket, *before)


def open_unsafe(talk: Talk) -> Turn:
    """It is not safe to write back: the ticket opens, or is corrected, with what is known; nothing more is written of it."""
    command = CorrectTicket if form.draft_of(talk).number else OpenTicket
    talk = drafts.change(talk, number=form.draft_of(talk).number or talk.world.new_number(), unsafe=True)
    draft = form.draft_of(talk)
    department, deadline = _route(talk, draft)
    told = say("quiet.unsafe", number=draft.number, helpline=danger.helpline(talk))
    commands = (command(draft.number, draft, department, deadline),)
    return talk.turn(told, commands=commands, step="", draft=None, about=draft.number)


def correct(talk: Talk) -> Turn:
    """The same ticket, corrected: it goes to the department that answers for what it is about now."""
    draft = form.draft_of(talk)
    if not _allows(talk, draft.number, "correct"):
        return _too_late(talk.with_conversation(draft=None), draft.number)
    return _send(talk, "report.corrected", CorrectTicket)


def answer_opened(talk: Talk) -> Turn:
    """2 corrects, 0 withdraws; anything else goes on as if nothing had been asked."""
    opened, action = talk.conversation.opened, _asked(talk)
    plain = talk.with_conversation(step="", opened=None)
    if opened is None or not action:
        if opened and (talk.gist == "yes" or talk.meaning == "thanks"):
            return talk.turn(say("thanks"), step="opened", opened=opened)
        return talk.again(plain)
    if not _allows(talk, opened.number, action):
        return _too_late(plain, opened.number)
    if action == "correct":
        return form.ask(plain.with_conversation(draft=opened), "report.change")
    told = say("report.withdrawn", number=opened.number)
    return plain.turn(told, commands=(WithdrawTicket(opened.number),), about="")


def _asked(talk: Talk) -> str:
    """What is to be done with the ticket just sent, as its table calls it, or empty."""
    if talk.choice == CORRECT or talk.gist == "no":
        return "correct"
    return "withdraw" if talk.wants_back or talk.meaning == "cancel" else ""


def open_question(talk: Talk, draft: Draft, *before: Reply) -> Turn:
    """The draft becomes a question to the department that gives the service, or that its topic belongs to."""
    rules = talk.world.directory.rules
    department = talk.world.directory.answering(draft.service, draft.category)
    return _open(talk, draft, department, rules.deadline(talk.world.now, QUESTION, department, ""), *before)


def _open(talk: Talk, draft: Draft, department: str, deadline: datetime, *before: Reply) -> Turn:
    number = talk.world.new_number()
    names = talk.world.directory.departments[department].names
    told = say(OPENED[draft.kind], number=number, department=names, date=Day(deadline))
    command = OpenTicket(number, draft, department, deadline)
    return talk.turn(join(*before, told) if before else told, commands=(command,), step="", draft=None, about=number)


def _send(talk: Talk, key: str, command: type[OpenTicket] | type[CorrectTicket], *before: Reply) -> Turn:
    """Opens or corrects, and keeps the draft for one more correction."""
    talk, warning = danger.warn(talk)
    draft = form.draft_of(talk)
    department, deadline = _route(talk, draft)
    told = _told(talk, key, department, deadline)
    commands = (command(draft.number, draft, department, deadline),)
    reply = join(*before, *warning, told) if before or warning else told
    if form.is_quiet(talk):  # corrected by a person alone: her words must not reach another department
        return talk.turn(reply, commands=commands, step="", draft=None, about=draft.number)
    return talk.turn(reply, commands=commands, step="opened", draft=None, opened=draft, about=draft.number)


def _told(talk: Talk, key: str, department: str, deadline: datetime) -> Reply:
    """The number and the day; and what it is about, where whoever else holds the phone may read that."""
    draft, directory = form.draft_of(talk), talk.world.directory
    if form.is_quiet(talk):
        return say("quiet.opened", number=draft.number, date=Day(deadline))
    return say(
        key,
        number=draft.number,
        category=directory.names_of("category", draft.category),
        place=directory.place_names(draft.district, draft.tehsil),
        department=directory.departments[department].names,
        date=Day(deadline),
    )


def _allows(talk: Talk, number: str, action: str) -> bool:
    """Whether the citizen may still do that: the department may have answered meanwhile."""
    ticket = talk.own_ticket(number)
    return ticket is not None and not isinstance(tickets.next_state(ticket.state, action, "citizen"), tickets.Refused)


def _too_late(talk: Talk, number: str) -> Turn:
    """The department was faster: says how the ticket stands, and nothing that did not happen."""
    ticket = talk.own_ticket(number)
    return track.tell(talk, ticket) if ticket else talk.again(talk)


def _route(talk: Talk, draft: Draft) -> tuple[str, datetime]:
    """(department, deadline)"""
    directory = talk.world.directory
    department = directory.answering("", draft.category, draft.district, draft.words)
    return department, directory.rules.deadline(talk.world.now, draft.category, department, draft.district)

"""A ticket opens: its number, who answers and until when; and the number to call first where life may be at stake."""

from dataclasses import replace
from datetime import datetime

from bot import clock
from bot.dialogue import form
from bot.dialogue.talk import Talk, join, say
from bot.dialogue.values import CorrectTicket, Day, Draft, OpenTicket, Reply, Turn, WithdrawTicket
from bot.directory import FALLBACK_CATEGORY

CORRECT = 2
"""The number that corrects what was just sent; 0 takes it back."""
OPENED = {"complaint": "report.opened", "question": "question.opened"}


def open_complaint(talk: Talk) -> Turn:
    """The draft becomes a complaint of the department that answers for its category and place."""
    draft = form.draft_of(talk)
    department, deadline, danger = _route(talk, draft)
    return _open(talk, draft, department, deadline, *danger)


def open_at_once(talk: Talk) -> Turn:
    """One message was enough: the ticket opens, and one number corrects it or takes it back."""
    draft = form.draft_of(talk)
    department, deadline, danger = _route(talk, draft)
    number = talk.world.new_number()
    draft = replace(draft, number=number)
    reply = _after(danger, _told(talk, draft, "report.opened_at_once", department, deadline))
    command = OpenTicket(number, draft, department, deadline)
    return talk.turn(reply, commands=(command,), step="opened", draft=None, opened=draft, about=number)


def correct(talk: Talk) -> Turn:
    """The same ticket, corrected: it goes to the department that answers for what it is about now."""
    draft = form.draft_of(talk)
    department, deadline, danger = _route(talk, draft)
    reply = _after(danger, _told(talk, draft, "report.corrected", department, deadline))
    command = CorrectTicket(draft.number, draft, department, deadline)
    return talk.turn(reply, commands=(command,), step="opened", draft=None, opened=draft, about=draft.number)


def answer_opened(talk: Talk) -> Turn:
    """2 corrects, 0 withdraws; anything else goes on as if nothing had been asked."""
    opened = talk.conversation.opened
    plain = talk.with_conversation(step="", opened=None)
    if opened is None:
        return talk.again(plain)
    if talk.choice == CORRECT or talk.gist == "no":
        return form.ask(plain.with_conversation(draft=opened), "report.change")
    if talk.wants_back or talk.meaning == "cancel":
        number = opened.number
        return plain.turn(say("report.withdrawn", number=number), commands=(WithdrawTicket(number),), about="")
    if talk.gist == "yes" or talk.choice == 1:
        return plain.turn(say("thanks"))
    return talk.again(plain)


def open_question(talk: Talk, draft: Draft, *before: Reply) -> Turn:
    """The draft becomes a question to the department that gives the service, or that its topic belongs to."""
    department = talk.world.directory.answering(draft.service, draft.category)
    return _open(talk, draft, department, clock.deadline(talk.world.now, clock.QUESTION_HOURS), *before)


def _open(talk: Talk, draft: Draft, department: str, deadline: datetime, *before: Reply) -> Turn:
    number = talk.world.new_number()
    names = talk.world.directory.departments[department].names
    told = say(OPENED[draft.kind], number=number, department=names, date=Day(deadline))
    command = OpenTicket(number, draft, department, deadline)
    return talk.turn(join(*before, told) if before else told, commands=(command,), step="", draft=None, about=number)


def _after(before: tuple[Reply, ...], told: Reply) -> Reply:
    return join(*before, told) if before else told


def _route(talk: Talk, draft: Draft) -> tuple[str, datetime, tuple[Reply, ...]]:
    """(department, deadline, what is said first where life may be at stake)"""
    directory = talk.world.directory
    category = directory.categories.get(draft.category, directory.categories[FALLBACK_CATEGORY])
    department = directory.departments[directory.answering("", draft.category, draft.district)]
    deadline = clock.deadline(talk.world.now, category.sla_hours)
    return department.code, deadline, _danger(category.priority, department.helpline)


def _told(talk: Talk, draft: Draft, key: str, department: str, deadline: datetime) -> Reply:
    directory = talk.world.directory
    return say(
        key,
        number=draft.number,
        category=directory.names_of("category", draft.category),
        place=directory.place_names(draft.district, draft.tehsil),
        department=directory.departments[department].names,
        date=Day(deadline),
    )


def _danger(priority: str, helpline: str) -> tuple[Reply, ...]:
    """A number is shown only if it is sure."""
    return (say("danger", number=helpline.split("|", maxsplit=1)[0]),) if priority == "emergency" and helpline else ()

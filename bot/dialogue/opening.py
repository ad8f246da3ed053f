"""A ticket opens: its number, who answers and until when; and the number to call first where life may be at stake."""

from datetime import datetime

from bot import clock
from bot.dialogue import form
from bot.dialogue.talk import Talk, join, say
from bot.dialogue.values import Day, Draft, OpenTicket, Reply, Turn
from bot.directory import FALLBACK_CATEGORY

OPENED = {"complaint": "report.opened", "question": "question.opened"}


def open_complaint(talk: Talk) -> Turn:
    """The draft becomes a complaint of the department that answers for its category and place."""
    draft, directory = form.draft_of(talk), talk.world.directory
    category = directory.categories.get(draft.category, directory.categories[FALLBACK_CATEGORY])
    department = directory.departments[directory.answering("", draft.category, draft.district)]
    deadline = clock.deadline(talk.world.now, category.sla_hours)
    return _open(talk, draft, department.code, deadline, *_danger(category.priority, department.helpline))


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


def _danger(priority: str, helpline: str) -> tuple[Reply, ...]:
    """A number is shown only if it is sure."""
    return (say("danger", number=helpline.split("|", maxsplit=1)[0]),) if priority == "emergency" and helpline else ()

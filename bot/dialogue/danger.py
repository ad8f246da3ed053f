"""Where life may be at stake: the number to call comes before anything is asked, and only a number that is sure."""

from bot.dialogue import draft as drafts
from bot.dialogue import form
from bot.dialogue.talk import Talk, say
from bot.dialogue.values import Reply
from bot.directory import EMERGENCY_DEPARTMENT


def warn(talk: Talk) -> tuple[Talk, tuple[Reply, ...]]:
    """The talk, and what is said first: nothing where nobody is in danger, or where it was said before."""
    number = "" if form.draft_of(talk).warned else _number(talk)
    return (drafts.change(talk, warned=True), (say("danger", number=number),)) if number else (talk, ())


def helpline(talk: Talk) -> str:
    """A number that can be called at any time: the department's own, or everybody's."""
    directory, draft = talk.world.directory, form.draft_of(talk)
    own = directory.departments[directory.answering("", draft.category, draft.district)].helpline
    return (own or directory.departments[EMERGENCY_DEPARTMENT].helpline).split("|", maxsplit=1)[0]


def _number(talk: Talk) -> str:
    """The department's own helpline for a trouble of danger; everybody's where the words tell of danger and it has none."""
    directory, draft = talk.world.directory, form.draft_of(talk)
    category = directory.categories.get(draft.category)
    tells = talk.intent == "emergency"
    if not tells and (category is None or category.priority != "emergency"):
        return ""
    own = directory.departments[directory.answering("", draft.category, draft.district)].helpline if category else ""
    everybodys = directory.departments[EMERGENCY_DEPARTMENT].helpline if tells else ""
    return (own or everybodys).split("|", maxsplit=1)[0]

"""Where life may be at stake: the number to call comes before anything is asked, and only a number that is sure."""

from bot.dialogue import draft as drafts
from bot.dialogue import form
from bot.dialogue.talk import MIN_WORDS, PLAIN, Talk, say
from bot.dialogue.values import Reply
from bot.directory import EMERGENCY_DEPARTMENT
from bot.text.answers import has_cue
from bot.text.reading import SURE

ALONE = 0.9
"""Probability of danger that is enough where the trouble is in doubt: whoever is asked for details mentions a dead father."""


def warn(talk: Talk) -> tuple[Talk, tuple[Reply, ...]]:
    """The talk, and what is said first: nothing where nobody is in danger, or where it was said before."""
    number = "" if form.draft_of(talk).warned else _number(talk)
    return (drafts.change(talk, warned=True), (say("danger", number=number),)) if number else (talk, ())


def breaks_in(talk: Talk) -> bool:
    """Whether the message tells of danger to life, or of violence at home, that the open question is not about."""
    if talk.meaning or talk.choice is not None or talk.words < MIN_WORDS:
        return False
    best, odds = talk.weighed.topics[0] if talk.weighed.topics else ("", 0.0)
    if talk.world.directory.is_quiet(best) and odds >= SURE:
        return not _is_about_that(talk)
    is_open = not talk.idle or not talk.conversation.language
    return is_open and not form.draft_of(talk).warned and talk.intent == "emergency" and _is_plain(talk)


def _is_about_that(talk: Talk) -> bool:
    """Whether what is open, or was sent last, is of such a matter already: more words on it are not asked about again."""
    last = talk.own_ticket(talk.conversation.about) if talk.idle and talk.conversation.about else None
    return form.is_quiet(talk) or (last is not None and talk.world.directory.is_quiet(last.category))


def _is_plain(talk: Talk) -> bool:
    """Whether the words tell of danger by themselves, or both what is wanted and the trouble do."""
    odds = dict(talk.weighed.intents).get("emergency", 0.0)
    least = PLAIN if talk.weighed.danger else ALONE
    return odds >= least or has_cue(talk.folded, "danger", talk.world.lexicon)


def helpline(talk: Talk) -> str:
    """A number that can be called at any time: the department's own, or everybody's."""
    directory, draft = talk.world.directory, form.draft_of(talk)
    own = directory.departments[directory.answering("", draft.category, draft.district)].helpline
    return (own or directory.departments[EMERGENCY_DEPARTMENT].helpline).split("|", maxsplit=1)[0]


def _number(talk: Talk) -> str:
    """The department's own helpline for a trouble of danger, everybody's where it has none that is sure."""
    category = talk.world.directory.categories.get(form.draft_of(talk).category)
    is_danger = talk.intent == "emergency" or (category is not None and category.priority == "emergency")
    return helpline(talk) if is_danger else ""

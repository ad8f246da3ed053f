"""STOP and START: announcements stop or come again; answers to one's own complaints always come."""

from bot.dialogue import form, report
from bot.dialogue.talk import Talk, say
from bot.dialogue.values import Option, ResumeOutreach, StopOutreach, Term, Turn
from bot.text import intent
from bot.text.optout import asks_no_more

TROUBLE = 0.3
"""Probability of a category from which a message tells a trouble, and stopping announcements is no matter of it."""
SURE = 0.7
"""Probability from which a sentence is taken for wanting announcements again."""


def wants_out(talk: Talk) -> bool:
    """Only a whole message that says stop: a complaint with "band" or "stop" in it is a complaint."""
    says = talk.meaning == "stop" or (not talk.meaning and asks_no_more(talk.folded, talk.world.lexicon.optout))
    return says and talk.conversation.step != "stop"


def stop(talk: Talk) -> Turn:
    talk = _in_its_language(talk)
    return talk.beside(say("opt.stopped"), form.current_question(talk), StopOutreach())


def wants_in(talk: Talk) -> bool:
    return talk.meaning == "start" or (talk.wants("opt_in") and talk.weighed.intents[0][1] >= SURE)


def start(talk: Talk) -> Turn:
    talk = _in_its_language(talk)
    return talk.beside(say("opt.started"), form.current_question(talk), ResumeOutreach())


def may_mean_out(talk: Talk) -> bool:
    """A bare "بند" says closed as often as stop, and so may a sentence: ask back."""
    if not talk.idle or talk.choice is not None:
        return False
    if talk.meaning:
        return talk.meaning == "stop_ask"
    if talk.named or (talk.topics and talk.topics[0][1] >= TROUBLE):
        return False
    return intent.may_mean_out(talk.weighed.intents)


def ask(talk: Talk) -> Turn:
    options = (Option("stop", Term("option.stop")), Option("report", Term("option.report")))
    return talk.turn(say("opt.ask", options), step="stop", aside=None if talk.meaning else talk.message)


def answer(talk: Talk) -> Turn | None:
    """The answer to "stop announcements, or report a problem?"."""
    says = not talk.meaning and asks_no_more(talk.folded, talk.world.lexicon.optout)
    if talk.picked == "stop" or talk.meaning in ("yes", "stop") or says:
        return talk.with_conversation(step="").turn(say("opt.stopped"), commands=(StopOutreach(),))
    if talk.picked == "report" or talk.meaning == "no":
        return report.begin_chosen(talk)
    return None


def _in_its_language(talk: Talk) -> Talk:
    """A stranger's STOP is answered in the language of the word."""
    if talk.conversation.language:
        return talk
    return talk.with_conversation(language=talk.world.lexicon.spoken.get(talk.folded, ""))

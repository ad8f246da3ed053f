"""STOP and START: announcements stop or come again; answers to one's own complaints always come."""

from bot.dialogue import form, report
from bot.dialogue.talk import Talk, say
from bot.dialogue.values import Option, ResumeOutreach, StopOutreach, Term, Turn


def wants_out(talk: Talk) -> bool:
    """Only a whole message that says stop: a complaint with "band" or "stop" in it is a complaint."""
    return talk.meaning == "stop" and talk.conversation.step != "stop"


def stop(talk: Talk) -> Turn:
    talk = _in_its_language(talk)
    return talk.beside(say("opt.stopped"), form.current_question(talk), StopOutreach())


def wants_in(talk: Talk) -> bool:
    return talk.meaning == "start"


def start(talk: Talk) -> Turn:
    talk = _in_its_language(talk)
    return talk.beside(say("opt.started"), form.current_question(talk), ResumeOutreach())


def may_mean_out(talk: Talk) -> bool:
    """A bare "بند" says closed as often as stop: ask back."""
    return talk.meaning == "stop_ask" and talk.idle


def ask(talk: Talk) -> Turn:
    options = (Option("stop", Term("option.stop")), Option("report", Term("option.report")))
    return talk.turn(say("opt.ask", options), step="stop")


def answer(talk: Talk) -> Turn | None:
    """The answer to "stop announcements, or report a problem?"."""
    if talk.picked == "stop" or talk.meaning in ("yes", "stop"):
        return talk.with_conversation(step="").turn(say("opt.stopped"), commands=(StopOutreach(),))
    if talk.picked == "report" or talk.meaning == "no":
        return report.begin(talk, words=False)
    return None


def _in_its_language(talk: Talk) -> Talk:
    """A stranger's STOP is answered in the language of the word."""
    if talk.conversation.language:
        return talk
    return talk.with_conversation(language=talk.world.lexicon.spoken.get(talk.folded, ""))

"""The front door: greeting, menu, thanks and cancel."""

from bot.dialogue import form
from bot.dialogue.talk import Talk, join, say
from bot.dialogue.values import Turn


def wants_menu(talk: Talk) -> bool:
    return talk.meaning in ("menu", "greeting")


def show_menu(talk: Talk) -> Turn:
    """The menu; inside a draft a greeting only brings the open question back, so that nothing is lost."""
    if talk.conversation.draft and talk.meaning == "greeting":
        return talk.beside(say("greeting"), form.current_question(talk))
    talk = talk.with_conversation(draft=None)
    return talk.turn(join(say("greeting"), form.menu()), step="menu")


def wants_to_leave(talk: Talk) -> bool:
    return talk.meaning == "cancel"


def leave(talk: Talk) -> Turn:
    """Leaves whatever was begun; nothing of it is sent."""
    draft = talk.conversation.draft
    left = say("cancelled") if draft and (draft.kind == "complaint" or draft.words) else say("greeting")
    return talk.turn(join(left, form.menu()), step="menu", draft=None)


def is_thanks(talk: Talk) -> bool:
    return talk.meaning == "thanks" or (talk.meaning in ("yes", "done") and talk.idle)


def welcome_thanks(talk: Talk) -> Turn:
    return talk.beside(say("thanks"), form.current_question(talk))

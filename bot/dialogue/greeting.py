"""The front door: greeting, menu, thanks and cancel."""

from bot.dialogue import form
from bot.dialogue.talk import Talk, join, say
from bot.dialogue.values import Turn


def wants_menu(talk: Talk) -> bool:
    if talk.message.media or talk.message.pin:
        return False
    return talk.meaning in ("menu", "greeting") or talk.wants("greeting")


def show_menu(talk: Talk) -> Turn:
    """The menu. Inside a draft a greeting only brings the open question back; the word "menu" leaves the draft, and says so."""
    if talk.conversation.draft is None:
        told = None if talk.meaning else talk.message  # only read as a greeting: its words may be wanted yet
        return talk.turn(join(say("greeting"), form.menu()), step="menu", aside=told)
    if talk.meaning == "greeting":
        return talk.beside(say("greeting"), form.current_question(talk))
    return leave(talk)


def wants_to_leave(talk: Talk) -> bool:
    return talk.meaning == "cancel" and talk.conversation.step != "opened"


def leave(talk: Talk, *, was_draft: bool = False) -> Turn:
    """Leaves whatever was begun; nothing of it is sent."""
    draft = talk.conversation.draft
    has_something = draft is not None and not draft.number and (draft.kind == "complaint" or form.is_told(draft))
    left = say("cancelled") if was_draft or has_something else say("greeting")
    return talk.turn(join(left, form.menu()), step="menu", draft=None)


def is_thanks(talk: Talk) -> bool:
    return talk.meaning == "thanks" or (talk.gist == "yes" and talk.idle) or talk.wants("thanks") or talk.wants("yes")


def welcome_thanks(talk: Talk) -> Turn:
    if not (talk.meaning or talk.gist):  # only read so: what else can be done stands beside it
        return talk.turn(join(say("thanks"), form.menu()), step="menu", aside=talk.message)
    return talk.beside(say("thanks"), form.current_question(talk) if talk.conversation.draft else None)

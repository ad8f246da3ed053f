"""A draft left behind is taken up the next day with one question."""

from bot import clock
from bot.dialogue import form
from bot.dialogue.talk import Talk
from bot.dialogue.values import Turn


def wanted(talk: Talk) -> bool:
    left_behind = clock.is_abandoned(talk.conversation.at, talk.message.at)
    return talk.conversation.draft is not None and talk.conversation.step != "resume" and left_behind


def ask(talk: Talk) -> Turn:
    """Asks whether to go on, and keeps what was just written."""
    return talk.turn(form.question(talk, "resume"), step="resume", aside=talk.message)


def answer(talk: Talk) -> Turn:
    """Yes: the draft's next question. No: a fresh start. Either way what was written meanwhile is taken up."""
    fresh = talk.picked == "no" or talk.meaning in ("no", "back")
    agreed = talk.picked == "yes" or talk.meaning == "yes"
    talk = talk.with_conversation(at=talk.message.at, offered=())
    if fresh:
        return talk.again(talk.with_conversation(draft=None, step="").take_up())
    step = form.next_step(talk)
    if agreed:
        talk = talk.take_up()
    if not talk.folded or talk.meaning:
        return form.ask(talk, step)
    return talk.again(talk.with_conversation(step=step))

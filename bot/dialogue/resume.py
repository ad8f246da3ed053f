"""A draft left behind is taken up the next day with one question."""

from bot import clock
from bot.dialogue import form, greeting
from bot.dialogue.talk import Talk
from bot.dialogue.values import Turn


def wanted(talk: Talk) -> bool:
    """Only for a draft with something in it: an answer that was read and left needs no question the next day."""
    conversation = talk.conversation
    draft = conversation.draft or (conversation.opened if conversation.step == "opened" else None)
    if draft is None or conversation.step == "resume" or not clock.is_abandoned(conversation.at, talk.message.at):
        return False
    return draft.kind == "complaint" or form.is_told(draft)


def ask(talk: Talk) -> Turn:
    """Asks whether to go on, and keeps what was just written; a bare number was for yesterday's list.

    What is with a department already has nothing to go on with: a "0" of the next day no longer takes it back.
    """
    draft = talk.conversation.draft or talk.conversation.opened
    if draft and draft.number:
        return talk.again(talk.with_conversation(draft=None, opened=None, step="", offered=()))
    keeps = talk.choice is None and not talk.meaning and (talk.folded or talk.message.media or talk.message.pin)
    return talk.turn(form.question(talk, "resume"), step="resume", aside=talk.message if keeps else None)


def answer(talk: Talk) -> Turn:
    """Yes: the draft's next question. No: a fresh start. Either way what was written meanwhile is taken up."""
    fresh = talk.picked == "no" or talk.gist == "no" or talk.wants_back
    agreed = talk.picked == "yes" or talk.gist == "yes"
    talk = talk.with_conversation(at=talk.message.at, offered=())
    if fresh:
        talk = talk.with_conversation(draft=None, step="")
        return talk.again(talk.take_up()) if talk.conversation.aside else greeting.leave(talk, was_draft=True)
    step = form.next_step(talk)
    if agreed and talk.conversation.aside is None:
        return form.ask(talk, step)
    talk = talk.take_up() if agreed else talk
    return talk.again(talk.with_conversation(step=step))

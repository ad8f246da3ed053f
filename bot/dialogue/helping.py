"""Help, which never loses a draft: it says what can be done and asks the open question again."""

from bot.dialogue import form
from bot.dialogue.talk import Talk, say
from bot.dialogue.values import Turn


def wanted(talk: Talk) -> bool:
    return talk.meaning == "help" or talk.wants("help")


def answer(talk: Talk) -> Turn:
    return talk.beside(say("help"), form.current_question(talk) or say("help.commands"))

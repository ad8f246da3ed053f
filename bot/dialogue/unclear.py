"""What is said when nothing was understood: kindly, with what can be done; the third time a person reads it."""

from bot.dialogue import form, service
from bot.dialogue.talk import Talk, join, merge, say
from bot.dialogue.values import Turn

MAX_MISSES = 3


def anything(_: Talk) -> bool:
    return True


def answer(talk: Talk) -> Turn:
    """What was not understood is kept together, so that a person reads all of it."""
    missed = merge(talk.conversation.aside if talk.conversation.misses else None, talk.message)
    misses = talk.conversation.misses + 1
    if misses >= MAX_MISSES and talk.folded:
        return service.ask_a_person(talk, missed)
    first = say("unclear") if talk.folded else say("greeting")
    return talk.turn(join(first, form.menu()), step="menu", draft=None, misses=misses, aside=missed)

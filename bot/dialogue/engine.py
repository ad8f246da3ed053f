"""The conversation engine, pure: what was remembered and what was said make a turn. No clock, no database, no words."""

from dataclasses import replace

from bot.dialogue import language
from bot.dialogue.intents import INTENTS
from bot.dialogue.talk import Talk
from bot.dialogue.values import Conversation, Message, Turn, World
from bot.text.digits import digit_style


def respond(conversation: Conversation, message: Message, world: World) -> Turn:
    """The turn that `message` makes of `conversation`."""
    talk = Talk(conversation, message, world, _answer)
    turn = language.excuse(talk, _answer(language.settle(talk)))
    digits = digit_style(message.text) or conversation.digits
    return replace(turn, conversation=replace(turn.conversation, at=message.at, digits=digits))


def _answer(talk: Talk) -> Turn:
    for intent in INTENTS:
        if intent.wanted(talk) and (turn := intent.answer(talk)):
            return turn
    raise LookupError("no intent answered; the last row of INTENTS answers anything")

"""Whether a message only fetches an answer that waits: "1", yes, a greeting; anything else is a message of its own."""

from bot.dialogue.values import Message
from bot.text.answers import Lexicon, read_choice, read_gist, read_meaning
from bot.text.fold import fold

FETCHES = ("yes", "thanks", "greeting")


def wants_what_waits(message: Message, lexicon: Lexicon) -> bool:
    """The template asks for "1"; whatever else opens WhatsApp's window without saying anything does as well."""
    if message.media or message.pin:
        return False
    folded = fold(message.text)
    says_yes = read_gist(folded, lexicon) == "yes" or read_meaning(folded, lexicon) in FETCHES
    return says_yes or read_choice(folded, lexicon) is not None

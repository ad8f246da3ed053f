"""Whether it is safe to write back: what an answer to that says, in whatever words."""

from bot.dialogue.talk import Talk
from bot.text.answers import has_cue


def is_denied(talk: Talk) -> bool:
    """No, or that somebody else looks at the phone."""
    if talk.picked == "no" or talk.gist == "no" or talk.intent == "no":
        return True
    return has_cue(talk.folded, "unsafe", talk.world.lexicon)


def is_told(talk: Talk) -> bool:
    """Yes, or that it is safe."""
    return talk.picked == "yes" or talk.gist == "yes" or has_cue(talk.folded, "safe", talk.world.lexicon)

"""What a message wants, read cold: without a conversation to lean on."""

from bot import tickets
from bot.text.answers import Lexicon, has_cue, read_meaning

SHORT = 4
"""A ticket's number in so few words is asked about; in a longer message it may be a meter's."""
TROUBLE_WORDS = 3

# meaning of a whole message -> intent
BY_MEANING = {
    "stop": "opt_out",
    "start": "opt_in",
    "help": "help",
    "language": "language",
    "greeting": "greeting",
    "thanks": "thanks",
    "yes": "yes",
    "done": "yes",
    "no": "no",
    "track": "track",
    "mine": "track",
    "report": "complaint",
    "service": "service",
}


def read_intent(folded: str, lexicon: Lexicon, *, topic: str, is_danger: bool, service: str) -> str:
    """The intent of a folded message. `topic`, `service`: the likeliest ones, or empty; `is_danger`: life may be at stake.

    Opt-out is only ever a whole message: a complaint with "stop" or "band" in it stays a complaint.
    """
    if intent := BY_MEANING.get(read_meaning(folded, lexicon) or ""):
        return intent
    words = len(folded.split())
    asks_news = has_cue(folded, "track", lexicon)
    names_ticket = tickets.read_number(folded) is not None and (words <= SHORT or asks_news) and not topic
    # In order of precedence: the first that holds.
    holds = {
        "language": folded in lexicon.languages,
        "track": names_ticket or (asks_news and not is_danger),
        "emergency": is_danger,
        "service": bool(service) and has_cue(folded, "question", lexicon),
        "complaint": bool(topic),
        "abuse": has_cue(folded, "abuse", lexicon),
    }
    told = "complaint" if words >= TROUBLE_WORDS and has_cue(folded, "fault", lexicon) else "other"
    return next((intent for intent, is_so in holds.items() if is_so), told)

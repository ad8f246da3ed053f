"""What a message wants, read cold: plain answers by their words, opt-out by words that mean nothing else, the rest as learnt."""

from bot import tickets
from bot.text.answers import Lexicon, has_cue, read_meaning
from bot.text.optout import asks_no_more
from bot.text.weights import Ranked

DANGER_LEAST = {True: 0.15, None: 0.4, False: 0.6}
"""Probability from which danger to life is believed, where the trouble is surely one of danger, in doubt, surely none: a number
too many does less harm than one too few."""
OPT_OUT_LEAST = 0.85
"""Probability below which a message that may ask for no more announcements is read as what it is likeliest besides."""
MAY_MEAN_OUT = 0.3
"""Probability from which the bot asks back whether announcements shall stop."""
SHORT = 4
"""A ticket's number in so few words is asked about; in a longer message it may be a meter's."""

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


def read_intent(folded: str, lexicon: Lexicon, ranked: Ranked, danger: bool | None = None) -> str:
    """The intent of a folded message. `ranked`: (intent, probability) pairs as learnt, likeliest first; may be empty.
    `danger`: whether the trouble it tells is one of danger to life, None where that is in doubt.
    """
    if intent := BY_MEANING.get(read_meaning(folded, lexicon) or ""):
        return intent
    if folded in lexicon.languages:
        return "language"
    if asks_no_more(folded, lexicon.optout):
        return "opt_out"
    if tickets.read_number(folded) and len(folded.split()) <= SHORT:
        return "track"
    if has_cue(folded, "danger", lexicon):
        return "emergency"
    return _learnt(dict(ranked), danger)


def _learnt(odds: dict[str, float], danger: bool | None) -> str:
    if odds.pop("emergency", 0.0) >= DANGER_LEAST[danger]:
        return "emergency"
    if odds.get("opt_out", 1.0) < OPT_OUT_LEAST:
        odds.pop("opt_out", None)
    return max(odds, key=odds.__getitem__, default="other")


def may_mean_out(ranked: Ranked) -> bool:
    """Whether to ask back if announcements shall stop: never where a trouble is likelier told."""
    odds = dict(ranked)
    out = odds.get("opt_out", 0.0)
    return out >= MAY_MEAN_OUT and out > odds.get("complaint", 0.0) + odds.get("emergency", 0.0)

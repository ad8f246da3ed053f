"""Which of the five ways of writing a message is in, by its script and its commonest words."""

from bot.text.answers import Lexicon

SURE_MARGIN = 2.0
"""Bits by which the best way must lead the next before a language is taken without asking."""
SPOKEN = {"en": "en", "ur": "ur", "bal": "bal", "ur_Latn": "ur_Latn", "bal_Latn": "bal"}
"""Way of writing -> the language we answer in; Roman Balochi is answered in Balochi's own script."""
_ARABIC_WAYS = ("ur", "bal")
_LATIN_WAYS = ("en", "ur_Latn", "bal_Latn")
MIN_WORDS_TO_SWITCH = 3


def is_arabic(folded: str) -> bool:
    """Whether most letters are of the Arabic script."""
    letters = [char for char in folded if char.isalpha()]
    return sum("\u0600" <= char <= "\u06ff" for char in letters) * 2 > len(letters)


def score_ways(folded: str, lexicon: Lexicon) -> dict[str, float]:
    """Bits of evidence for each way of writing that the message's script allows."""
    scores = dict.fromkeys(_ARABIC_WAYS if is_arabic(folded) else _LATIN_WAYS, 0.0)
    for word in folded.split():
        for way, weight in lexicon.markers.get(word, ()):
            if way in scores:
                scores[way] += weight
    return scores


def guess_language(folded: str, lexicon: Lexicon) -> str | None:
    """The language to answer in, or None when the message leaves a doubt (then the citizen is asked)."""
    ranked = sorted(score_ways(folded, lexicon).items(), key=lambda item: -item[1])
    (best, lead), (_, second) = ranked[0], ranked[1]
    return SPOKEN[best] if lead - second >= SURE_MARGIN else None

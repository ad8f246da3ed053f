"""Which language a message is in and which we answer in: our own model first, langdetect where that is in doubt."""

from bot.text.answers import Lexicon
from bot.text.ways import NEIGHBOURS, Guess, plain, rank_ways

SPOKEN = {"en": "en", "ur": "ur", "bal": "bal", "ur_Latn": "ur_Latn", "bal_Latn": "bal"}
"""Way of writing -> the language we answer in where it has no texts of its own: Roman Balochi gets Balochi's script."""
INSTEAD = "ur"
"""What we answer a neighbour's language in (Pashto, Sindhi, Persian): everybody's second language here."""
MIN_WORDS_TO_SWITCH = 3
SURE_MARGIN = 1.5
"""Log-odds by which the best way must lead the next before it is taken without asking anybody."""
LOW_MARGIN = 0.8
"""Between this and sure, langdetect must agree; below it the two agree on the wrong way too often."""
SURE_OF_FEW = 2.5
"""One or two words, or a language of the neighbours, must be clearer than that."""
FEW = 2


def is_arabic(folded: str) -> bool:
    """Whether most letters are of the Arabic script."""
    letters = [char for char in folded if char.isalpha()]
    return sum("\u0600" <= char <= "\u06ff" for char in letters) * 2 > len(letters)


def rank(folded: str, lexicon: Lexicon) -> Guess:
    """Every way of writing the message's script allows, likeliest first."""
    return rank_ways(folded, lexicon.ways["arabic" if is_arabic(folded) else "latin"])


def read_way(folded: str, lexicon: Lexicon) -> tuple[str | None, bool]:
    """The way a message is written in, None when in doubt; and whether it is a language not spoken here yet."""
    guess = rank(folded, lexicon)
    way = guess.way if _is_sure(guess, folded, lexicon) else None
    return way, way in NEIGHBOURS


def guess_language(folded: str, lexicon: Lexicon) -> str | None:
    """The language to answer in, or None when the message leaves a doubt (then the citizen is asked)."""
    way, _ = read_way(folded, lexicon)
    return way if way is None or way in lexicon.written else SPOKEN.get(way, INSTEAD)


def _is_sure(guess: Guess, folded: str, lexicon: Lexicon) -> bool:
    if guess.words <= FEW or guess.way in NEIGHBOURS:
        return guess.margin >= SURE_OF_FEW
    if guess.margin >= SURE_MARGIN or guess.margin < LOW_MARGIN:
        return guess.margin >= SURE_MARGIN
    return lexicon.second.of(plain(folded)) == guess.way

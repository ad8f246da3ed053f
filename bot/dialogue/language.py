"""In which language we speak: guessed when sure, asked once when not, and always the citizen's own choice."""

from dataclasses import replace
from typing import Any

from bot.dialogue import danger, form
from bot.dialogue import draft as drafts
from bot.dialogue.talk import DEFAULT_LANGUAGE, Talk, merge, say
from bot.dialogue.values import Message, Turn
from bot.text import language as reading
from bot.text.answers import read_meaning
from bot.text.fold import fold

MAX_MISSES = 2
FEW_WORDS = 4
"""In so many words a language's name is the answer to which one: "English please"."""
LATIN_LANGUAGE = "ur_Latn"


def settle(talk: Talk) -> Talk:
    """The talk in the language its message shows, unless the citizen chose one or the message is too short to tell."""
    known = talk.conversation.language
    if talk.conversation.chosen or (known and talk.words < reading.MIN_WORDS_TO_SWITCH):
        return talk
    guess = reading.guess_language(talk.folded, talk.world.lexicon)
    if not guess and not known and _needs_no_question(talk):
        return talk.with_conversation(language=_likeliest(talk))
    if not guess or guess == known or (known and talk.conversation.draft):
        return talk
    return talk.with_conversation(language=guess)


def _needs_no_question(talk: Talk) -> bool:
    """Whether an answer matters more than its language: danger, or a trouble and its place told in few words."""
    told = danger.breaks_in(talk) or bool(drafts.sure_category(talk) and talk.places)
    return not talk.meaning and talk.choice is None and told


def _likeliest(talk: Talk) -> str:
    """The language the message is likeliest in, though it is too short to be sure."""
    way = reading.rank(talk.folded, talk.world.lexicon).way
    return reading.SPOKEN.get(way) or _likely(talk)


def excuse(talk: Talk, turn: Turn) -> Turn:
    """Tells once, at the first message, somebody who writes Pashto, Sindhi or Persian why the answer is in Urdu."""
    if talk.conversation.language or not turn.replies or not reading.read_way(talk.folded, talk.world.lexicon)[1]:
        return turn
    return replace(turn, replies=(say("language.not_yet"), *turn.replies))


def wanted(talk: Talk) -> bool:
    if talk.meaning == "language" or talk.wants("language"):
        return True
    return _named(talk) is not None and talk.conversation.step != "language"


def change(talk: Talk) -> Turn:
    """`زبان` asks which; a language's name chooses it at once, at any step."""
    if named := _named(talk) or _named_inside(talk):
        return _go_on(talk.with_conversation(language=named, chosen=True))
    return ask(talk)


def ask(talk: Talk) -> Turn:
    """Asks which language; the question that is open now comes back afterwards."""
    was = talk.conversation
    if was.step == "language":
        return _again(talk)
    back: dict[str, Any] = {"back_to": was.step, "back_offered": was.offered, "aside": was.aside}
    return talk.turn(form.languages(talk), step="language", **back)


def is_unknown(talk: Talk) -> bool:
    return not talk.conversation.language and not talk.conversation.step


def ask_newcomer(talk: Talk) -> Turn:
    """Asks which language, and keeps what was written first."""
    return talk.turn(form.languages(talk, "language.welcome"), step="language", aside=talk.message)


def answer(talk: Talk) -> Turn:
    """The answer to "which language?". What is no answer to it is kept; after two of those we go on in a likely language."""
    chosen = talk.picked or _named(talk) or (_named_inside(talk) if talk.words <= FEW_WORDS else None)
    back = talk.with_conversation(
        step=talk.conversation.back_to, offered=talk.conversation.back_offered, back_to="", back_offered=()
    )
    if chosen:
        return _go_on(back.with_conversation(language=chosen, chosen=True))
    if talk.wants_back and talk.conversation.language:
        return _go_on(back, changed=False)
    if talk.conversation.back_to:
        return _again(talk)
    return _newcomer(talk, back)


def _newcomer(talk: Talk, back: Talk) -> Turn:
    """Somebody who tells the trouble instead: voice and pins need no language to be taken."""
    first = talk.conversation.aside
    tells = talk.choice is None and not talk.meaning and (talk.folded or talk.message.media or talk.message.pin)
    aside = merge(_without_greeting(talk, first), talk.message) if tells else first
    guess = reading.guess_language(fold(aside.text) if aside else "", talk.world.lexicon)
    back = back.with_conversation(aside=aside)
    if guess and talk.words >= reading.MIN_WORDS_TO_SWITCH:
        return _go_on(back.with_conversation(language=guess))
    if talk.message.media or talk.message.pin or talk.conversation.misses + 1 >= MAX_MISSES:
        return _go_on(back.with_conversation(language=guess or _likely(talk)))
    return _again(talk.with_conversation(aside=aside))


def _without_greeting(talk: Talk, first: Message | None) -> Message | None:
    """A first "salam" is forgotten once the trouble itself is told."""
    is_word = first is not None and read_meaning(fold(first.text), talk.world.lexicon)
    return replace(first, text="") if first and is_word else first


def _likely(talk: Talk) -> str:
    """Urdu, so that nobody is stuck at the door; in the letters the citizen writes."""
    latin = talk.folded and not reading.is_arabic(talk.folded) and any(char.isalpha() for char in talk.folded)
    return talk.conversation.language or (LATIN_LANGUAGE if latin else DEFAULT_LANGUAGE)


def _again(talk: Talk) -> Turn:
    kept: dict[str, Any] = {"aside": talk.conversation.aside, "misses": talk.conversation.misses + 1}
    return talk.turn(form.languages(talk), **kept)


def _go_on(talk: Talk, *, changed: bool = True) -> Turn:
    """Takes up what a newcomer wrote, or asks the question again that was open before."""
    if talk.conversation.aside and not talk.conversation.step:
        return talk.again(talk.take_up())
    question = form.current_question(talk)
    if question is None:
        talk, question = talk.with_conversation(step="menu"), form.menu()
    if changed:
        return talk.beside(say("language.changed"), question)
    return talk.turn(question, aside=talk.conversation.aside)


def _named_inside(talk: Talk) -> str | None:
    """The one language that a sentence such as "can you talk in Urdu" names; two are asked about."""
    languages = talk.world.lexicon.languages
    named = {languages[word] for word in talk.folded.split() if word in languages}
    return named.pop() if len(named) == 1 else None


def _named(talk: Talk) -> str | None:
    return talk.world.lexicon.languages.get(talk.folded)

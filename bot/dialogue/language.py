"""In which language we speak: guessed when sure, asked once when not, and always the citizen's own choice."""

from bot.dialogue import form
from bot.dialogue.talk import DEFAULT_LANGUAGE, Talk, join, say
from bot.dialogue.values import Turn
from bot.text import language as reading

MAX_MISSES = 2


def settle(talk: Talk) -> Talk:
    """The talk in the language its message shows, unless the citizen chose one or the message is too short to tell."""
    known = talk.conversation.language
    if talk.conversation.chosen or (known and talk.words < reading.MIN_WORDS_TO_SWITCH):
        return talk
    guess = reading.guess_language(talk.folded, talk.world.lexicon)
    if not guess or guess == known or (known and talk.conversation.draft):
        return talk
    return talk.with_conversation(language=guess)


def wanted(talk: Talk) -> bool:
    return talk.meaning == "language" or (_named(talk) is not None and talk.conversation.step != "language")


def change(talk: Talk) -> Turn:
    """`زبان` asks which; a language's name chooses it at once, at any step."""
    if named := _named(talk):
        return _go_on(talk.with_conversation(language=named, chosen=True))
    return ask(talk)


def ask(talk: Talk) -> Turn:
    """Asks which language."""
    return talk.turn(form.languages(talk), step="language", aside=talk.conversation.aside)


def is_unknown(talk: Talk) -> bool:
    return not talk.conversation.language and not talk.conversation.step


def ask_newcomer(talk: Talk) -> Turn:
    """Asks which language, and keeps what was written first."""
    return talk.turn(form.languages(talk, "language.welcome"), step="language", aside=talk.message)


def answer(talk: Talk) -> Turn:
    """The answer to "which language?"; after two that cannot be read, Urdu, so that nobody is stuck at the door."""
    if chosen := talk.picked or _named(talk):
        return _go_on(talk.with_conversation(language=chosen, chosen=True))
    guess = reading.guess_language(talk.folded, talk.world.lexicon)
    if guess and talk.words >= reading.MIN_WORDS_TO_SWITCH:
        return _go_on(talk.with_conversation(language=guess, aside=talk.message))
    if talk.conversation.misses + 1 >= MAX_MISSES:
        return _go_on(talk.with_conversation(language=talk.conversation.language or DEFAULT_LANGUAGE))
    return talk.turn(form.languages(talk), misses=talk.conversation.misses + 1, aside=talk.conversation.aside)


def _go_on(talk: Talk) -> Turn:
    """Takes up what was asked or written before the question about language."""
    if talk.conversation.step == "language":
        talk = talk.with_conversation(step=form.next_step(talk))
    if talk.conversation.aside:
        return talk.again(talk.take_up())
    if not talk.conversation.step:
        return talk.turn(join(say("language.changed"), form.menu()), step="menu")
    return talk.turn(join(say("language.changed"), form.question(talk, talk.conversation.step)))


def _named(talk: Talk) -> str | None:
    return talk.world.lexicon.languages.get(talk.folded)

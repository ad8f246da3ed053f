"""A question about a service: answered from the directory, and a ticket for the department when that is not enough."""

from bot.dialogue import draft as drafts
from bot.dialogue import form, greeting, opening, report
from bot.dialogue.talk import Talk, join, say
from bot.dialogue.values import Draft, Message, Reply, Turn
from bot.directory import Service
from bot.limits import FALLBACK_CATEGORY
from bot.text.answers import has_cue

FACTS = ("documents", "fee", "time", "place")
LIKELY = 4
CLEAR_LEAD = 0.5
UNSURE = ("elsewhere", "unsure")
INTERRUPTIBLE = ("report.sector", "report.category", "report.likely", "report.place", "report.which_place")
"""Steps at which a question about a service is no answer to what was asked."""


def wanted(talk: Talk) -> bool:
    """Asks for papers, a fee, the way, the time or anything else of a service, or says "service"."""
    return talk.meaning == "service" or talk.wants("service") or (_is_question(talk) and not talk.meaning)


def begin(talk: Talk) -> Turn:
    if talk.meaning == "service":
        return ask_which(talk)
    return _choose(talk) if talk.services else _offer_person(talk)


def wanted_beside(talk: Talk) -> bool:
    """A sure question in the middle of a complaint."""
    return talk.conversation.step in INTERRUPTIBLE and _is_question(talk) and bool(_sure(talk))


def tell_beside(talk: Talk) -> Turn:
    """Answers it, and comes back to the open question."""
    told = _facts(talk.world.directory.services[_sure(talk)])
    return talk.beside(join(*told), form.current_question(talk))


def ask_which(talk: Talk) -> Turn:
    return form.ask(talk.with_conversation(draft=None), "service.which")


def at_which(talk: Talk) -> Turn | None:
    """The answer to "which service?"."""
    if talk.picked.startswith("service:"):
        return _tell(talk, talk.world.directory.services[talk.picked.partition(":")[2]])
    if talk.meaning or talk.choice is not None:
        return None
    if talk.services:
        return _choose(talk)
    return _offer_person(talk) if talk.folded or talk.message.media else None


def at_enough(talk: Talk) -> Turn | None:
    """After an answer: 1 asks the department itself."""
    if talk.picked == "ask_department" or talk.gist == "no":
        return form.ask(talk, "question.words")
    if talk.picked == "report":
        return report.begin_chosen(talk)
    talk = talk.with_conversation(draft=None, step="")
    if talk.gist == "yes" or talk.meaning == "thanks":
        return talk.turn(say("thanks"))
    return None if talk.choice is not None or talk.meaning else talk.again(talk)


def at_words(talk: Talk) -> Turn:
    """The question in the citizen's own words, or by voice."""
    if talk.wants_back:
        return greeting.leave(talk)
    if talk.message.media or talk.message.pin or drafts.is_story(talk):
        talk = _take(talk)
        return form.ask(talk, form.next_step(talk))
    return form.ask_again(talk)


def at_confirm(talk: Talk) -> Turn:
    """1 sends the question to the department; more words, pictures and voice join it."""
    if talk.wants_back or talk.gist == "no":
        return greeting.leave(talk)
    if talk.picked == "send" or talk.gist == "yes":
        return opening.open_question(talk, form.draft_of(talk))
    if talk.message.media or talk.message.pin or drafts.is_story(talk):
        return form.ask(_take(talk), "question.confirm", say("report.noted"))
    return form.ask_again(talk)


def ask_a_person(talk: Talk, message: Message) -> Turn:
    """What the service cannot read becomes a question in the common queue, so that a person reads all of it."""
    draft = Draft(
        kind="question", category=FALLBACK_CATEGORY, words=message.text, messages=message.ids, media=message.media
    )
    return opening.open_question(talk, draft, say("unclear.person"))


def _is_question(talk: Talk) -> bool:
    return bool(talk.services) and has_cue(talk.folded, "question", talk.world.lexicon)


def _sure(talk: Talk) -> str:
    ranked = [*talk.services, ("", 0.0), ("", 0.0)]
    return ranked[0][0] if ranked[0][1] - ranked[1][1] >= CLEAR_LEAD else ""


def _choose(talk: Talk) -> Turn:
    if sure := _sure(talk):
        return _tell(talk, talk.world.directory.services[sure])
    offered = tuple(f"service:{code}" for code, _ in talk.services[:LIKELY])
    return form.ask(talk.with_conversation(offered=offered), "service.likely")


def _tell(talk: Talk, service: Service) -> Turn:
    draft = Draft(kind="question", category=FALLBACK_CATEGORY, service=service.code)
    asked = None if talk.meaning or talk.picked else talk.message
    reply = join(*_facts(service), form.question(talk, "service.enough"))
    return talk.turn(reply, step="service.enough", draft=draft, aside=asked)


def _facts(service: Service) -> list[Reply]:
    """The title and a line for each thing known; what is known only from elsewhere, or not for sure, says so."""
    lines = [say("service.title", title=service.title)]
    for kind in FACTS:
        fact = service.facts[kind]
        if fact.names.by_language:
            lines.append(
                say(f"service.{kind}_unsure" if fact.certainty in UNSURE else f"service.{kind}", value=fact.names)
            )
    return lines if len(lines) > 1 else [*lines, say("service.office_tells")]


def _offer_person(talk: Talk) -> Turn:
    category = talk.topics[0][0] if talk.topics else FALLBACK_CATEGORY
    talk = _take(talk.with_conversation(draft=Draft(kind="question", category=category)))
    return form.ask(talk, "question.confirm", say("service.not_known"))


def _take(talk: Talk) -> Talk:
    return drafts.take_words(talk) if talk.folded else drafts.take_media(talk)

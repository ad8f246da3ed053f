"""A question about a service: answered from the directory, and a ticket for the department when that is not enough."""

from dataclasses import replace

from bot import clock
from bot.dialogue import form, greeting, report
from bot.dialogue.talk import Talk, say
from bot.dialogue.values import Draft, Reply, Turn
from bot.directory import FALLBACK_CATEGORY, Service
from bot.text.answers import has_cue

FACTS = ("documents", "fee", "time", "place")
LIKELY = 4
CLEAR_LEAD = 0.5
UNSURE = ("elsewhere", "unsure")


def wanted(talk: Talk) -> bool:
    """Asks for papers, a fee, the way or the time of something the directory knows, or says "service"."""
    return talk.meaning == "service" or (bool(talk.services) and has_cue(talk.folded, "question", talk.world.lexicon))


def begin(talk: Talk) -> Turn:
    return _choose(talk) if talk.services and talk.meaning != "service" else ask_which(talk)


def ask_which(talk: Talk) -> Turn:
    return form.ask(talk.with_conversation(draft=None), "service.which")


def at_which(talk: Talk) -> Turn | None:
    """The answer to "which service?"."""
    if talk.picked:
        return _tell(talk, talk.world.directory.services[talk.picked.partition(":")[2]])
    if talk.meaning or talk.choice is not None or not talk.folded:
        return None
    if talk.services:
        return _choose(talk)
    return _offer_person(talk)


def at_enough(talk: Talk) -> Turn | None:
    """After an answer: 1 asks the department itself."""
    if talk.picked == "ask_department" or talk.meaning == "no":
        return form.ask(talk, "question.words")
    if talk.meaning in ("yes", "thanks", "done"):
        return talk.with_conversation(draft=None, step="").turn(say("thanks"))
    if talk.choice is None and talk.words > 1 and not talk.meaning:
        return talk.again(talk.with_conversation(draft=None, step=""))
    return None


def at_words(talk: Talk) -> Turn:
    """The question in the citizen's own words."""
    if talk.wants_back:
        return greeting.leave(talk)
    is_voice = any(kind.startswith(form.VOICE) for kind in talk.message.media)
    if not (is_voice or talk.words > 1):
        return form.ask_again(talk)
    draft = form.draft_of(talk)
    draft = replace(
        draft,
        words=talk.message.text[: report.MAX_WORDS],
        media=draft.media + talk.message.media,
        messages=(*draft.messages, talk.message.id),
    )
    return form.ask(talk.with_conversation(draft=draft), "question.confirm")


def at_confirm(talk: Talk) -> Turn:
    """1 sends the question to the department."""
    if talk.wants_back or talk.meaning == "no":
        return greeting.leave(talk)
    if talk.picked != "send" and talk.meaning not in ("yes", "done"):
        return form.ask_again(talk)
    draft = form.draft_of(talk)
    department = talk.world.directory.answering(draft.service, draft.category)
    return report.opened(talk, draft, department, clock.deadline(talk.world.now, clock.QUESTION_HOURS))


def ask_a_person(talk: Talk) -> Turn:
    """What the service cannot read becomes a question in the common queue, so that a person reads it."""
    draft = Draft(kind="question", category=FALLBACK_CATEGORY, words=talk.message.text, messages=(talk.message.id,))
    deadline = clock.deadline(talk.world.now, clock.QUESTION_HOURS)
    return report.opened(
        talk, draft, talk.world.directory.answering("", FALLBACK_CATEGORY), deadline, say("unclear.person")
    )


def _choose(talk: Talk) -> Turn:
    ranked = [*talk.services, ("", 0.0)]
    if ranked[0][1] - ranked[1][1] >= CLEAR_LEAD:
        return _tell(talk, talk.world.directory.services[ranked[0][0]])
    offered = tuple(f"service:{code}" for code, _ in talk.services[:LIKELY])
    return form.ask(talk.with_conversation(offered=offered), "service.likely")


def _tell(talk: Talk, service: Service) -> Turn:
    draft = Draft(kind="question", category=FALLBACK_CATEGORY, service=service.code)
    facts = [fact for kind in FACTS if (fact := _fact(service, kind))]
    title = say("service.title", title=service.title)
    if not facts:
        facts = [say("service.office_tells")]
    return form.ask(talk.with_conversation(draft=draft), "service.enough", title, *facts)


def _fact(service: Service, kind: str) -> Reply | None:
    """One line; what is known only from elsewhere, or not for sure, says so."""
    fact = service.facts[kind]
    if not fact.names.by_language:
        return None
    key = f"service.{kind}_unsure" if fact.certainty in UNSURE else f"service.{kind}"
    return say(key, value=fact.names)


def _offer_person(talk: Talk) -> Turn:
    category = talk.topics[0][0] if talk.topics else FALLBACK_CATEGORY
    draft = Draft(kind="question", category=category, words=talk.message.text, messages=(talk.message.id,))
    return form.ask(talk.with_conversation(draft=draft), "question.confirm", say("service.not_known"))

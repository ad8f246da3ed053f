"""The open question: which one a draft needs next, and how any question is asked, and asked again after an interruption."""

from collections.abc import Callable, Iterable

from bot.dialogue.talk import BACK, Talk, join, say
from bot.dialogue.values import Draft, Option, Reply, Term, TicketView, Turn
from bot.names import Names

VOICE = "audio/"
MAX_LISTED = 8
MAX_QUOTED = 200
"""Characters of a citizen's own words that are read back; the rest is kept."""
VERDICTS = ("solved", "partly", "unsolved")
CANCEL = Option("back", Term("option.cancel"))
"""At a draft's last question 0 leaves the draft."""


def draft_of(talk: Talk) -> Draft:
    return talk.conversation.draft or Draft()


def is_told(draft: Draft) -> bool:
    """Whether the draft says what the trouble is: in words, or by voice for those who do not write."""
    return bool(draft.words) or any(kind.startswith(VOICE) for kind in draft.media)


def is_quiet(talk: Talk) -> bool:
    """Whether the draft is of a matter that whoever else holds the phone must not read about: violence at home."""
    return talk.world.directory.is_quiet(draft_of(talk).category)


def next_step(talk: Talk) -> str:
    """The first thing the draft still lacks; empty without a draft."""
    draft = talk.conversation.draft
    if draft is None:
        return ""
    if draft.kind == "question":
        return "question.confirm" if is_told(draft) else "question.words"
    if not draft.category:
        return "report.category" if draft.sector else "report.sector"
    if is_quiet(talk) and not draft.safe:
        return "report.safe"
    if not draft.district:
        return "report.place"
    return "report.confirm" if is_told(draft) else "report.words"


def current_question(talk: Talk) -> Reply | None:
    """The question that is open now, or None when there is none that would be asked again."""
    is_open = talk.conversation.step in QUESTIONS and talk.conversation.step != "ticket.added"
    return question(talk, talk.conversation.step) if is_open else None


def question(talk: Talk, step: str) -> Reply:
    """The question a step asks."""
    return QUESTIONS[step](talk)


def ask(talk: Talk, step: str, *before: Reply) -> Turn:
    """Opens the question of `step`, after other sentences in the same message."""
    asked = question(talk, step)
    return talk.turn(join(*before, asked) if before else asked, step=step)


def ask_again(talk: Talk, key: str = "unclear") -> Turn:
    """Says kindly that the answer was not understood, and asks the open question again."""
    reply = join(say(key), question(talk, talk.conversation.step))
    return talk.turn(reply, misses=talk.conversation.misses + 1, aside=talk.conversation.aside)


def menu(_: Talk | None = None) -> Reply:
    return say("menu", _terms("report", "service", "mine", "language"))


def languages(talk: Talk, key: str = "language.ask") -> Reply:
    """Each language under its own name, whatever language is being spoken."""
    return say(key, [Option(code, Names({"en": name}, {})) for code, name in talk.world.languages])


def choices(talk: Talk, kind: str, codes: Iterable[str]) -> list[Option]:
    """The numbered list for codes of one kind of thing in the directory, with 0 to go back."""
    return [Option(f"{kind}:{code}", talk.world.directory.names_of(kind, code)) for code in codes] + [BACK]


def summary(talk: Talk) -> Reply:
    """Category, place and words of a draft."""
    draft, directory = draft_of(talk), talk.world.directory
    return say(
        "report.summary",
        category=directory.names_of("category", draft.category),
        place=directory.place_names(draft.district, draft.tehsil),
        words=draft.words[:MAX_QUOTED] or Term("draft.by_voice"),
    )


def mine(talk: Talk) -> Reply:
    """The citizen's own tickets, newest first."""
    return say("mine.list", [*(_line(talk, ticket) for ticket in talk.own_tickets[:MAX_LISTED]), BACK])


def _line(talk: Talk, ticket: TicketView) -> Option:
    names = talk.world.directory.names_of("category", ticket.category)
    if ticket.unsafe or talk.world.directory.is_quiet(ticket.category):
        return Option(ticket.number, Names({"en": ticket.number}, {}))
    return Option(
        ticket.number, Names({lang: f"{ticket.number} {name}" for lang, name in names.by_language.items()}, {})
    )


def _added(talk: Talk) -> Reply:
    return say("ticket.added", _terms("new_complaint"), number=talk.conversation.about)


def _terms(*names: str) -> list[Option]:
    return [Option(name, Term(f"option.{name}")) for name in names]


def _sectors(talk: Talk) -> Reply:
    return say("report.sector", choices(talk, "sector", talk.world.directory.sectors))


def _categories(talk: Talk) -> Reply:
    sector = draft_of(talk).sector
    codes = (c.code for c in talk.world.directory.categories.values() if c.sector == sector)
    return say("report.category", choices(talk, "category", codes))


def _divisions(talk: Talk) -> Reply:
    return say("report.division", choices(talk, "division", talk.world.directory.divisions))


def _offered(key: str) -> Callable[[Talk], Reply]:
    """A question whose list was made from the citizen's words: the same list again."""

    def ask(talk: Talk) -> Reply:
        options = [
            Option(i, talk.world.directory.names_of(*i.split(":"))) for i in talk.conversation.offered if ":" in i
        ]
        others = [Option(i, Term(f"option.{i}")) for i in talk.conversation.offered if ":" not in i]
        return say(key, [*options, *others, BACK])

    return ask


def _confirm(talk: Talk) -> Reply:
    return join(summary(talk), say("report.confirm", [*_terms("send", "change"), CANCEL]))


def _question_confirm(talk: Talk) -> Reply:
    draft = draft_of(talk)
    department = talk.world.directory.departments[talk.world.directory.answering(draft.service, draft.category)]
    words = draft.words[:MAX_QUOTED] or Term("draft.by_voice")
    return say("question.confirm", [*_terms("send"), CANCEL], department=department.names, words=words)


def _resume(talk: Talk) -> Reply:
    category = draft_of(talk).category
    is_named = category and not is_quiet(talk)
    about = talk.world.directory.names_of("category", category) if is_named else Term("draft.begun")
    return say("resume.ask", _terms("yes", "no"), draft=about)


def _plain(key: str, *names: str) -> Callable[[Talk], Reply]:
    return lambda _: say(key, [*_terms(*names), BACK])


QUESTIONS: dict[str, Callable[[Talk], Reply]] = {
    "language": languages,
    "menu": menu,
    "stop": _plain("opt.ask", "stop", "report"),
    "resume": _resume,
    "report.safe": _plain("report.safe", "yes", "no"),
    "report.sector": _sectors,
    "report.category": _categories,
    "report.likely": _offered("report.likely"),
    "report.place": _plain("report.place"),
    "report.which_place": _offered("report.which_place"),
    "report.division": _divisions,
    "report.district": _offered("report.district"),
    "report.words": _plain("report.words"),
    "report.confirm": _confirm,
    "report.change": _plain("report.change", "what", "where", "words"),
    "service.which": _plain("service.which"),
    "service.likely": _offered("service.likely"),
    "service.enough": _plain("service.enough", "ask_department", "report"),
    "question.words": _plain("question.words"),
    "question.confirm": _question_confirm,
    "ticket.added": _added,
    "mine": mine,
    "verdict": _plain("verdict.ask", *VERDICTS),
    "verdict.again": _plain("verdict.again", "reopen"),
    "verdict.rate": _plain("verdict.rate"),
}

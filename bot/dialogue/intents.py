"""The table of intents: what a message may want, in order of precedence; the first that wants it answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue import (
    comment,
    danger,
    greeting,
    helping,
    language,
    opening,
    opt,
    report,
    resume,
    service,
    track,
    unclear,
    verdict,
)
from bot.dialogue.talk import Talk
from bot.dialogue.values import Turn


@dataclass(frozen=True, slots=True)
class Intent:
    """`answer` may return None: "on a closer look not mine"; then the next row is asked."""

    name: str
    wanted: Callable[[Talk], bool]
    answer: Callable[[Talk], Turn | None]


def at_step(talk: Talk) -> bool:
    return talk.conversation.step in STEPS


def answer_step(talk: Talk) -> Turn | None:
    return STEPS[talk.conversation.step](talk)


def from_menu(talk: Talk) -> Turn | None:
    """A choice from the menu."""
    chosen = MENU.get(talk.picked)
    return chosen(talk) if chosen else None


def in_draft(wanted: Callable[[Talk], bool]) -> Callable[[Talk], bool]:
    """Wanted, and a draft is open at a step of its own."""
    return lambda talk: talk.conversation.draft is not None and talk.conversation.step in DRAFT_STEPS and wanted(talk)


DRAFT_STEPS = frozenset(report.STEPS) | {"question.words", "question.confirm"}

MENU: dict[str, Callable[[Talk], Turn]] = {
    "report": report.begin_chosen,
    "service": service.ask_which,
    "mine": track.show_list,
    "language": language.ask,
}

# What answers each open question.
STEPS: dict[str, Callable[[Talk], Turn | None]] = {
    "language": language.answer,
    "menu": from_menu,
    "stop": opt.answer,
    "resume": resume.answer,
    "mine": track.answer_list,
    "opened": opening.answer_opened,
    "verdict": verdict.answer,
    "verdict.again": verdict.answer,
    "verdict.rate": verdict.rate,
    "ticket.added": comment.answer,
    "service.which": service.at_which,
    "service.likely": service.at_which,
    "service.enough": service.at_enough,
    "question.words": service.at_words,
    "question.confirm": service.at_confirm,
    **dict.fromkeys(report.STEPS, report.answer),
}

INTENTS = (
    Intent("opt_out", opt.wants_out, opt.stop),
    Intent("opt_in", opt.wants_in, opt.start),
    Intent("opt_ask", opt.may_mean_out, opt.ask),
    Intent("danger", danger.breaks_in, report.begin),
    Intent("help", helping.wanted, helping.answer),
    Intent("language", language.wanted, language.change),
    Intent("newcomer", language.is_unknown, language.ask_newcomer),
    Intent("cancel", greeting.wants_to_leave, greeting.leave),
    Intent("resume", resume.wanted, resume.ask),
    Intent("check", track.wants_check, track.check),
    Intent("track", track.names_ticket, track.show),
    # By the way, in the middle of a draft: its question comes back.
    Intent("draft_menu", in_draft(greeting.wants_menu), greeting.show_menu),
    Intent("draft_thanks", in_draft(lambda talk: talk.meaning == "thanks"), greeting.welcome_thanks),
    Intent("draft_mine", in_draft(track.wants_list), track.show_list),
    Intent("draft_service", service.wanted_beside, service.tell_beside),
    Intent("step", at_step, answer_step),
    Intent("back", lambda talk: talk.wants_back, greeting.leave),
    Intent("mine", track.wants_list, track.show_list),
    Intent("thanks", greeting.is_thanks, greeting.welcome_thanks),
    Intent("menu", greeting.wants_menu, greeting.show_menu),
    Intent("service", service.wanted, service.begin),
    Intent("comment", comment.wanted, comment.add),
    Intent("report", report.wanted, report.begin),
    Intent("other", unclear.anything, unclear.answer),
)

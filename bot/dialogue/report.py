"""A complaint: what, where, in the citizen's words; then one look at the whole, and a number with a deadline."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import clock
from bot.dialogue import form, greeting
from bot.dialogue.talk import Talk, join, say
from bot.dialogue.values import Day, Draft, OpenTicket, Reply, Turn
from bot.directory import FALLBACK_CATEGORY
from bot.text.places import Place, find_places, nearest_place, suggest_places

MAX_MISSES = 3
CLEAR_LEAD = 0.5
"""Score by which the likeliest category must lead the next to be taken without asking."""
MIN_SCORE = 0.5
LIKELY = 3
MAX_WORDS = 2000
MIN_STORY_WORDS = 2


def wanted(talk: Talk) -> bool:
    """Anything that names a trouble of the directory, sends a picture, voice or pin, or says "complaint"."""
    named = talk.meaning == "report" or (bool(talk.topics) and not talk.meaning)
    return named or bool(talk.message.media or talk.message.pin)


def begin(talk: Talk, *, words: bool = True) -> Turn:
    """Starts a complaint; all that the first message says is used."""
    talk = talk.with_conversation(draft=Draft(), step="", about="")
    return go_on(_take_all(talk) if words else talk)


def go_on(talk: Talk, *before: Reply) -> Turn:
    """Asks for the next thing the draft lacks."""
    likely = _likely(talk)
    if len(likely) > 1 and not form.draft_of(talk).category:
        offered = (*(f"category:{code}" for code in likely), "other_list")
        talk = talk.with_conversation(offered=offered)
        return form.ask(talk, "report.likely", *before)
    return form.ask(talk, form.next_step(talk), *before)


def answer(talk: Talk) -> Turn | None:
    """The answer to the open question of a complaint."""
    step = talk.conversation.step
    if talk.wants_back:
        return _back(talk)
    if talk.message.media or talk.message.pin:
        return go_on(_take_all(talk, words=step in ("report.words", "report.confirm")), say("report.attached"))
    return STEPS[step](talk)


def _take_all(talk: Talk, *, words: bool = True) -> Talk:
    """The talk whose draft holds all that the message says of category, place and trouble."""
    message, draft = talk.message, form.draft_of(talk)
    places = _narrowest(talk.places)
    pinned = nearest_place(*message.pin, talk.world.directory.place_index) if message.pin else None
    if pinned and not places:
        places = [pinned]
    draft = replace(
        draft,
        messages=(*draft.messages, message.id),
        media=draft.media + message.media,
        pin=message.pin or draft.pin,
        words=_joined(draft.words, message.text) if words and _is_story(talk) else draft.words,
    )
    if not draft.category and (sure := _sure_category(talk)):
        draft = replace(draft, category=sure)
    if not draft.district and len(places) == 1:
        draft = replace(draft, district=places[0].district, tehsil=places[0].tehsil)
    return talk.with_conversation(draft=draft)


def _is_story(talk: Talk) -> bool:
    return not talk.meaning and talk.choice is None and talk.words >= MIN_STORY_WORDS


def _joined(first: str, second: str) -> str:
    """Both, once: impatient people send the same line again."""
    if second in first:
        return first
    return "\n".join(part for part in (first, second) if part)[:MAX_WORDS]


def _sure_category(talk: Talk) -> str:
    scores = [*talk.topics, ("", 0.0), ("", 0.0)]
    (best, lead), (_, second) = scores[0], scores[1]
    return best if lead >= MIN_SCORE and lead - second >= CLEAR_LEAD else ""


def _likely(talk: Talk) -> list[str]:
    return [code for code, _ in talk.topics[:LIKELY]]


def _narrowest(places: list[Place]) -> list[Place]:
    """Turbat and Kech in one message are one place: a tehsil makes its own district's name needless."""
    inside = {place.district for place in places if place.tehsil}
    return [place for place in places if place.tehsil or place.district not in inside]


def _set(talk: Talk, **fields: Any) -> Talk:
    return talk.with_conversation(draft=replace(form.draft_of(talk), **fields))


def _at_sector(talk: Talk) -> Turn:
    if talk.picked:
        return form.ask(_set(talk, sector=talk.picked.partition(":")[2]), "report.category")
    return _category_from_words(talk)


def _at_category(talk: Talk) -> Turn:
    if talk.picked == "other_list":
        return form.ask(talk, "report.sector")
    if talk.picked:
        category = talk.picked.partition(":")[2]
        return _ask_next(_set(talk, category=category, sector=talk.world.directory.categories[category].sector))
    return _category_from_words(talk)


def _category_from_words(talk: Talk) -> Turn:
    if talk.choice is not None or not talk.folded:
        return form.ask_again(talk)
    talk = _take_all(talk)
    if form.draft_of(talk).category:
        return _ask_next(talk)
    if talk.topics:
        return go_on(talk)
    if talk.conversation.misses + 1 >= MAX_MISSES:
        return _ask_next(_set(talk, category=FALLBACK_CATEGORY), say("report.person_sorts"))
    return form.ask_again(talk, "report.noted" if _is_story(talk) else "unclear")


def _ask_next(talk: Talk, *before: Reply) -> Turn:
    return form.ask(talk, form.next_step(talk), *before)


def _at_place(talk: Talk) -> Turn:
    index = talk.world.directory.place_index
    places = _narrowest(find_places(talk.folded, index, asked=True))
    if len(places) == 1:
        return _placed(talk, places[0].code)
    suggested, sure = suggest_places(talk.folded, index)
    if sure and not places:
        return _placed(talk, suggested[0].code)
    if candidates := places or suggested:
        offered = (*(f"place:{place.code}" for place in candidates), "place_list")
        return form.ask(talk.with_conversation(offered=offered), "report.which_place")
    if talk.conversation.misses:
        return form.ask(talk, "report.division")
    return form.ask_again(talk, "report.place_unknown")


def _at_which_place(talk: Talk) -> Turn:
    if talk.picked == "place_list":
        return form.ask(talk, "report.division")
    return _placed(talk, talk.picked.partition(":")[2]) if talk.picked else _at_place(talk)


def _at_division(talk: Talk) -> Turn:
    if not talk.picked:
        return _at_place(talk) if talk.choice is None else form.ask_again(talk)
    division = talk.picked.partition(":")[2]
    districts = (d.code for d in talk.world.directory.districts.values() if d.parent == division)
    return form.ask(talk.with_conversation(offered=tuple(f"place:{code}" for code in districts)), "report.district")


def _placed(talk: Talk, code: str) -> Turn:
    tehsil = talk.world.directory.tehsils.get(code)
    fields = {"district": tehsil.parent, "tehsil": code} if tehsil else {"district": code, "tehsil": ""}
    return _ask_next(_set(talk, **fields))


def _at_words(talk: Talk) -> Turn:
    if not talk.folded or talk.choice is not None:
        return form.ask_again(talk)
    draft = form.draft_of(talk)
    draft = replace(draft, words=talk.message.text[:MAX_WORDS], messages=(*draft.messages, talk.message.id))
    return _ask_next(talk.with_conversation(draft=draft))


def _at_confirm(talk: Talk) -> Turn:
    if talk.picked == "send" or talk.meaning in ("yes", "done"):
        return _send(talk)
    if talk.picked == "change" or talk.meaning == "no":
        return form.ask(talk, "report.change")
    if not _is_story(talk):
        return form.ask_again(talk)
    draft = form.draft_of(talk)
    draft = replace(draft, words=_joined(draft.words, talk.message.text), messages=(*draft.messages, talk.message.id))
    return form.ask(talk.with_conversation(draft=draft), "report.confirm", say("report.noted"))


def _at_change(talk: Talk) -> Turn:
    cleared = {
        "what": {"category": "", "sector": ""},
        "where": {"district": "", "tehsil": ""},
        "words": {"words": ""},
    }.get(talk.picked)
    if cleared is None:
        return form.ask_again(talk)
    talk = _set(talk, **cleared)
    return form.ask(talk, "report.words" if talk.picked == "words" else form.next_step(talk))


def _send(talk: Talk) -> Turn:
    draft, directory, now = form.draft_of(talk), talk.world.directory, talk.world.now
    category = directory.categories.get(draft.category, directory.categories[FALLBACK_CATEGORY])
    department = directory.departments[directory.answering("", draft.category, draft.district)]
    deadline = clock.deadline(now, category.sla_hours)
    return opened(talk, draft, department.code, deadline, *_danger(category.priority, department.helpline))


def opened(talk: Talk, draft: Draft, department: str, deadline: datetime, *before: Reply) -> Turn:
    """The turn in which a ticket opens: its number, who answers, and until when."""
    number = talk.world.new_number()
    names = talk.world.directory.departments[department].names
    told = say(OPENED[draft.kind], number=number, department=names, date=Day(deadline))
    command = OpenTicket(number, draft, department, deadline)
    return talk.turn(join(*before, told) if before else told, commands=(command,), step="", draft=None, about=number)


def _danger(priority: str, helpline: str) -> tuple[Reply, ...]:
    """Where life may be at stake the number to call comes first, if it is sure."""
    return (say("danger", number=helpline.split("|", maxsplit=1)[0]),) if priority == "emergency" and helpline else ()


OPENED = {"complaint": "report.opened", "question": "question.opened"}

# The question before each question, and what answering it anew forgets.
BEFORE: dict[str, tuple[str, dict[str, str]]] = {
    "report.category": ("report.sector", {"sector": "", "category": ""}),
    "report.likely": ("report.sector", {}),
    "report.place": ("report.sector", {"sector": "", "category": ""}),
    "report.which_place": ("report.place", {}),
    "report.division": ("report.place", {}),
    "report.district": ("report.division", {}),
    "report.words": ("report.place", {"district": "", "tehsil": ""}),
    "report.change": ("report.confirm", {}),
}


def _back(talk: Talk) -> Turn:
    step, forgotten = BEFORE.get(talk.conversation.step, ("", {}))
    return form.ask(_set(talk, **forgotten), step) if step else greeting.leave(talk)


STEPS: dict[str, Callable[[Talk], Turn]] = {
    "report.sector": _at_sector,
    "report.category": _at_category,
    "report.likely": _at_category,
    "report.place": _at_place,
    "report.which_place": _at_which_place,
    "report.division": _at_division,
    "report.district": _at_which_place,
    "report.words": _at_words,
    "report.confirm": _at_confirm,
    "report.change": _at_change,
}

"""A complaint: what, where, in the citizen's words; then one look at the whole, and a number with a deadline."""

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue import danger, form, greeting, opening, safety, where
from bot.dialogue import draft as drafts
from bot.dialogue.talk import Talk, join, say
from bot.dialogue.values import Draft, Reply, Turn
from bot.limits import FALLBACK_CATEGORY
from bot.text.places import Place, find_places

MAX_MISSES = 3
MAX_UNSAFE_MISSES = 2
LIKELY = 3
TROUBLES = ("complaint", "emergency")
MIN_TROUBLE_WORDS = 3


def wanted(talk: Talk) -> bool:
    """Anything that tells a trouble or names one of the directory, sends a picture, voice or pin, or says "complaint"."""
    if talk.meaning:
        return talk.meaning == "report" or bool(talk.message.media or talk.message.pin)
    tells = talk.intent in TROUBLES and (bool(talk.topics) or talk.words >= MIN_TROUBLE_WORDS)
    return tells or bool(drafts.sure_category(talk) or talk.message.media or talk.message.pin)


def begin_chosen(talk: Talk) -> Turn:
    """A complaint chosen from a list: with the words that led to the list, if there were any."""
    told = talk.take_up()
    return begin(told) if talk.conversation.aside and drafts.is_story(told) else begin(talk, words=False)


def begin(talk: Talk, *, words: bool = True) -> Turn:
    """Starts a complaint; all that the first message says is used."""
    talk = talk.with_conversation(draft=Draft(), step="", about="")
    if not words or (talk.meaning and not (talk.message.media or talk.message.pin)):
        return go_on(talk.with_message(replace(talk.message, text="")))
    talk, warning = danger.warn(_quick(drafts.take_all(_at_its_worst(talk))))
    return go_on(talk, *warning)


def _at_its_worst(talk: Talk) -> Talk:
    """Where violence at home is the likeliest meaning it is taken for that: a list would name it to whoever looks on."""
    likeliest, odds = talk.topics[0] if talk.topics else ("", 0.0)
    is_meant = odds >= drafts.LIKELY_ENOUGH and talk.world.directory.is_quiet(likeliest)
    return drafts.change(talk, category=likeliest) if is_meant else talk


def _quick(talk: Talk) -> Talk:
    """A category that the citizen's own words made sure needs no summary first, unless it is one to be careful with."""
    category = talk.world.directory.categories.get(form.draft_of(talk).category)
    return drafts.change(talk, quick=category is not None and not category.sensitive)


def go_on(talk: Talk, *before: Reply) -> Turn:
    """Asks for the next thing the draft lacks, the likeliest answers first."""
    if not form.draft_of(talk).category and drafts.is_of_none(talk):
        return where.ask_next(
            drafts.change(talk, category=FALLBACK_CATEGORY, quick=True), *before, say("report.person_sorts")
        )
    named = talk.troubles or [code for code, _ in talk.topics if code != FALLBACK_CATEGORY]
    likely = [code for code in named if not talk.world.directory.is_quiet(code)][:LIKELY]
    if likely and not form.draft_of(talk).category:
        offered = (*(f"category:{code}" for code in likely), "other_list")
        return form.ask(talk.with_conversation(offered=offered), "report.likely", *before)
    return where.ask_next(talk, *before)


def answer(talk: Talk) -> Turn | None:
    """The answer to the open question of a complaint."""
    if talk.wants_back:
        return _back(talk)
    if talk.message.media or (talk.message.pin and talk.conversation.step != "report.confirm"):
        return go_on(drafts.take_all(talk), say("report.attached"))
    return STEPS[talk.conversation.step](talk)


def _at_safe(talk: Talk) -> Turn:
    """Whether it is safe to write back. What is no answer is kept; asked in vain, we write no more."""
    if safety.is_denied(talk):
        return opening.open_unsafe(talk)
    if safety.is_told(talk):
        return where.ask_next(drafts.change(talk, safe=True, quick=True))
    if talk.conversation.misses + 1 >= MAX_UNSAFE_MISSES:  # every message more is one that somebody may see
        return opening.open_unsafe(drafts.take_all(talk))
    return form.ask_again(drafts.take_all(talk), "report.noted" if drafts.is_story(talk) else "unclear")


def _at_sector(talk: Talk) -> Turn:
    if talk.picked.startswith("sector:"):
        return form.ask(drafts.change(talk, sector=talk.picked.partition(":")[2]), "report.category")
    return _category_from_words(talk)


def _at_category(talk: Talk) -> Turn:
    if talk.picked == "other_list":
        return form.ask(talk, "report.sector")
    if talk.picked.startswith("category:"):
        category = talk.picked.partition(":")[2]
        sector = talk.world.directory.categories[category].sector
        # told in one's own words, and what they mean chosen from a list, it needs no summary either
        quick = form.is_told(form.draft_of(talk))
        return where.ask_next(drafts.change(talk, category=category, sector=sector, quick=quick))
    return _category_from_words(talk)


def _category_from_words(talk: Talk) -> Turn:
    if talk.choice is not None or talk.meaning or not talk.folded:
        return form.ask_again(talk)
    was = form.draft_of(talk).category
    told = drafts.take_all(drafts.change(talk, category=""), words=not drafts.is_complete(form.draft_of(talk)))
    if form.draft_of(told).category:
        return where.ask_next(told)
    if talk.topics:
        return go_on(told)
    if talk.conversation.misses + 1 >= MAX_MISSES:
        return where.ask_next(drafts.change(told, category=FALLBACK_CATEGORY), say("report.person_sorts"))
    return form.ask_again(drafts.change(told, category=was), "report.noted" if drafts.is_story(talk) else "unclear")


def _at_words(talk: Talk) -> Turn:
    """The story itself: not a menu word, and not the place once more."""
    is_place = find_places(talk.folded, talk.world.directory.place_index, asked=True) and talk.words <= MAX_PLACE_WORDS
    if not talk.folded or talk.choice is not None or talk.meaning or talk.gist or is_place:
        return form.ask_again(talk)
    return where.ask_next(drafts.change(drafts.take_media(talk), words=talk.message.text[: drafts.MAX_WORDS]))


def _at_confirm(talk: Talk) -> Turn:
    if talk.picked == "send" or talk.gist == "yes":
        return opening.open_complaint(talk)
    if talk.picked == "change" or talk.gist == "no":
        return form.ask(talk, "report.change")
    draft, places = form.draft_of(talk), drafts.named_places(talk)
    talk = drafts.take_all(talk)
    if len(places) == 1 and places[0].district != draft.district:
        was = Place(draft.district, draft.tehsil)
        return where.offer(talk, [*places, was], say("report.noted"))
    if form.draft_of(talk) == draft or not (drafts.is_story(talk) or talk.message.pin):
        return form.ask_again(talk)
    return form.ask(talk, "report.confirm", say("report.noted"))


def _at_change(talk: Talk) -> Turn:
    """Nothing is forgotten until the new answer is there."""
    if step := CHANGES.get(talk.picked):
        return form.ask(talk, step)
    draft, sure, places = form.draft_of(talk), drafts.sure_category(talk), drafts.named_places(talk)
    if sure and sure != draft.category:
        sector = talk.world.directory.categories[sure].sector
        talk = drafts.change(talk, category=sure, sector=sector)
    if len(places) == 1:
        talk = drafts.change(talk, district=places[0].district, tehsil=places[0].tehsil)
    return where.ask_next(talk) if form.draft_of(talk) != draft else form.ask_again(talk)


def _back(talk: Talk) -> Turn:
    """One question back; from a change, to the summary it was asked from."""
    # thought better of: a ticket that was being corrected stays as it is
    left = say("track.write" if form.draft_of(talk).number else "cancelled")
    if form.is_quiet(talk):  # no summary that names it, and the number once more
        talk, warning = danger.warn(drafts.change(talk, warned=False))
        return talk.turn(join(*warning, left), step="", draft=None)
    if form.draft_of(talk).number:
        return talk.turn(left, step="", draft=None)
    step = BEFORE.get(talk.conversation.step, "")
    if talk.conversation.step != "report.confirm" and drafts.is_complete(form.draft_of(talk)):
        return form.ask(talk, "report.confirm")
    return form.ask(talk, step) if step else greeting.leave(talk)


MAX_PLACE_WORDS = 2
CHANGES = {"what": "report.sector", "where": "report.place", "words": "report.words"}

# The question before each question. At the first and the last, 0 leaves the draft.
BEFORE = {
    "report.category": "report.sector",
    "report.likely": "report.sector",
    "report.place": "report.sector",
    "report.which_place": "report.place",
    "report.division": "report.place",
    "report.district": "report.division",
    "report.words": "report.place",
    "report.change": "report.confirm",
}

STEPS: dict[str, Callable[[Talk], Turn]] = {
    "report.safe": _at_safe,
    "report.sector": _at_sector,
    "report.category": _at_category,
    "report.likely": _at_category,
    "report.place": where.at_place,
    "report.which_place": where.at_which_place,
    "report.division": where.at_division,
    "report.district": where.at_district,
    "report.words": _at_words,
    "report.confirm": _at_confirm,
    "report.change": _at_change,
}

"""Where it is: by name, by a misspelt name, from a list of likely places, or down from the division."""

from collections.abc import Iterable

from bot.dialogue import danger, form, opening
from bot.dialogue import draft as drafts
from bot.dialogue.talk import Talk, say
from bot.dialogue.values import Reply, Turn
from bot.text.places import Place, find_outside, find_places, narrowest, suggest_places

STORY_WORDS = 4
"""An answer of so many words says more than a place; none of it is lost."""


def ask_next(talk: Talk, *before: Reply) -> Turn:
    """Asks for the next thing the draft lacks; two places named at once are offered both."""
    step, draft = form.next_step(talk), form.draft_of(talk)
    if step == "report.safe":
        talk, warning = danger.warn(talk)
        return form.ask(talk, step, *before, *warning)
    if step == "report.confirm" and draft.number:
        return opening.correct(talk)
    if step == "report.confirm" and draft.quick:
        # the number itself says that all was received; only danger comes before it
        return opening.open_at_once(talk, *(reply for reply in before if reply.key == "danger"))
    places = drafts.named_places(talk) if step == "report.place" else []
    if len(places) > 1:
        return offer(talk, places, *before)
    if step == "report.place" and (code := find_outside(talk.folded, talk.world.directory.place_index)):
        before = (*before, say("report.outside", place=talk.world.directory.outside[code]))
    return form.ask(talk, step, *before)


def offer(talk: Talk, places: Iterable[Place], *before: Reply) -> Turn:
    """Which of these places?"""
    offered = (*(f"place:{place.code}" for place in places), "place_list")
    return form.ask(talk.with_conversation(offered=offered), "report.which_place", *before)


def at_place(talk: Talk) -> Turn:
    """The answer to "where?"."""
    if talk.choice is not None:
        return form.ask(talk, "report.division")
    tells = talk.words >= STORY_WORDS and drafts.is_story(talk)
    talk = drafts.take_words(talk) if tells else talk
    index = talk.world.directory.place_index
    places = narrowest(find_places(talk.folded, index, asked=True))
    if len(places) == 1:
        return put(talk, places[0].code)
    if places:
        return offer(talk, places)
    if tells:
        return form.ask_again(talk, "report.noted")
    return _unknown(talk)


def at_which_place(talk: Talk) -> Turn:
    """The answer to a list of places."""
    if talk.picked == "place_list":
        return form.ask(talk, "report.division")
    if talk.picked:
        return put(talk, talk.picked.partition(":")[2])
    return at_place(talk)


def at_division(talk: Talk) -> Turn:
    """The answer to the list of divisions: the districts of one, or a place by name after all."""
    if not talk.picked:
        return form.ask_again(talk) if talk.choice is not None else at_place(talk)
    division = talk.picked.partition(":")[2]
    districts = (d.code for d in talk.world.directory.districts.values() if d.parent == division)
    offered = tuple(f"place:{code}" for code in districts)
    return form.ask(talk.with_conversation(offered=offered), "report.district")


def at_district(talk: Talk) -> Turn:
    """The answer to the list of a division's districts."""
    if not talk.picked and talk.choice is not None:
        return form.ask_again(talk)
    return at_which_place(talk)


def put(talk: Talk, code: str) -> Turn:
    """Sets the place of the draft, and goes on."""
    tehsil = talk.world.directory.tehsils.get(code)
    fields = {"district": tehsil.parent, "tehsil": code} if tehsil else {"district": code, "tehsil": ""}
    return ask_next(drafts.change(talk, **fields))


def _unknown(talk: Talk) -> Turn:
    """No place of that name: likely ones once, then the lists, so that nobody is asked for ever."""
    if code := find_outside(talk.folded, talk.world.directory.place_index):
        told = say("report.outside", place=talk.world.directory.outside[code])
        return form.ask(talk, "report.place", told)
    suggested, sure = suggest_places(talk.folded, talk.world.directory.place_index)
    if sure:
        return put(talk, suggested[0].code)
    if talk.conversation.misses or talk.conversation.step == "report.which_place":
        return form.ask(talk, "report.division", say("report.place_unknown"))
    if suggested:
        return offer(talk, suggested)
    return form.ask_again(talk, "report.place_unknown")

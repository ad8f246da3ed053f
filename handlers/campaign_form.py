"""A campaign manager's forms: what was typed, kept as it was typed; what is wrong, and where; who would get it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import abort, request

from bot.catalog import offered_languages
from bot.clock import KARACHI
from bot.services import outreach
from bot.services.hands import Hands
from bot.services.outreach import Plan
from bot.sms import Size, measure
from bot.text.fold import clean
from handlers.composer import read_text
from handlers.forms import new_key, read_key

FARTHEST = timedelta(days=366)
"""A later start is a slip of the finger in the year."""
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
"""What a browser's date-and-time field sends. Nothing looser: 03/04 is March to one reader and April to another."""
_FIELDS = {"campaigns.error.title": "title", "campaigns.error.languages": "languages"}


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` is the id of what must be mended; `language` names it where it is the text of one."""

    key: str
    field: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A new campaign as it stands in the browser. `texts` holds unticked languages too, so that no word is lost."""

    key: str
    title: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    districts: Sequence[str] = ()
    languages: Sequence[str] = ()

    def plan(self) -> Plan:
        texts = {language: clean(self.texts.get(language, "")) for language in self.languages}
        return Plan(" ".join(clean(self.title).split()), texts, self.districts, self.languages)


@dataclass(frozen=True, slots=True)
class Share:
    """The people of one language, and what its text costs by SMS."""

    language: str
    people: int
    size: Size

    @property
    def parts(self) -> int:
        return self.people * self.size.segments


@dataclass(frozen=True, slots=True)
class Reach:
    """Who would get a campaign now. `others`: people of languages it has no text in."""

    shares: Sequence[Share]
    left_out: int
    others: int

    @property
    def people(self) -> int:
        return sum(share.people for share in self.shares)

    @property
    def parts(self) -> int:
        return sum(share.parts for share in self.shares)


def empty_form(hands: Hands) -> Form:
    """A fresh form; the first language is ticked, so that there is a box to write in."""
    return Form(new_key(), languages=[code for code, _ in offered_languages(hands.catalog)][:1])


def read_form(hands: Hands) -> Form:
    """The form that came. An unknown district is refused: dropped, it would widen the audience."""
    codes = [code for code, _ in offered_languages(hands.catalog)]
    ticked = request.form.getlist("languages")
    districts = list(dict.fromkeys(request.form.getlist("districts")))
    if not set(ticked) <= set(codes) or not set(districts) <= set(hands.directory.districts):
        abort(400)
    texts = {code: read_text(request.form.get(f"text-{code}", "")) for code in codes}
    return Form(read_key(), request.form.get("title", ""), texts, districts, [c for c in codes if c in ticked])


def place_faults(plan: Plan, keys: Sequence[str], max_text: int) -> list[Fault]:
    """Each fault beside the field it is about; a fault of texts once for every text that has it."""
    faults = []
    for key in keys:
        if key in _FIELDS:
            faults.append(Fault(key, _FIELDS[key]))
        else:
            bad = [c for c, text in plan.texts.items() if (len(text) > max_text if key.endswith("long") else not text)]
            faults += [Fault(key, f"text-{code}", code) for code in bad]
    return faults


def count_reach(hands: Hands, districts: Sequence[str], languages: Sequence[str], texts: Mapping[str, str]) -> Reach:
    """Counts the people of these districts and languages as the database has them now."""
    wanted = outreach.count(hands, districts, languages)
    everybody = outreach.count(hands, districts, [code for code, _ in offered_languages(hands.catalog)])
    shares = [Share(code, wanted.get(code, 0), measure(texts.get(code, ""))) for code in languages]
    others = sum(people for code, people in everybody.items() if code not in (*languages, "opted_out"))
    return Reach(shares, wanted.get("opted_out", 0), others)


def read_start(now: datetime) -> datetime | str:
    """When a campaign shall leave, or the key of what is wrong with the answer."""
    choice, raw = request.form.get("when", ""), request.form.get("at", "")
    if choice == "now":
        return now
    try:
        at = datetime.fromisoformat(raw).replace(tzinfo=KARACHI) if _LOCAL.fullmatch(raw) else None
    except ValueError:
        at = None
    if choice != "at" or at is None:
        return "campaigns.error.when"
    if at <= now:
        return "campaigns.error.when_past"
    return "campaigns.error.when_far" if at - now > FARTHEST else at

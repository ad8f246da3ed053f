"""What the service knows of the province: departments, categories, places and services, as data."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot import rules
from bot.limits import FALLBACK_CATEGORY
from bot.names import Names
from bot.text import places, topics
from bot.text.fold import fold

Row = Mapping[str, str]
KINDS = (
    "divisions",
    "departments",
    "sectors",
    "categories",
    "districts",
    "tehsils",
    "services",
    "routes",
    "outside",
    "everyday",
    "reasons",
    "watchdogs",
    *rules.KINDS,
)
"""Each is a file `bot/data/<kind>.csv` and a kind of row in the database."""
SERVICE = Names({"en": "Tawar", "ur": "توار", "ur_Latn": "Tawar", "bal": "توار"}, {})
EMERGENCY_DEPARTMENT = "POL"
"""Whose helpline (15) is given where somebody is in danger and the department has no sure number of its own."""
_Thing = TypeVar("_Thing")
NAMED = "named"
SHORTEST_OFFICE = 3
"""Letters an office's name has at least: "it" and "dc" stand in too many sentences."""
_LANGUAGES = ("en", "ur", "ur_Latn", "bal", "bal_Latn")


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    names: Names
    helpline: str
    """Blank unless the source is sure: a wrong number shown in danger does harm."""


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    names: Names
    sector: str
    department: str
    sla_hours: int
    priority: str
    sensitive: bool
    quiet: bool
    """Violence at home: whoever else holds the phone must not read what it is about."""


@dataclass(frozen=True, slots=True)
class Area:
    """A division, district, tehsil or town. `parent` is the division of a district, the district of a tehsil."""

    code: str
    names: Names
    parent: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of a service, and how sure it is: sure, elsewhere, unsure or unknown."""

    names: Names
    certainty: str


@dataclass(frozen=True, slots=True)
class Service:
    code: str
    department: str
    title: Names
    facts: Mapping[str, Fact]
    """documents, fee, time, place"""
    as_of: str


@dataclass(frozen=True, slots=True)
class Route:
    """The category's department serves one district only; elsewhere another answers (Quetta has a city corporation)."""

    district: str
    elsewhere: str


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Who answers instead of an office that is complained of. `about`: the office that a category is always about, or NAMED
    where the citizen's words say which."""

    category: str
    about: str
    department: str


@dataclass(frozen=True, slots=True)
class Directory:
    departments: Mapping[str, Department]
    sectors: Mapping[str, Names]
    categories: Mapping[str, Category]
    divisions: Mapping[str, Names]
    districts: Mapping[str, Area]
    tehsils: Mapping[str, Area]
    services: Mapping[str, Service]
    routes: Mapping[str, Route]
    reasons: Mapping[str, Names]
    """Why a complaint may be rejected; the citizen is told."""
    watchdogs: Sequence[Watchdog]
    offices: Mapping[str, str]
    """Folded names of offices, as people write them -> department."""
    outside: Mapping[str, Names]
    """Cities beyond the province, named back politely."""
    topic_index: topics.TopicIndex
    service_index: topics.TopicIndex
    place_index: places.PlaceIndex
    rules: rules.Rules
    """Calendars, limits, ladders: what is due when."""

    def place_names(self, district: str, tehsil: str = "") -> Names:
        """The name of the tehsil, or of the district where there is none; a code no longer known names itself."""
        area = self.tehsils.get(tehsil) or self.districts.get(district)
        return area.names if area else _unknown(tehsil or district)

    def names_of(self, kind: str, code: str) -> Names:
        """The name of a sector, category, division, place or service; a code no longer known names itself."""
        if kind == "place":
            return self.place_names(code, code)
        if kind == "category":
            return self.categories[code].names if code in self.categories else _unknown(code)
        if kind == "service":
            return self.services[code].title if code in self.services else _unknown(code)
        things = self.sectors if kind == "sector" else self.divisions
        return things.get(code) or _unknown(code)

    def is_quiet(self, category: str) -> bool:
        """Whether a category is one that whoever else holds the phone must not read about."""
        return category in self.categories and self.categories[category].quiet

    def sender_of(self, department: str, category: str) -> Names:
        """Who is said to answer: the department, or the service alone where its name would tell what it is about."""
        return SERVICE if self.is_quiet(category) else self.departments[department].names

    def answering(self, service: str, category: str, district: str = "", words: str = "") -> str:
        """The code of the department that answers for a service, or else for a category in a district.

        A matter never goes to the office that it is always about, or that the citizen's `words` complain of.
        """
        if service in self.services:
            return self.services[service].department
        route, known = self.routes.get(category), self.categories.get(category, self.categories[FALLBACK_CATEGORY])
        department = route.elsewhere if route and district and district != route.district else known.department
        accused = self.accused(category, words)
        if department not in accused:
            return department
        fitting = (dog for dog in self.watchdogs if dog.category == category)
        return next((dog.department for dog in fitting if dog.department not in accused), department)

    def accused(self, category: str, words: str = "") -> frozenset[str]:
        """The departments that a matter complains of: always those of its category, or those named in the words."""
        about = {dog.about for dog in self.watchdogs if dog.category == category}
        if NAMED not in about:
            return frozenset(about)
        folded = f" {fold(words)} "
        return frozenset(about - {NAMED} | {code for phrase, code in self.offices.items() if f" {phrase} " in folded})


def _unknown(code: str) -> Names:
    return Names({"en": code}, {})


def read_directory(rows: Mapping[str, Sequence[Row]]) -> Directory:
    """Builds the directory from rows by kind (see KINDS). Announced districts stay switched off."""
    active = [row for row in rows["districts"] if row.get("status", "active") == "active"]
    everyday = [row["word"] for row in rows.get("everyday", ())]
    place_index = _place_index(active, rows["tehsils"], rows["outside"], rows["categories"], everyday)
    return Directory(
        departments=_by_code(rows["departments"], _department),
        sectors=_by_code(_placed(rows["sectors"]), Names.read),
        categories=_by_code(_placed(rows["categories"]), _category),
        divisions=_by_code(_placed(rows["divisions"]), Names.read),
        districts=_by_code(active, lambda row: Area(row["code"], Names.read(row), row["division"])),
        tehsils=_by_code(rows["tehsils"], lambda row: Area(row["code"], Names.read(row), row["district"])),
        services=_by_code(rows["services"], _service),
        outside=_by_code(rows["outside"], Names.read),
        reasons=_by_code(_placed(rows["reasons"]), Names.read),
        watchdogs=[Watchdog(row["category"], row["about"], row["department"]) for row in rows["watchdogs"]],
        offices=_offices(rows["departments"]),
        routes=_by_code(rows["routes"], lambda row: Route(row["district"], row["elsewhere"])),
        topic_index=_index(rows["categories"]),
        service_index=_index(rows["services"], "title_"),
        place_index=place_index,
        rules=rules.read_rules(rows),
    )


def _by_code(rows: Iterable[Row], build: Callable[[Row], _Thing]) -> dict[str, _Thing]:
    return {row["code"]: build(row) for row in rows}


def _placed(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: int(row.get("position") or 0))


def _offices(rows: Iterable[Row]) -> dict[str, str]:
    """The abbreviations and names of offices, without what stands in brackets to explain them."""
    names = [
        (row["code"], name.partition("(")[0])
        for row in rows
        for name in (row.get(kind + lang) or "" for kind in ("short_", "") for lang in _LANGUAGES)
    ]
    return {phrase: code for code, name in names if len(phrase := fold(name)) >= SHORTEST_OFFICE}


def _department(row: Row) -> Department:
    sure = row["helpline_certainty"] == "sure"
    return Department(row["code"], Names.read(row), row["helpline"] if sure else "")


def _category(row: Row) -> Category:
    return Category(
        code=row["code"],
        names=Names.read(row),
        sector=row["sector"],
        department=row["department"],
        sla_hours=int(row["sla_hours"]),
        priority=row["priority"],
        sensitive=row["sensitive"] == "yes",
        quiet=row.get("quiet") == "yes",
    )


def _service(row: Row) -> Service:
    facts = {
        kind: Fact(Names.read(row, f"{kind}_"), row[f"certainty_{kind}"])
        for kind in ("documents", "fee", "time", "place")
    }
    return Service(row["code"], row["department"], Names.read(row, "title_"), facts, row.get("as_of", ""))


def _index(rows: Iterable[Row], title: str = "") -> topics.TopicIndex:
    """Keywords of all ways of writing, and the titles themselves; Balochi's apart, because آپ is water there only."""
    shared: list[tuple[str, list[str]]] = []
    balochi: list[tuple[str, list[str]]] = []
    for row in rows:
        shared.append((row["code"], [row.get(title + lang, "") for lang in ("en", "ur", "ur_Latn")]))
        for lang in _LANGUAGES:
            words = row.get(f"keywords_{lang}", "").split("|")
            (balochi if lang.startswith("bal") else shared).append((row["code"], words))
    return topics.TopicIndex(topics.build_index(shared), topics.build_index(balochi))


def _place_index(
    districts: Sequence[Row],
    tehsils: Sequence[Row],
    outside: Sequence[Row],
    categories: Sequence[Row],
    everyday: Iterable[str],
) -> places.PlaceIndex:
    named: list[tuple[places.Place, Iterable[str], str]] = []
    points: list[tuple[float, float, places.Place | None]] = []
    for row in districts:
        place = places.Place(row["code"])
        named.append((place, _own_names(row), row["common_word"]))
        points.append((float(row["lat"]), float(row["lon"]), place))
    for row in tehsils:
        place = places.Place(row["district"], row["code"])
        named.append((place, [*_own_names(row), *_aliases(row)], row["common_word"]))
        if row.get("lat"):
            points.append((float(row["lat"]), float(row["lon"]), place))
    for row in districts:
        place = places.Place(row["code"])
        # People name the headquarters, not the district: Turbat for Kech. Where it is a tehsil too, the tehsil says more.
        named.append((place, [*_aliases(row), row.get("headquarters", "")], "no"))
        named.append((place, row.get("weak_aliases", "").split("|"), "yes"))
    points += [(float(row["lat"]), float(row["lon"]), None) for row in outside]
    elsewhere = {fold(name): row["code"] for row in outside for name in (*_own_names(row), *_aliases(row)) if name}
    known = frozenset(
        word for row in categories for lang in _LANGUAGES for word in fold(row[f"keywords_{lang}"]).split()
    )
    known |= {fold(word) for word in everyday}
    return places.build_place_index(named, points, outside=elsewhere, known=known)


def _own_names(row: Row) -> list[str]:
    return [row.get(column, "") for column in ("en", "ur", "ur_Latn", "bal")]


def _aliases(row: Row) -> list[str]:
    return row.get("aliases", "").split("|")

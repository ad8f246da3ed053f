"""Where a message speaks of: district and tehsil by name, alias, misspelling or pin."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt

from rapidfuzz import fuzz, process

from bot.text.fold import fold
from bot.text.spellings import skeleton, variants
from bot.text.ways import plain

ACCEPT = 88.0
"""Likeness (0-100, rapidfuzz ratio on folded names) above which a misspelt name is taken."""
SUGGEST = 65.0
"""Likeness above which a name is offered as "did you mean"."""
MAX_SUGGESTIONS = 4
EARTH_KM = 6371.0
_EVIDENCE_BEFORE = frozenset(
    fold(w) for w in ("ضلع", "تحصیل", "district", "zila", "zilla", "zillah", "tehsil", "tahsil", "city")
)
_EVIDENCE_AFTER = frozenset(
    fold(w)
    for w in (
        "میں", "mein", "main", "me", "district", "ضلع", "تحصیل", "tehsil", "city", "شہر", "shehar", "shahr",
        "bazar", "bazaar", "road", "بازار", "روڈ",
    )
)  # fmt: skip
_NEAR = frozenset(
    fold(w) for w in ("کے قریب", "کے پاس", "کے نزدیک", "ke qareeb", "ke qarib", "k qareeb", "ke pas", "ke paas")
)
_IN = frozenset(("in", "at", "from"))
BESIDE_NAMES = _EVIDENCE_BEFORE | _EVIDENCE_AFTER | _IN
_MAX_NAME_WORDS = 3
_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_MIN_FUZZY = 4
_MIN_SOUND = 5
_MIN_SAID = 4
"""Words from which a name at the end of a message says where: people append it ("no gas for three days ziarat")."""
_LIKE = 84.0
_VERY_LIKE = 90.0
_GAS_FIELDS = frozenset(fold(w) for w in ("sui", "سوئی"))
_GAS = frozenset(fold(w) for w in ("gas", "gais", "گیس"))


@dataclass(frozen=True, slots=True)
class Place:
    """A district, or a tehsil or town of it."""

    district: str
    tehsil: str = ""

    @property
    def code(self) -> str:
        return self.tehsil or self.district


@dataclass(frozen=True, slots=True)
class PlaceIndex:
    """`names`: folded name -> places; `common`: names that are everyday words too; `things`: those of them that "in" may
    follow as well ("nal mein pani nahi": no water in the tap); `points`: (lat, lon, place, or None outside the province);
    `outside`: folded name of a city elsewhere -> its code; `known`: words of complaints, never a misspelt place."""

    names: Mapping[str, tuple[Place, ...]]
    common: frozenset[str]
    points: Sequence[tuple[float, float, Place | None]]
    things: frozenset[str] = frozenset()
    outside: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    """Words that name a place and nothing else."""
    spelt: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    """Other spellings of names, which no other name has: gwadaray, جعفراباد."""
    sounds: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    """Skeletons (see bot/text/spellings.py) of the longer names."""


def build_place_index(
    rows: Iterable[tuple[Place, Iterable[str], str]],
    points: Sequence[tuple[float, float, Place | None]],
    *,
    outside: Mapping[str, str] | None = None,
    known: frozenset[str] = frozenset(),
) -> PlaceIndex:
    """(place, names, `no` | `yes` a common word | `thing`) rows -> index. A district's own name wins over a tehsil's."""
    names: dict[str, list[Place]] = {}
    sure: set[str] = set()
    common: set[str] = set()
    things: set[str] = set()
    for place, spellings, commonness in rows:
        for spelling in spellings:
            if not (key := fold(spelling)):
                continue
            held = names.setdefault(key, [])
            if not any(other.district == place.district for other in held):
                held.append(place)
            # The first that bears a name decides: Zhob stays sure though a tehsil called Fort Sandeman bears it too.
            # Two words together ("Dasht Kech") are nobody's everyday word.
            if commonness != "no" and " " not in key and key not in sure:
                common.add(key)
                if commonness == "thing":
                    things.add(key)
            elif key not in common:
                sure.add(key)
    exact = {key: tuple(places) for key, places in names.items()}
    words = frozenset(name for name in (*exact, *(outside or {})) if " " not in name) - common
    plain_names = [name for name in exact if name not in common]
    spelt = {other: exact[name] for name in plain_names for other in variants(name) if other not in exact}
    sounds = {skeleton(name): exact[name] for name in plain_names if len(skeleton(name)) >= _MIN_SOUND}
    for word in known | common:  # what sounds like an everyday word is that word
        sounds.pop(skeleton(word), None)
    return PlaceIndex(exact, frozenset(common), points, frozenset(things), outside or {}, known, words, spelt, sounds)


def find_places(folded: str, index: PlaceIndex, *, asked: bool = False) -> list[Place]:
    """Places named in the text, in the order they stand; a misspelt one only if none is spelt right.

    A common word counts only beside ضلع, تحصیل, میں …, at the end of a message, or if the place was asked for.
    """
    words, taken = (plain(folded) if _ACCENTED.search(folded) else folded).split(), 0
    found: list[Place] = []
    for start in range(len(words)):
        if start < taken:
            continue
        for size in range(min(_MAX_NAME_WORDS, len(words) - start), 0, -1):
            name = " ".join(words[start : start + size])
            places = index.names.get(name) or index.spelt.get(name)
            if places and (asked or _counts(name, words, start, start + size, index)):
                found.extend(place for place in places if place not in found)
                taken = start + size
                break
    return found or ([] if asked else _misspelt(words, index))


def find_outside(folded: str, index: PlaceIndex) -> str:
    """The code of a city outside the province that the text names, or empty."""
    words = folded.split()
    for size in range(min(_MAX_NAME_WORDS, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            if code := index.outside.get(" ".join(words[start : start + size])):
                return code
    return ""


def _counts(name: str, words: Sequence[str], start: int, end: int, index: PlaceIndex) -> bool:
    """Whether a name means the place here: Sui gas is gas, "nal mein" is in the tap."""
    if name not in index.common:
        return not (name in _GAS_FIELDS and end < len(words) and words[end] in _GAS)
    if end < len(words) and words[end] in _GAS:
        return False
    ends = end == len(words) >= _MIN_SAID and name not in index.things and name not in BESIDE_NAMES
    return ends or _has_evidence(words, start, end, strong_only=name in index.things)


def _misspelt(words: Sequence[str], index: PlaceIndex) -> list[Place]:
    """The place that sounds like a word, or is most like one: very like, or standing where a place stands."""
    for size in range(_MAX_NAME_WORDS, 0, -1):
        for start in range(len(words) - size + 1):
            name = " ".join(words[start : start + size])
            heard = index.sounds.get(skeleton(name)) if name not in index.known else None
            if heard and (start + size == len(words) or _has_evidence(words, start, start + size)):
                return list(heard)
    for start, word in enumerate(words):
        if len(word) < _MIN_FUZZY or word in index.known or word in index.outside or word in index.names:
            continue
        placed = _has_evidence(words, start, start + 1)
        if len(word) < _MIN_FUZZY + (not placed):
            continue
        hit = process.extractOne(
            word, index.names.keys(), scorer=fuzz.ratio, score_cutoff=_LIKE if placed else _VERY_LIKE
        )
        if hit and hit[0] not in index.common and hit[0][0] == word[0]:
            return list(index.names[hit[0]])
    return []


def narrowest(places: list[Place]) -> list[Place]:
    """Turbat and Kech in one message are one place: a tehsil makes its own district's name needless."""
    named = {place.district for place in places if not place.tehsil}
    # of two Dashts the one whose district is named
    if any(place.tehsil and place.district in named for place in places):
        places = [place for place in places if not place.tehsil or place.district in named]
    inside = {place.district for place in places if place.tehsil}
    return [place for place in places if place.tehsil or place.district not in inside]


def suggest_places(folded: str, index: PlaceIndex) -> tuple[list[Place], bool]:
    """(places whose name is like the answer, best first; whether the best is sure enough to take)."""
    if len(folded) < _MIN_FUZZY:
        return [], False
    hits = process.extract(
        folded, index.names.keys(), scorer=fuzz.ratio, score_cutoff=SUGGEST, limit=MAX_SUGGESTIONS * 2
    )
    places: list[Place] = []
    for name, _score, _ in hits:
        places.extend(place for place in index.names[name] if place not in places)
    sure = bool(hits) and hits[0][1] >= ACCEPT and len(index.names[hits[0][0]]) == 1
    return places[:MAX_SUGGESTIONS], sure


def nearest_place(latitude: float, longitude: float, index: PlaceIndex, within_km: float = 150.0) -> Place | None:
    """The place nearest to a pin, or None when the pin is farther than `within_km` from all (outside the province)."""
    distance, place = min(
        ((_distance_km(latitude, longitude, lat, lon), place) for lat, lon, place in index.points),
        key=lambda pair: pair[0],
        default=(within_km + 1, None),
    )
    return place if distance <= within_km else None


def _has_evidence(words: Sequence[str], start: int, end: int, *, strong_only: bool = False) -> bool:
    before = words[start - 1] if start else ""
    after = words[end] if end < len(words) else ""
    if before in _EVIDENCE_BEFORE or after in _EVIDENCE_BEFORE or " ".join(words[end : end + 2]) in _NEAR:
        return True
    return not strong_only and (before in _IN or after in _EVIDENCE_AFTER)


def _distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance by the haversine formula."""
    a = (
        sin(radians(lat2 - lat1) / 2) ** 2
        + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_KM * asin(sqrt(a))

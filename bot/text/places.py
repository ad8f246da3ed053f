"""Where a message speaks of: district and tehsil by name, alias, misspelling or pin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from rapidfuzz import fuzz, process

from bot.text.fold import fold

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
    for w in ("میں", "mein", "main", "me", "district", "ضلع", "تحصیل", "tehsil", "city", "شہر", "shehar", "shahr")
)
_IN = frozenset(("in", "at", "from"))
_MAX_NAME_WORDS = 3
_MIN_FUZZY = 4


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
    """`names`: folded name -> places; `common`: names that are everyday words too; `points`: (lat, lon, place)."""

    names: Mapping[str, tuple[Place, ...]]
    common: frozenset[str]
    points: Sequence[tuple[float, float, Place]]


def build_place_index(
    rows: Iterable[tuple[Place, Iterable[str], bool]], points: Sequence[tuple[float, float, Place]]
) -> PlaceIndex:
    """(place, names, is a common word) rows -> index. A district's own name wins over a tehsil of the same name."""
    names: dict[str, list[Place]] = {}
    sure: set[str] = set()
    common: set[str] = set()
    for place, spellings, is_common in rows:
        for spelling in spellings:
            if not (key := fold(spelling)):
                continue
            held = names.setdefault(key, [])
            if not any(other.district == place.district for other in held):
                held.append(place)
            # The first that bears a name decides: Zhob stays sure though a tehsil called Fort Sandeman bears it too.
            # Two words together ("Dasht Kech") are nobody's everyday word.
            if is_common and " " not in key and key not in sure:
                common.add(key)
            elif key not in common:
                sure.add(key)
    return PlaceIndex({key: tuple(places) for key, places in names.items()}, frozenset(common), points)


def find_places(folded: str, index: PlaceIndex, *, asked: bool = False) -> list[Place]:
    """Places named in the text, in the order they stand. A common word counts only beside ضلع, تحصیل, میں …, or if asked."""
    words, taken = folded.split(), 0
    found: list[Place] = []
    for start in range(len(words)):
        if start < taken:
            continue
        for size in range(min(_MAX_NAME_WORDS, len(words) - start), 0, -1):
            name = " ".join(words[start : start + size])
            places = index.names.get(name)
            if places and (asked or name not in index.common or _has_evidence(words, start, start + size)):
                found.extend(place for place in places if place not in found)
                taken = start + size
                break
    return found


def narrowest(places: list[Place]) -> list[Place]:
    """Turbat and Kech in one message are one place: a tehsil makes its own district's name needless."""
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


def _has_evidence(words: Sequence[str], start: int, end: int) -> bool:
    before = words[start - 1] if start else ""
    after = words[end] if end < len(words) else ""
    return before in _EVIDENCE_BEFORE or before in _IN or after in _EVIDENCE_AFTER


def _distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance by the haversine formula."""
    a = (
        sin(radians(lat2 - lat1) / 2) ** 2
        + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_KM * asin(sqrt(a))

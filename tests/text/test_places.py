"""Places are found by name, alias, misspelling or pin; an everyday word that is also a place is none unless something says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.fold import fold
from bot.text.places import (
    Place,
    build_place_index,
    find_outside,
    find_places,
    narrowest,
    nearest_place,
    suggest_places,
)
from tests.support import directory


def found(text: str, *, asked: bool = False) -> list[str]:
    return [place.code for place in find_places(fold(text), directory().place_index, asked=asked)]


NAMED = [
    ("No water in Gwadar", ["GWD"]),
    ("گوادر میں پانی نہیں", ["GWD"]),
    ("pani nahi aa raha Khuzdar", ["KZD"]),
    ("Khuzdaar mein bijli nahi", ["KZD"]),
    ("كوئٹہ", ["QTA"]),
    ("کوئتہ میں کچرا", ["QTA"]),
    ("Shalkot", ["QTA"]),
    ("Turbat", ["KCH-01"]),
    ("تربت", ["KCH-01"]),
    ("Muslim Bagh bazar", ["KSF-02"]),
    ("Hub Chowki", ["HUB"]),
    ("Killa Saifullah", ["KSF"]),
    ("قلعہ سیف اللہ", ["KSF"]),
    ("ڈیرہ مراد جمالی", ["NSB-01"]),
    ("from Quetta to Pishin", ["QTA", "PSN"]),
    ("Dasht Kech", ["KCH-04"]),
    ("Zhob: no electricity", ["ZHB"]),
    ("ژوب بجلی بند", ["ZHB"]),
    ("loralai pani nahi hai", ["LRL"]),
    ("Fort Sandeman", ["ZHB-01"]),
    ("Quetta City", ["QTA-01"]),
]
NOWHERE = [
    "sui gas nahi hai",
    "سوئی گیس نہیں آ رہی",
    "nal kharab hai",
    "نال ٹوٹ گیا",
    "hub",
    "مند",
    "یہ زیارت کا مقام ہے",
    "kachi abadi",
    "bolan medical complex",
    "mach market",
    "چمن کے پھول",
    "the city hospital",
    "no drug in the hospital",
    "talao ka pani",
    "Karachi",
    "Lahore",
    "پانی نہیں ہے",
    "our street",
    "",
    "1",
    "👍",
]
WORDS = ["hub", "sui", "dasht", "mein", "in", "ضلع", "چمن", "میں", "fort", "sandeman", "gwadar", "x"]
COMMON_WITH_EVIDENCE = [
    ("hub mein pani nahi", ["HUB"]),
    ("no gas in Sui", ["DBG-02"]),
    ("چمن میں بجلی نہیں", ["CHM"]),
    ("ضلع زیارت", ["ZRT"]),
    ("ziarat district", ["ZRT"]),
    ("tehsil mach", ["KCI-02"]),
]


@pytest.mark.parametrize(("text", "codes"), NAMED + COMMON_WITH_EVIDENCE)
def test_a_place_is_found(text: str, codes: list[str]) -> None:
    assert found(text) == codes


@pytest.mark.parametrize("text", NOWHERE)
def test_no_place_is_invented(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("hub", "HUB"), ("Chaman", "CHM"), ("چمن", "CHM"), ("sui", "DBG-02"), ("mach", "KCI-02"), ("زیارت", "ZRT")],
)
def test_an_everyday_word_is_the_place_when_places_were_asked_for(text: str, code: str) -> None:
    assert found(text) == []
    assert found(text, asked=True) == [code]


@pytest.mark.parametrize("text", ["Dasht", "دشت"])
def test_two_places_of_one_name_are_both_offered_and_neither_is_taken(text: str) -> None:
    assert found(text, asked=True) == ["KCH-04", "MST-02"]
    assert not suggest_places(fold(text), directory().place_index)[1]


@pytest.mark.parametrize(
    ("text", "code", "sure"),
    [
        ("gwadarr", "GWD", True),
        ("khuzdarr", "KZD", True),
        ("panjgurr", "PJG", True),
        ("گوادرر", "GWD", True),
        ("kuta", "QTA", False),
        ("lasbila", "LSB", False),
    ],
)
def test_a_misspelt_name_is_offered(text: str, code: str, *, sure: bool) -> None:
    suggested, taken = suggest_places(fold(text), directory().place_index)
    assert suggested[0].district == code
    assert taken is sure


@pytest.mark.parametrize("text", ["", "abc", "xyzxyz", "123456", "qqqqqqqqqqqqqqqqqqqq"])
def test_nothing_like_a_place_is_no_place(text: str) -> None:
    assert suggest_places(fold(text), directory().place_index) == ([], False)


def test_every_district_is_found_by_its_own_names() -> None:
    index = directory().place_index
    for code, area in directory().districts.items():
        for name in area.names.by_language.values():
            places = find_places(fold(name), index, asked=True)
            assert {place.district for place in places} == {code}, name


@pytest.mark.parametrize(
    ("latitude", "longitude", "district"),
    [
        (25.1264, 62.3225, "GWD"),
        (30.1798, 66.9750, "QTA"),
        (26.0023, 63.0485, "KCH"),
        (31.3416, 69.4481, "ZHB"),
        (27.8119, 66.6107, "KZD"),
        (30.9177, 66.4526, "CHM"),
    ],
)
def test_a_pin_inside_the_province(latitude: float, longitude: float, district: str) -> None:
    place = nearest_place(latitude, longitude, directory().place_index)
    assert place is not None
    assert place.district == district


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (31.52, 74.36),
        (33.68, 73.05),
        (0.0, 0.0),
        (90.0, 0.0),
        (-33.9, 151.2),
        (25.2, 55.27),
        (21.4, 39.8),
        (34.5, 69.2),
    ],
)
def test_a_pin_outside_the_province(latitude: float, longitude: float) -> None:
    assert nearest_place(latitude, longitude, directory().place_index) is None


def test_a_district_s_name_wins_over_its_tehsil_s_and_over_a_rarer_meaning() -> None:
    zhob, fort, dasht = Place("ZHB"), Place("ZHB", "ZHB-01"), Place("MST", "MST-02")
    index = build_place_index(
        [(zhob, ["Zhob"], "no"), (fort, ["Zhob", "Fort"], "yes"), (dasht, ["Dasht", "Dasht Mastung", ""], "thing")], []
    )
    assert index.names["zhob"] == (zhob,)
    assert index.common == {"fort", "dasht"}
    assert index.things == {"dasht"}
    assert nearest_place(30, 67, index) is None


@given(st.text() | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_looking_never_fails(text: str) -> None:
    folded, index = fold(text), directory().place_index
    carefully, asked = find_places(folded, index), find_places(folded, index, asked=True)
    assert len(set(asked)) == len(asked)
    assert len(carefully) <= len(folded.split()) * 2
    suggested, sure = suggest_places(folded, index)
    assert len(suggested) <= 4
    assert suggested or not sure


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_any_pin_is_somewhere_or_nowhere(latitude: float, longitude: float) -> None:
    place = nearest_place(latitude, longitude, directory().place_index)
    assert place is None or place.district in directory().districts


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nal mein pani nahi aa raha", ""),
        ("نل میں پانی نہیں", ""),
        ("zila khuzdar tehsil nal mein pani nahi", "KZD-03"),
        ("sui gas nahi aa rahi", ""),
        ("complaint from sui gas company", ""),
        ("sui mein gas nahi hai", "DBG-02"),
        ("gwaddar mein pani nahi", "GWD"),
        ("no light in Khuzdaar", "KZD"),
        ("panjgoor ka school band hai", "PJG"),
        ("karachi mein pani nahi", ""),
        ("bijli bohat kharab hai", ""),
    ],
)
def test_things_misspellings_and_the_world_outside(text: str, code: str) -> None:
    found = find_places(fold(text), directory().place_index)
    assert [place.code for place in narrowest(found)] == ([code] if code else [])


def test_a_pin_in_karachi_is_not_hub() -> None:
    assert nearest_place(24.88, 67.03, directory().place_index) is None
    hub = nearest_place(25.03, 66.88, directory().place_index)
    assert hub is not None
    assert hub.district == "HUB"


def test_a_city_elsewhere_is_known_by_name() -> None:
    assert find_outside(fold("کراچی میں پانی نہیں"), directory().place_index) == "karachi"
    assert find_outside(fold("Quetta mein"), directory().place_index) == ""

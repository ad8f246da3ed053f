"""Who answers for what and where; no number that is not sure is ever shown; what is only announced is off."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from bot.catalog import load_catalog
from bot.directory import KINDS, Route, read_directory
from bot.limits import FALLBACK_CATEGORY
from bot.names import Names
from bot.services.setup import shipped_rows
from bot.text.fold import fold
from bot.text.places import find_places
from tests.support import directory

DATA = Path(__file__).parents[2] / "bot" / "data"
DIRECTORY = directory()


def raw(kind: str) -> list[dict[str, str]]:
    with (DATA / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("category", "district", "department"),
    [
        ("garbage", "KCH", "LG"),
        ("garbage", "QTA", "QMC"),
        ("garbage", "", "QMC"),
        ("streetlight", "GWD", "LG"),
        ("sewerage", "QTA", "WASA"),
        ("sewerage", "PSN", "LG"),
        ("water_quetta", "QTA", "WASA"),
        ("water_quetta", "KCH", "PHED"),
        ("water_none", "QTA", "PHED"),
        ("power_bill", "KCH", "QESCO"),
        ("no_such_category", "KCH", DIRECTORY.categories[FALLBACK_CATEGORY].department),
        ("", "", DIRECTORY.categories[FALLBACK_CATEGORY].department),
    ],
)
def test_who_answers(category: str, district: str, department: str) -> None:
    assert DIRECTORY.answering("", category, district) == department


@pytest.mark.parametrize("district", sorted(set(DIRECTORY.districts) - {"QTA"}))
def test_no_city_corporation_answers_outside_its_city(district: str) -> None:
    assert {DIRECTORY.answering("", category, district) for category in DIRECTORY.categories}.isdisjoint(
        {"QMC", "WASA"}
    )


def test_everything_is_answered_by_a_department_there_is() -> None:
    for district in ("", *DIRECTORY.districts):
        assert {DIRECTORY.answering("", category, district) for category in DIRECTORY.categories} <= set(
            DIRECTORY.departments
        )
    assert {DIRECTORY.answering(service, "") for service in DIRECTORY.services} <= set(DIRECTORY.departments)


def test_a_service_s_own_department_answers_before_any_category() -> None:
    assert DIRECTORY.answering("cnic_new", "garbage", "KCH") == "NADRA"


def test_only_sure_helplines_are_shown() -> None:
    shown = {code: department.helpline for code, department in DIRECTORY.departments.items() if department.helpline}
    assert shown == {row["code"]: row["helpline"] for row in raw("departments") if row["helpline_certainty"] == "sure"}
    assert shown["POL"] == "15"
    doubtful = [row["code"] for row in raw("departments") if row["helpline"] and row["helpline_certainty"] != "sure"]
    assert doubtful
    assert not [code for code in doubtful if DIRECTORY.departments[code].helpline]


def test_no_doubtful_number_stands_in_a_text() -> None:
    sure = {n for d in DIRECTORY.departments.values() for n in d.helpline.split("|")}
    unsure = {
        n for row in raw("departments") if row["helpline_certainty"] != "sure" for n in row["helpline"].split("|") if n
    } - sure
    catalog = load_catalog()
    texts = [text for code in catalog.languages for text in catalog.domain(code, "messages").values()]
    assert unsure
    assert not [(number, text) for number in unsure for text in texts if number in fold(text).split()]


def test_announced_districts_are_off() -> None:
    announced = [row for row in raw("districts") if row["status"] != "active"]
    assert {"BSH", "TMP", "WDH"} <= {row["code"] for row in announced}
    named = {place.district for places in DIRECTORY.place_index.names.values() for place in places}
    pinned = {place.district for _, _, place in DIRECTORY.place_index.points if place}
    codes = {row["code"] for row in announced}
    assert codes.isdisjoint(set(DIRECTORY.districts) | named | pinned)


@pytest.mark.parametrize(("text", "district"), [("Barshore", "PSN"), ("Tump", "KCH"), ("Wadh", "KZD"), ("وڈھ", "KZD")])
def test_the_name_of_an_announced_district_is_still_its_old_tehsil(text: str, district: str) -> None:
    places = find_places(fold(text), DIRECTORY.place_index, asked=True)
    assert {place.district for place in places} == {district}


def test_thirty_six_districts_are_on() -> None:
    assert len(DIRECTORY.districts) == 36


def test_an_emergency_is_urgent_and_a_delicate_matter_sensitive() -> None:
    assert DIRECTORY.categories["gas_leak"].priority == "emergency"
    assert DIRECTORY.categories["child_abuse"].sensitive
    assert not DIRECTORY.categories["water_none"].sensitive


def test_names_of_codes_no_longer_known_are_the_codes() -> None:
    for kind in ("place", "category", "service", "sector", "division"):
        assert DIRECTORY.names_of(kind, "GONE") == Names({"en": "GONE"}, {})
    assert DIRECTORY.place_names("GWD", "GONE") == DIRECTORY.districts["GWD"].names
    assert DIRECTORY.names_of("place", "KCH-04") == DIRECTORY.tehsils["KCH-04"].names
    assert DIRECTORY.names_of("place", "GWD").in_(("en",)) == "Gwadar"


def test_a_route_holds_for_its_own_category_only() -> None:
    rerouted = replace(DIRECTORY, routes={"garbage": Route("GWD", "DC")})
    assert rerouted.answering("", "garbage", "KCH") == "DC"
    assert rerouted.answering("", "garbage", "GWD") == "QMC"
    assert rerouted.answering("", "streetlight", "KCH") == "QMC"


def test_sectors_and_categories_stand_in_their_order_whatever_the_file_s() -> None:
    rows = {kind: shipped_rows(kind) for kind in KINDS}
    shuffled = read_directory({kind: list(reversed(found)) for kind, found in rows.items()})
    assert list(shuffled.sectors) == list(DIRECTORY.sectors)
    assert next(iter(DIRECTORY.sectors)) == "water"


@pytest.mark.parametrize(
    ("category", "words", "department"),
    [
        ("police_conduct", "the station officer beat my brother", "CMU"),
        ("police_fir", "they refuse to write it down", "CMU"),
        ("school_abuse", "استاد بچوں کو مارتا ہے", "CMU"),
        ("corruption", "police rishwat leti hai", "ACE"),
        ("corruption", "anti-corruption wale khud rishwat maang rahe hain", "CMU"),
        ("corruption", "اینٹی کرپشن والے رشوت مانگتے ہیں", "CMU"),
        ("bisp_payment", "BISP ki qist nahi mili", "BISP"),
        ("water_none", "PHED is asleep", "PHED"),
    ],
)
def test_nobody_judges_their_own_case(category: str, words: str, department: str) -> None:
    assert DIRECTORY.answering("", category, "QTA", words) == department


def test_who_is_named_is_known_and_only_where_it_is_a_charge() -> None:
    assert DIRECTORY.accused("corruption", "QESCO ka lineman paise maang raha hai") == {"QESCO"}
    assert DIRECTORY.accused("staff_conduct", "محکمہ صحت کا افسر") == {"HLT"}
    assert DIRECTORY.accused("power_bill", "QESCO ka bill ghalat hai") == set()

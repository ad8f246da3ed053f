"""The directory's data files are whole, consistent and fit to be read by a citizen."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "bot" / "data"
NAMES = ["departments", "sectors", "categories", "divisions", "districts", "tehsils", "tiles", "services"]
CITIZEN_LANGUAGES = ("en", "ur", "ur_Latn")
SERVICE_FIELDS = ("documents", "fee", "time", "place")
ARABIC_LETTERS = "\u064a\u0643\u0647\u0649\u0629"  # keyboards of other countries; Urdu has its own ye, kaf and he
FOREIGN_BALOCHI = "\u06c6\u06ce\u06cf\u0754" + ARABIC_LETTERS  # spellings of Iran and of CLDR


def rows(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(name):
    return {row["code"] for row in rows(name)}


def values(cell):
    return cell.split("|") if cell else []


def folded(text):
    return re.sub(r"\s+", " ", text.casefold())


def active_districts():
    return [row for row in rows("districts") if row["status"] == "active"]


def assert_one_owner_each(claims):
    owners = {}
    for name, code in claims:
        assert owners.setdefault(folded(name), code) == code, name


def cells(column_matches):
    for name in NAMES:
        for row in rows(name):
            for column, cell in row.items():
                if column_matches(column):
                    yield f"{name}.{row['code']}.{column}", cell


def language_of(column):
    """`short_ur_Latn` is ur_Latn, `keywords_ur` is ur, `helpline` is no language."""
    found = re.search(r"(?:^|_)(en|ur_Latn|ur|bal_Latn|bal)$", column)
    return found.group(1) if found else None


@pytest.mark.parametrize("name", NAMES)
def test_codes_are_unique(name):
    twice = [code for code, count in Counter(row["code"] for row in rows(name)).items() if count > 1]
    assert not twice


@pytest.mark.parametrize("name", NAMES)
def test_file_is_plain_utf8_with_unix_lines_and_full_rows(name):
    raw = (DATA / f"{name}.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert not [row for row in rows(name) if None in row or None in row.values()]


def test_no_stray_whitespace():
    for where, cell in cells(lambda column: True):
        assert all(part == part.strip() for part in cell.split("|")), where
        assert not re.search(r"\s{2,}|[\t\n\u00a0\u200b-\u200f\u2028\u2029]", cell), where


def test_no_empty_value_between_bars():
    for where, cell in cells(lambda column: "keywords" in column or "aliases" in column or column == "helpline"):
        assert all(values(cell)), where
        seen = Counter(map(folded, values(cell)))
        assert not [value for value, count in seen.items() if count > 1], where


def test_urdu_is_written_with_urdu_letters():
    for where, cell in cells(lambda column: language_of(column) == "ur" or "aliases" in column):
        assert not set(cell) & set(ARABIC_LETTERS), where
    for where, cell in cells(lambda column: column in ("ur", "short_ur", "title_ur")):
        assert re.search(r"[\u0621-\u06d3]", cell), where


def test_balochi_is_written_as_pakistan_writes_it():
    for where, cell in cells(lambda column: language_of(column) == "bal"):
        assert not set(cell) & set(FOREIGN_BALOCHI), where


def test_latin_columns_hold_no_other_script():
    for where, cell in cells(lambda column: language_of(column) in ("en", "ur_Latn", "bal_Latn")):
        assert cell.isascii(), where


def test_there_are_45_departments_with_known_values():
    assert len(rows("departments")) == 45
    for row in rows("departments"):
        assert row["level"] in {"provincial", "federal"}, row["code"]
        assert row["helpline_certainty"] in {"sure", "unsure", "none"}, row["code"]
        assert row["source"], row["code"]


def test_a_department_has_a_helpline_exactly_when_its_certainty_says_so():
    for row in rows("departments"):
        assert bool(row["helpline"]) == (row["helpline_certainty"] != "none"), row["code"]
        assert all(re.fullmatch(r"[0-9]+(-[0-9]+)*", number) for number in values(row["helpline"])), row["code"]


def test_only_confirmed_helplines_are_sure():
    sure = {row["code"]: row["helpline"] for row in rows("departments") if row["helpline_certainty"] == "sure"}
    assert sure == {"QESCO": "118|8118|081-9201445", "POL": "15", "WDD": "1089", "BISP": "8171", "PTA": "9000|3627"}


def test_no_unconfirmed_helpline_is_printed_in_a_text_for_citizens():
    lines = [row for row in rows("departments") if row["helpline_certainty"] == "unsure"]
    unsure = [number for row in lines for number in values(row["helpline"])]
    pattern = re.compile(rf"(?<![0-9])(?:{'|'.join(map(re.escape, unsure))})(?![0-9])")
    for where, cell in cells(language_of):
        assert not pattern.search(cell), where


def test_short_department_names_fit_a_message():
    for where, cell in cells(lambda column: column.startswith("short_")):
        assert len(cell) <= 22, where
        assert cell or where.endswith("short_bal"), where


def test_the_first_menu_is_short():
    sectors = rows("sectors")
    assert len(sectors) <= 10
    assert [int(row["position"]) for row in sectors] == list(range(1, len(sectors) + 1))
    assert all(0 < len(row[c]) <= 14 for row in sectors for c in (*CITIZEN_LANGUAGES, "bal"))


def test_each_sector_has_one_to_nine_categories_in_order():
    for sector in codes("sectors"):
        positions = [int(row["position"]) for row in rows("categories") if row["sector"] == sector]
        assert 1 <= len(positions) <= 9, sector
        assert sorted(positions) == list(range(1, len(positions) + 1)), sector


def test_something_else_is_the_last_choice_of_all():
    last = [row for row in rows("categories") if row["sector"] == rows("sectors")[-1]["code"]]
    assert max(last, key=lambda row: int(row["position"]))["code"] == "other"


def test_there_are_60_categories_each_with_a_department():
    categories = rows("categories")
    assert len(categories) == 60
    assert {row["department"] for row in categories} <= codes("departments")
    assert {row["sector"] for row in categories} == codes("sectors")
    assert sum(row["sensitive"] == "yes" for row in categories) == 15
    for row in categories:
        assert row["priority"] in {"low", "normal", "high", "urgent", "emergency"}, row["code"]
        assert row["sensitive"] in {"yes", "no"}, row["code"]
        assert 0 <= int(row["sla_hours"]) <= 720, row["code"]
        assert row["sla_basis"], row["code"]


def test_category_labels_fit_a_menu():
    for row in rows("categories"):
        assert all(row[language] for language in CITIZEN_LANGUAGES), row["code"]
        assert all(len(row[language]) <= 24 for language in (*CITIZEN_LANGUAGES, "bal")), row["code"]


def test_each_category_has_keywords_in_three_ways_of_writing():
    columns = ("keywords_en", "keywords_ur", "keywords_ur_Latn")
    assert not [row["code"] for row in rows("categories") for c in columns if len(values(row[c])) < 3]


def test_a_keyword_points_to_one_category_only():
    columns = [column for column in rows("categories")[0] if column.startswith("keywords_")]
    assert_one_owner_each((word, row["code"]) for row in rows("categories") for c in columns for word in values(row[c]))


@pytest.mark.parametrize(
    ("word", "column", "category"),
    [
        ("water", "keywords_en", "water_none"),
        ("pani", "keywords_ur_Latn", "water_none"),
        ("پانی", "keywords_ur", "water_none"),
        ("آپ", "keywords_bal", "water_none"),
        ("پگار", "keywords_bal", "wages"),
    ],
)
def test_a_general_word_points_to_the_general_category(word, column, category):
    assert [row["code"] for row in rows("categories") if word in values(row[column])] == [category]


def test_water_in_balochi_is_not_you_in_urdu():
    urdu = {word for _, cell in cells(lambda column: column.startswith("keywords_ur")) for word in values(cell)}
    assert not {"آپ", "aap", "ap"} & urdu


def test_36_districts_are_active_and_add_up_to_the_province():
    assert len(active_districts()) == 36
    assert sum(int(row["population_2023"]) for row in active_districts()) == 14_894_402


def test_announced_districts_are_switched_off_and_all_have_a_place():
    active = {row["code"] for row in active_districts()}
    announced = [row for row in rows("districts") if row["status"] != "active"]
    assert len(announced) == 7
    assert {row["status"] for row in announced} == {"announced"}
    assert {row["parent"] for row in announced} <= active
    assert len(codes("divisions")) == 8
    assert {row["division"] for row in rows("districts")} == codes("divisions")


def test_every_active_district_has_one_tile_of_its_own():
    active = {row["code"] for row in active_districts()}
    squares = {(int(row["col"]), int(row["row"])) for row in rows("tiles")}
    assert codes("tiles") == active
    assert len(squares) == 36
    assert all(0 <= n <= 7 for square in squares for n in square)


def test_every_active_district_has_a_tehsil():
    active = {row["code"] for row in active_districts()}
    assert {row["district"] for row in rows("tehsils")} == active
    for row in rows("tehsils"):
        assert row["code"].startswith(row["district"] + "-"), row["code"]
        assert row["kind"] in {"sub-division", "tehsil", "sub-tehsil", "town"}, row["code"]


@pytest.mark.parametrize("name", ["districts", "tehsils"])
def test_places_lie_in_the_province(name):
    for row in rows(name):
        assert row["common_word"] in {"yes", "no", "thing"}, row["code"]
        assert bool(row["lat"]) == bool(row["lon"]), row["code"]
        if row["lat"]:
            assert 24.8 <= float(row["lat"]) <= 32.1, row["code"]
            assert 60.8 <= float(row["lon"]) <= 70.4, row["code"]


def test_no_two_active_districts_share_a_name():
    columns = ("en", "ur", "ur_Latn", "aliases", "weak_aliases")
    assert_one_owner_each((name, row["code"]) for row in active_districts() for c in columns for name in values(row[c]))


def test_a_tehsil_name_of_two_districts_is_never_taken_alone():
    owners = {}
    for row in rows("tehsils"):
        for name in {folded(name) for name in (row["en"], row["ur"], *values(row["aliases"]))}:
            owners.setdefault(name, []).append(row)
    shared = [row for owner in owners.values() if len(owner) > 1 for row in owner]
    assert {row["common_word"] for row in shared} <= {"yes", "thing"}


def test_names_that_are_everyday_words_are_marked():
    marked = {row["en"] for name in ("districts", "tehsils") for row in rows(name) if row["common_word"] != "no"}
    assert marked >= {"Hub", "Chaman", "Ziarat", "Kachhi", "Sui", "Nal", "Drug", "Bhag", "Sanni", "Dak", "Dasht (Kech)"}


@pytest.mark.parametrize("name", ["departments", "categories", "districts", "tehsils"])
def test_certainty_starts_with_a_known_word(name):
    for row in rows(name):
        assert re.fullmatch(r"(sure|unsure|guess)(; .+)?", row["certainty"]), row["code"]


def test_there_are_34_services_each_with_a_department():
    assert len(rows("services")) == 34
    assert {row["department"] for row in rows("services")} <= codes("departments")
    for row in rows("services"):
        assert re.fullmatch(r"(20\d\d-(0[1-9]|1[0-2]))?", row["as_of"]), row["code"]
        assert row["source"], row["code"]


def test_what_is_unknown_about_a_service_is_empty_and_nothing_else_is():
    for row in rows("services"):
        for field in SERVICE_FIELDS:
            certainty = row[f"certainty_{field}"]
            texts = [row[f"{field}_{language}"] for language in CITIZEN_LANGUAGES]
            assert certainty in {"sure", "elsewhere", "unsure", "unknown"}, row["code"]
            assert all(texts) if certainty != "unknown" else not any(texts), (row["code"], field)


def test_service_texts_are_short_and_kind():
    for row in rows("services"):
        assert all(0 < len(row[f"title_{language}"]) <= 40 for language in CITIZEN_LANGUAGES), row["code"]
        for field in SERVICE_FIELDS:
            texts = [row[f"{field}_{language}"] for language in CITIZEN_LANGUAGES]
            assert all(len(text) <= 200 for text in texts), (row["code"], field)
            assert not re.search(r"guess|not found|unsure|unknown|n/a", texts[0], re.IGNORECASE), (row["code"], field)


def test_a_service_keyword_points_to_one_service_only():
    columns = ("keywords_en", "keywords_ur", "keywords_ur_Latn")
    assert all(len(values(row[column])) >= 2 for row in rows("services") for column in columns)
    assert_one_owner_each((word, row["code"]) for row in rows("services") for c in columns for word in values(row[c]))

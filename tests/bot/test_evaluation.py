"""`tawar evaluate` counts as it promises: alternatives, empty cells, no place, false opt-outs."""

import pytest

from bot.evaluation import evaluate, parse_rows
from bot.text.places import Place
from bot.text.reading import Reading, read_message
from tests.support import directory, lexicon

HEADER = "text\tlanguage\tintent\tcategory\tdistrict\ttehsil\tkind\n"
ROW = Reading("en", "complaint", ["water_none", "road_damage", "price"], Place("GWD", "GWD-01"))


def figures(row: str, reading: Reading = ROW) -> dict[str, object]:
    return evaluate(parse_rows(HEADER + row), lambda _: reading)


def test_all_right() -> None:
    result = figures("No water\ten\tcomplaint\twater_none\tGWD\tGWD-01")
    measures = ("language", "intent", "category_top1", "category_top3", "district_named", "tehsil")
    assert all(result[name] == 1 for name in measures)
    assert result["misses"] == []
    assert result["district_none"] is None


def test_either_is_right_and_top_three_counts() -> None:
    result = figures("x\tur|en\tcomplaint\tprice|wages\tGWD|KCH\t")
    assert (result["language"], result["category_top1"], result["category_top3"], result["tehsil"]) == (1, 0, 1, None)


def test_an_empty_district_means_no_place() -> None:
    result = figures("x\t\t\t\t\t")
    assert (result["district_none"], result["district_named"], result["invented_places"]) == (0, None, 1)
    assert result["language"] is None


def test_a_category_is_scored_on_complaints_only() -> None:
    assert figures("x\ten\tservice\twater_none\tGWD\t")["category_top1"] is None


@pytest.mark.parametrize(
    ("wanted", "got", "false", "missed"), [("complaint", "opt_out", 1, 0), ("opt_out", "other", 0, 1)]
)
def test_opt_outs(wanted: str, got: str, false: int, missed: int) -> None:
    result = figures(f"x\ten\t{wanted}\t\t-\t", Reading("en", got, [], None))
    assert (result["false_optouts"], result["missed_optouts"]) == (false, missed)


def test_a_literal_line_break_and_unknown_columns() -> None:
    (row,) = parse_rows("note\ttext\nx\ta\\nb\n")
    assert row["text"] == "a\nb"
    with pytest.raises(ValueError, match="no column `text`"):
        parse_rows("words\n")


@pytest.mark.parametrize(
    ("text", "way", "intent", "category", "place"),
    [
        ("پانی نہیں آ رہا، تربت میں تین دن سے", "ur", "complaint", "water_none", "KCH-01"),
        ("No electricity in Gwadar since morning", "en", "complaint", "power_outage", "GWD"),
        (
            "bijli ki nangi taar gir gai gali me bachay tarap rahe hain Quetta",
            "ur_Latn",
            "emergency",
            "power_danger",
            "QTA",
        ),
        ("what documents for domicile", "en", "service", "", ""),
        ("stop", "en", "opt_out", "", ""),
        ("band karo ye loadshedding", "ur_Latn", "complaint", "power_outage", ""),
        ("85896693", "en", "track", "", ""),
    ],
)
def test_a_message_read_cold(text: str, way: str, intent: str, category: str, place: str) -> None:
    reading = read_message(text, lexicon(), directory())
    assert (reading.intent, reading.place.code if reading.place else "") == (intent, place)
    assert not category or reading.categories[0] == category
    assert reading.way == way or text.isdecimal() or text == "stop"

"""The language files agree with each other, and no word a citizen types has two meanings."""

import csv
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CODES = ("ur", "bal", "en", "ur_Latn")
WAYS = {"en", "ur", "bal", "ur_Latn", "bal_Latn"}
LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ"})
HAMZA_MARKS = "\u0653\u0654\u0655"
ASTRAY = "يىكهةۃەۀۂۆێ"  # letters Pakistan's keyboards and presses do not use
FOREIGN_TO_BALOCHI = ("ارسال", "لطفا", "پانی", "تنخواہ", "خطرہ")

# One word, two meanings: "enough" ends a list of details ("done"), and with nothing open the bot asks what is meant.
TWO_MEANINGS = {word: {"done", "stop_ask"} for word in ("بس", "bas", "bs", "bass")}

# "closed" opens most complaints, "cancel" drops a draft.
NEVER_STOP = {"بند", "band", "بس", "bas", "cancel", "کینسل", "close", "closed", "ختم", "khatam", "no", "نہیں", "نہ"}
# Ratings, water, a house, "solved": answers, and no command.
NEVER_A_WORD = {"acha", "اچھا", "good", "bad", "water", "پانی", "pani", "آپ", "makan", "hal"}

# Words of plain complaints: "why is the water off", "when will it come", "where shall we go".
NEVER_A_CUE = {
    "why",
    "when",
    "where",
    "how",
    "what",
    "kyun",
    "kyu",
    "kab",
    "kahan",
    "kaha",
    "kahan se",
    "kitne din",
    "kya",
}
NEVER_A_CUE |= {"کیوں", "کب", "کہاں", "کہاں سے", "کتنے دن", "کیا", "چے", "کدی", "کجا", "چیا", "چون", "جست"}


def fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(LETTERS).casefold()
    kept = []
    for letter in text:
        kind = unicodedata.category(letter)
        if letter in HAMZA_MARKS or not (kind in {"Mn", "Me", "Cf"} or kind.startswith("P")):
            kept.append(letter)
    return " ".join("".join(kept).split())


def read(code: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "translations" / code / "language.toml").read_text(encoding="utf-8"))


def shape(value: Any) -> Any:
    return {key: shape(part) for key, part in value.items()} if isinstance(value, dict) else type(value)


def meanings() -> Iterator[tuple[str, str, str]]:
    for code in CODES:
        language = read(code)
        for kind in ("words", "numbers"):
            for meaning, words in language[kind].items():
                for word in words:
                    yield code, meaning, word


def markers() -> list[dict[str, str]]:
    with (ROOT / "bot" / "data" / "markers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_the_same_shape(code: str) -> None:
    language = read(code)
    assert shape(language) == shape(read("en"))
    assert language["code"] == code
    assert set(language["name_in"]) == set(CODES)
    assert language["name_in"][code] == language["name"]
    assert language["awaiting_review"] is (code == "bal")
    assert set(language["numbers"]) == {str(number) for number in range(11)}
    assert all(language["words"].values())
    assert all(language["numbers"].values())


def test_places_and_fallbacks() -> None:
    languages = {code: read(code) for code in CODES}
    assert sorted(CODES, key=lambda code: languages[code]["position"]) == list(CODES)
    assert [languages[code]["html"] for code in CODES] == ["ur", "bal", "en", "ur-Latn"]
    assert [code for code in CODES if languages[code]["desk"]] == ["ur", "bal", "en"]
    assert [languages[code]["fallback"] for code in CODES] == [["en"], ["ur", "en"], [], ["en"]]


@pytest.mark.parametrize("code", CODES)
def test_direction_follows_the_script(code: str) -> None:
    language = read(code)
    expected = ("Arab", "rtl") if code in {"ur", "bal"} else ("Latn", "ltr")
    assert (language["script"], language["direction"]) == expected
    bidirectional = {unicodedata.bidirectional(letter) for letter in language["name"]}
    assert ("AL" in bidirectional) is (language["direction"] == "rtl")


@pytest.mark.parametrize("code", CODES)
def test_dates_digits_and_units(code: str) -> None:
    language = read(code)
    dates, units = language["dates"], language["units"]
    assert len(set(dates["months"])) == 12
    assert len(set(dates["days"])) == 7
    assert len({units["today"], units["tomorrow"], units["yesterday"]}) == 3
    assert dates["long"].format(day=5, month=dates["months"][2], year=2027)
    assert dates["short"].format(day=5, month=dates["months"][2])
    assert dates["weekday"].format(weekday=dates["days"][4], day=5, month=dates["months"][2])
    assert dates["time"].format(hour="09", minute="05") == "09:05"
    assert dates["clock"] == 24
    assert language["digits"] == {"style": "ascii"}
    for unit in ("hours", "days", "minutes"):
        assert all(units[unit][form].format(n=3).startswith("3 ") for form in ("one", "other"))


def test_words_stand_as_they_are_looked_up() -> None:
    astray = [(code, word) for code, _, word in meanings() if fold(word) != word or not word]
    assert astray == []
    listed = list(meanings())
    assert len(listed) == len(set(listed)), "a word stands twice in one list"


def test_no_word_has_two_meanings() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for _, meaning, word in meanings():
        found[word].add(meaning)
    assert {word: told for word, told in found.items() if len(told) > 1} == TWO_MEANINGS
    assert not [word for word, told in found.items() if "stop" in told and word in NEVER_STOP]
    assert not NEVER_A_WORD & set(found)
    assert not [word for word in found if word.isdecimal()], "a digit is read as a number before any word"


def test_a_name_of_a_language_means_one_language_and_nothing_else() -> None:
    named: dict[str, set[str]] = defaultdict(set)
    for code in CODES:
        language = read(code)
        names = {fold(name) for name in (language["name"], *language["name_in"].values())}
        aliases = language["aliases"]
        assert aliases
        assert len(aliases) == len(set(aliases))
        assert not [alias for alias in aliases if fold(alias) != alias or alias in names]
        for name in (*names, *aliases):
            named[name].add(code)
    assert not {name: codes for name, codes in named.items() if len(codes) > 1}
    assert not {word for _, _, word in meanings()} & set(named)


@pytest.mark.parametrize("code", CODES)
def test_question_cues_do_not_stand_in_plain_complaints(code: str) -> None:
    cues = read(code)["cues"]["question"]
    assert cues
    assert len(cues) == len(set(cues))
    assert not [cue for cue in cues if fold(cue) != cue]
    assert not NEVER_A_CUE & set(cues)


@pytest.mark.parametrize("code", ["ur", "bal"])
def test_letters_are_the_ones_printed_in_pakistan(code: str) -> None:
    text = (ROOT / "translations" / code / "language.toml").read_text(encoding="utf-8")
    assert not set(ASTRAY) & set(text)
    assert code == "ur" or not [word for word in FOREIGN_TO_BALOCHI if word in text]


def test_markers_tell_the_ways_of_writing_apart() -> None:
    rows = markers()
    assert len({row["word"] for row in rows}) == len(rows)
    assert {row["way"] for row in rows} == WAYS
    assert {row["weight"] for row in rows} <= set("12345")
    for row in rows:
        word, latin = row["word"], row["way"] in {"en", "ur_Latn", "bal_Latn"}
        assert word == (word if word in {"ءِ", "ءَ", "ءُ"} else fold(word))
        assert word.isascii() is latin
        assert len(word.split()) == 1

"""Every error of a carrier has a meaning, and every meaning a sentence an official can act on."""

import csv
from importlib.resources import files

import pytest

from bot.carriers.errors import known_errors, trouble_of
from bot.catalog import load_catalog
from bot.outbox import Trouble

ROWS = list(csv.DictReader(files("bot.data").joinpath("carrier_errors.csv").read_text(encoding="utf-8").splitlines()))
SAID = [trouble for trouble in Trouble if trouble]


@pytest.mark.parametrize("trouble", SAID)
def test_every_trouble_has_a_sentence_at_every_desk(trouble: Trouble) -> None:
    catalog = load_catalog()
    desks = [language for language in catalog.languages.values() if language.desk]
    assert [language.code for language in desks] == ["ur", "bal", "en"]
    for language in desks:
        text = catalog.domain(language.code, "desk").get(f"trouble.{trouble}", "")
        assert 30 < len(text) < 200, (language.code, trouble)
        assert "{" not in text


def test_no_sentence_is_left_over() -> None:
    keys = {key for key in load_catalog().domain("en", "desk") if key.startswith("trouble.")}
    assert keys == {f"trouble.{trouble}" for trouble in SAID}


def test_the_table_is_whole() -> None:
    keys = [(row["carrier"], row["code"]) for row in ROWS]
    assert len(keys) == len(set(keys))
    for row in ROWS:
        assert None not in row
        assert None not in row.values()
        assert row["code"].isdecimal()
        assert Trouble(row["trouble"]) != Trouble.NONE
        assert row["where"] in ("send", "receipt", "both", "inbound")
        assert row["note"]
        assert not any(letter in row["note"] for letter in "\n\t")
    assert len(known_errors("twilio")) == sum(row["carrier"] == "twilio" for row in ROWS)


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("", Trouble.NONE),
        ("20429", Trouble.SLOWER),
        ("20500", Trouble.UNKNOWN),
        ("20503", Trouble.UNKNOWN),
        ("20504", Trouble.UNKNOWN),
        ("21610", Trouble.OPTED_OUT),
        ("21614", Trouble.NUMBER),
        ("30001", Trouble.SLOWER),
        ("30003", Trouble.LATER),
        ("63003", Trouble.ELSEWHERE),
        ("63016", Trouble.WINDOW),
        ("63024", Trouble.ELSEWHERE),
        ("63033", Trouble.MARKETING),
        ("63041", Trouble.TEMPLATE),
        ("63049", Trouble.MARKETING),
        ("99999", Trouble.REFUSED),
        ("400", Trouble.REFUSED),
        ("403", Trouble.SETUP),
        ("429", Trouble.SLOWER),
        ("502", Trouble.UNKNOWN),
        ("ReadTimeout", Trouble.UNKNOWN),
        ("٦٣٠١٦", Trouble.UNKNOWN),
    ],
)
def test_what_a_code_means(code: str, trouble: Trouble) -> None:
    assert trouble_of("twilio", code) == trouble


def test_another_carrier_s_codes_are_its_own() -> None:
    assert trouble_of("nobody", "63016") == Trouble.REFUSED

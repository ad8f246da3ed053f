"""Numbers, dates and choices are said in the citizen's digits; what is dialled, typed or copied stays as it is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.catalog import Catalog, load_catalog
from bot.dialogue.values import Day, Option, Reply, Term, Value
from bot.names import Names

NOON = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
HELPLINE = "8171"


def said(language: str, digits: str, value: Value, catalog: Catalog | None = None) -> str:
    """The value alone, as one line of a message."""
    return (catalog or load_catalog()).render(Reply("service.title", {"title": value}), language, digits)


@pytest.mark.parametrize(
    ("language", "digits", "day"),
    [
        ("ur", "urdu", "۲۱ نومبر"),
        ("ur", "arabic", "٢١ نومبر"),
        ("ur", "ascii", "21 نومبر"),
        ("ur", "", "21 نومبر"),
        ("bal", "urdu", "۲۱ نومبر"),
        ("en", "urdu", "21 November"),
        ("ur_Latn", "arabic", "21 November"),
    ],
)
def test_a_date_is_said_in_the_citizen_s_digits_where_they_are_letters_of_the_script(
    language: str, digits: str, day: str
) -> None:
    assert said(language, digits, Day(NOON)) == day


def test_lists_are_numbered_in_the_citizen_s_digits() -> None:
    options = (Option("back", Term("option.back")), *(Option(str(n), Term("option.yes")) for n in range(10)))
    lines = load_catalog().render(Reply("menu", options=options), "ur", "urdu").splitlines()
    assert (lines[1], lines[10], lines[11]) == ("۱ ہاں", "۱۰ ہاں", "۰ واپس")


def test_the_choices_inside_a_sentence_are_numbered_alike() -> None:
    values: dict[str, Value] = dict.fromkeys(("category", "place", "department", "date"), "-") | {"number": "48271936"}
    told = load_catalog().render(Reply("report.opened_at_once", values), "ur", "urdu")
    assert "۲" in told
    assert "۰" in told
    assert [char for char in told if char.isascii() and char.isdigit()] == list("48271936")


def test_a_count_is_a_number_and_a_text_is_somebody_s() -> None:
    assert said("ur", "urdu", 12) == "۱۲"
    assert said("ur", "urdu", HELPLINE) == HELPLINE
    assert said("ur", "urdu", "میٹر 42") == "میٹر 42"
    assert said("ur", "urdu", Names({"ur": "پولیس 15"}, {})) == "پولیس 15"


def test_a_language_may_have_digits_of_its_own() -> None:
    ur = load_catalog().languages["ur"]
    native = replace(ur, chain=("ur",), folder={**ur.folder, "digits": {"style": "urdu"}})
    catalog = Catalog({"ur": native}, {("ur", "messages"): {"service.title": "{title}"}}, {})
    assert said("ur", "", Day(NOON), catalog) == "۲۱ نومبر"
    assert said("ur", "ascii", Day(NOON), catalog) == "21 نومبر"
    assert catalog.text("ur", "service.title", title=Day(NOON)) == "۲۱ نومبر"

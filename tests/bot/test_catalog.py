"""What is said: filled in, in the right language, with numbered options; a citizen's own words stay his own."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog, Language, load_catalog, offered_languages
from bot.dialogue.values import Day, Option, Reply, Term
from bot.names import Names

NOON = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
NIGHT = datetime(2026, 12, 31, 19, 30, tzinfo=UTC)
"""Already the new year in Karachi."""
GWADAR = Names({"en": "Gwadar", "ur": "گوادر"}, {})
BACK = Option("back", Term("option.back"))


def small() -> Catalog:
    """Three languages, each with less than the one behind it."""
    dates = {"months": [f"m{n}" for n in range(1, 13)], "days": [f"d{n}" for n in range(7)], "short": "{day} {month}"}
    codes = {"bal": ("bal", "ur", "en"), "ur": ("ur", "en"), "en": ("en",)}
    languages = {
        c: Language(c, c.upper(), "ltr", c, desk=c != "bal", chain=chain, folder={"dates": dates})
        for c, chain in codes.items()
    }
    texts = {
        ("en", "messages"): {"a": "a en {x}", "b": "b en", "c": "c en"},
        ("ur", "messages"): {"a": "a ur {x}", "b": "b ur"},
        ("bal", "messages"): {"a": "a bal {x}"},
        ("en", "desk"): {"queue": "Queue"},
    }
    return Catalog(languages, texts, {"bal": frozenset({"a"})})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("bal", ["a bal 1", "b ur", "c en"]),
        ("ur", ["a ur 1", "b ur", "c en"]),
        ("en", ["a en 1", "b en", "c en"]),
        ("xx", ["a ur 1", "b ur", "c en"]),
    ],
)
def test_a_language_falls_back_text_by_text(language: str, said: list[str]) -> None:
    assert [small().text(language, key, x=1) for key in "abc"] == said


def test_a_text_no_language_has_is_a_bug() -> None:
    with pytest.raises(KeyError, match=r"no\.such\.key"):
        load_catalog().text("ur", "no.such.key")
    with pytest.raises(KeyError):
        small().text("bal", "d")


def test_a_missing_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        small().text("en", "a")


def test_domains_do_not_fall_back_and_the_desk_is_one() -> None:
    assert small().domain("bal", "messages") == {"a": "a bal {x}"}
    assert small().domain("ur", "desk") == {}
    assert small().text("ur", "queue") == "Queue"
    assert small().awaiting("bal") == {"a"}
    assert small().awaiting("en") == frozenset()


@pytest.mark.parametrize(("reviewed_only", "said"), [(True, ["a bal 1", "b roman"]), (False, ["a roman", "b roman"])])
def test_a_text_nobody_reviewed_falls_back_where_the_language_wants_it(reviewed_only: bool, said: list[str]) -> None:
    codes = {"bal_Latn": ("bal_Latn", "bal"), "bal": ("bal",)}
    languages = {
        code: Language(code, code, "ltr", code, desk=False, chain=chain, folder={"reviewed_only": reviewed_only})
        for code, chain in codes.items()
    }
    texts = {("bal_Latn", "messages"): {"a": "a roman", "b": "b roman"}, ("bal", "messages"): {"a": "a bal {x}"}}
    catalog = Catalog(languages, texts, {"bal_Latn": frozenset({"a"})})
    assert [catalog.text("bal_Latn", key, x=1) for key in "ab"] == said


@pytest.mark.parametrize(
    "value",
    ["{x}", "{0}", "{}", "{0.__class__}", "{x.__class__.__mro__}", "%s %(x)s", "{{7*7}}", "}{", "{", "\\n", "$x"],
)
def test_braces_in_a_value_stay_as_written(value: str) -> None:
    assert small().text("en", "a", x=value) == f"a en {value}"


@given(st.text())
def test_any_value_is_said_as_it_is(value: str) -> None:
    assert small().text("en", "a", x=value) == f"a en {value}"


@pytest.mark.parametrize(
    ("language", "day"),
    [("bal", "21 نومبر"), ("ur", "21 نومبر"), ("en", "21 November"), ("ur_Latn", "21 November")],
)
def test_a_date_is_written_as_people_write_it(language: str, day: str) -> None:
    assert load_catalog().day(language, NOON) == day


def test_a_date_is_karachi_s() -> None:
    assert load_catalog().day("en", NIGHT) == "1 January"
    assert load_catalog().day("bal", NIGHT) == "1 جنوری"
    assert load_catalog().day("en", datetime.fromisoformat("2027-01-01T00:30:00+05:00")) == "1 January"


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_own_name_in_every_language(month: int) -> None:
    catalog = load_catalog()
    for code in catalog.languages:
        at = datetime(2027, month, 15, 7, tzinfo=UTC)
        assert catalog.day(code, at) == f"15 {catalog.languages[code].folder['dates']['months'][month - 1]}"


def test_options_are_numbered_and_back_is_the_last_as_zero() -> None:
    reply = Reply("menu", options=(BACK, Option("report", Term("option.report")), Option("GWD", GWADAR)))
    assert load_catalog().render(reply, "en").splitlines()[-3:] == ["1 Report a problem", "2 Gwadar", "0 Back"]
    assert load_catalog().render(reply, "bal").splitlines()[-2] == "2 گوادر"


def test_a_message_of_several_sentences_stands_in_order_before_its_options() -> None:
    reply = Reply(
        "b",
        lines=(Reply("a", {"x": Term("c")}), Reply("c")),
        options=(Option("back", Term("b")), Option("one", GWADAR)),
    )
    assert small().render(reply, "en") == "b en\na en c en\nc en\n1 Gwadar\n0 b en"


def test_names_and_days_inside_a_sentence_are_in_its_language() -> None:
    assert small().text("bal", "a", x=GWADAR) == "a bal گوادر"
    assert small().text("en", "a", x=Day(NOON)) == "a en 21 m11"
    assert small().text("en", "a", x=0) == "a en 0"


def test_a_short_name_is_preferred_inside_a_sentence() -> None:
    names = Names({"en": "Public Health Engineering Department", "ur": "محکمہ"}, {"en": "PHED"})
    assert small().text("en", "a", x=names) == "a en PHED"
    assert small().name("en", names) == "Public Health Engineering Department"
    assert small().name("ur", names, short=True) == "محکمہ"
    assert small().name("bal", Names({}, {})) == ""


def test_a_name_in_no_language_of_the_chain_is_said_in_any() -> None:
    assert small().name("en", Names({"ur": "گوادر"}, {})) == "گوادر"


def test_languages_are_offered_by_their_own_names_in_their_order() -> None:
    assert offered_languages(load_catalog()) == [
        ("ur", "اردو"),
        ("bal", "بلوچی"),
        ("en", "English"),
        ("ur_Latn", "Roman Urdu"),
    ]


def test_every_option_is_one_line_in_every_language() -> None:
    catalog = load_catalog()
    keys = [key for key in catalog.domain("en", "messages") if key.startswith("option.")]
    assert keys
    for code in catalog.languages:
        assert all("\n" not in catalog.text(code, key) for key in keys)

"""What a corrected ticket may teach, and what it may not; better and worse."""

from types import SimpleNamespace

import pytest

from bot.learning import distinct, lesson, teachable, worse_in
from bot.limits import FALLBACK_CATEGORY
from bot.services.setup import shipped_rows
from tests.support import directory

WORDS = "the wire sparks at night, call 0333 1234567"


def ticket(category: str = "water_none", sensitive: bool = False, unsafe: bool = False) -> SimpleNamespace:
    return SimpleNamespace(category=category, sensitive=sensitive, unsafe=unsafe)


def test_a_lesson_has_no_number_in_it() -> None:
    assert lesson(directory(), ticket(), "power_danger", WORDS) == "the wire sparks at night, call"


@pytest.mark.parametrize(
    ("was", "category"),
    [
        (ticket(), "women_violence"),
        (ticket("women_violence"), "water_none"),
        (ticket(sensitive=True), "power_danger"),
        (ticket(unsafe=True), "power_danger"),
        (ticket(), FALLBACK_CATEGORY),
        (ticket(), "no_such_category"),
    ],
)
def test_what_is_sensitive_or_says_nothing_is_never_learnt(was: SimpleNamespace, category: str) -> None:
    assert lesson(directory(), was, category, WORDS) == ""


@pytest.mark.parametrize("words", ["", "bijli", "0333 1234567", "my name is Ali", "👍"])
def test_words_without_a_trouble_teach_nothing(words: str) -> None:
    assert lesson(directory(), ticket(), "power_outage", words) == ""


def test_a_category_that_is_gone_since_is_gone_from_the_lessons_too() -> None:
    assert lesson(directory(), ticket("no_longer_there"), "power_outage", WORDS)


def test_what_is_sensitive_now_or_gone_teaches_nothing() -> None:
    learnt = [{"category": code, "text": f"zorgal {code}"} for code in ("garbage", "women_violence", "gone")]
    assert [row["category"] for row in teachable(learnt, shipped_rows("categories"))] == ["garbage"]


def test_an_example_counts_once_and_never_where_it_is_asked() -> None:
    rows = [
        {"category": c, "text": t}
        for c, t in [("a", "No water!"), ("a", "no  water"), ("b", "no water"), ("a", "dark")]
    ]
    assert distinct(rows, ["DARK."]) == [rows[0], rows[2]]
    assert distinct(rows, ["no water 0333 1234567", "dark"]) == []


def test_worse_is_any_share_that_fell_by_more_than_chance() -> None:
    before = {"intent": 0.9, "category_top1": 0.8, "category_top3": 0.9, "emergencies": None}
    assert worse_in(before, before) == []
    assert worse_in(before, before | {"category_top1": 0.9, "category_top3": 0.88}) == ["category_top3"]
    assert worse_in(before, before | {"category_top1": before["category_top1"] - 0.009}) == []
    assert worse_in(before | {"emergencies": 1.0}, before | {"emergencies": 0.9}) == ["emergencies"]

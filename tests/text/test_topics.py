"""A message's words lead to its category; a longer phrase says more than a word of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.fold import fold
from bot.text.topics import TopicIndex, build_index, find_topics
from tests.support import directory

SMALL = TopicIndex(
    build_index(
        [
            ("water", ["پانی", "pani"]),
            ("dirty", ["گندا پانی", "ganda pani"]),
            ("bill", ["bill"]),
            ("power", ["bijli", "bill"]),
        ]
    ),
    build_index([("water", ["آپ"])]),
)

CATEGORIES = [
    ("No water in Gwadar for 3 days", None, "water_none"),
    ("تین دن سے پانی نہیں آ رہا", "ur", "water_none"),
    ("paani nahin aa raha", "ur_Latn", "water_none"),
    ("مئے شہر ءَ آپ نیست", "bal", "water_none"),
    ("گندا پانی آ رہا ہے", "ur", "water_dirty"),
    ("ganda paani aa raha hai", "ur_Latn", "water_dirty"),
    ("bijli ka bill ghalat aya hai", "ur_Latn", "power_bill"),
    ("gas leak in the kitchen", "en", "gas_leak"),
    ("گیس لیک ہو رہی ہے", "ur", "gas_leak"),
    ("sui gas nahi aa rahi", "ur_Latn", "gas_pressure"),
    ("سكول بند ہے", "ur", "school_closed"),
    ("teacher absent since Monday", "en", "teacher_absent"),
    ("no doctor in the hospital", "en", "health_absent"),
    ("سڑک ٹوٹی ہوئی ہے", "ur", "road_damage"),
    ("kachra nahi uthaya", "ur_Latn", "garbage"),
]


@pytest.mark.parametrize(("text", "language", "category"), CATEGORIES)
def test_plain_complaints_find_their_category(text: str, language: str | None, category: str) -> None:
    assert find_topics(fold(text), language, directory().topic_index)[0][0] == category


@pytest.mark.parametrize("text", ["آپ کا شکریہ", "آپ کیسے ہیں", "آپ لوگ کہاں ہیں"])
def test_the_urdu_you_is_no_water(text: str) -> None:
    assert find_topics(fold(text), "ur", directory().topic_index) == []
    assert find_topics(fold(text), None, directory().topic_index) == []


@pytest.mark.parametrize("text", ["", "hello", "1", "👍", "آداب عرض"])
def test_no_topic_is_invented(text: str) -> None:
    assert find_topics(fold(text), "ur", directory().topic_index) == []


def test_a_longer_phrase_outweighs_its_words() -> None:
    assert [code for code, _ in find_topics("ganda pani", None, SMALL)] == ["dirty", "water"]


def test_a_word_of_two_topics_weighs_half() -> None:
    assert find_topics("bill", None, SMALL) == [("bill", 0.5), ("power", 0.5)]
    assert find_topics("bijli bill", None, SMALL)[0] == ("power", 1.5)


def test_balochi_words_count_in_balochi_only() -> None:
    assert find_topics("آپ", "bal", SMALL) == [("water", 1.0)]
    assert find_topics("آپ", "ur", SMALL) == find_topics("آپ", None, SMALL) == []


def test_every_category_but_the_last_resort_is_found_by_its_own_keywords() -> None:
    index = directory().topic_index
    found = {code for table in (index.phrases, index.balochi) for codes in table.values() for code in codes}
    assert set(directory().categories) - found <= {"other"}


def test_no_keyword_is_too_long_to_be_found() -> None:
    for kind in (directory().topic_index, directory().service_index):
        unfound = {
            phrase: codes
            for table, language in ((kind.phrases, None), (kind.balochi, "bal"))
            for phrase, codes in table.items()
            if not codes & dict(find_topics(phrase, language, kind)).keys()
        }
        assert not unfound


@given(st.text(), st.sampled_from([None, "en", "ur", "bal", "ur_Latn", "xx"]))
def test_looking_never_fails_and_is_in_order(text: str, language: str | None) -> None:
    topics = find_topics(fold(text), language, directory().topic_index)
    assert topics == sorted(topics, key=lambda item: (-item[1], item[0]))
    assert {code for code, _ in topics} <= set(directory().categories)

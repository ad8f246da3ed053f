"""The window closes, an answer waits, and the person fetches it; or nobody does, and it goes by SMS. Days in seconds."""

from collections.abc import Iterator

import pytest

from bot.store.database import Database
from tests.stories.stage import PHONE, REPORT, Days, days

ANSWER = "The pipe was mended this morning."


@pytest.fixture
def story(db: Database) -> Iterator[Days]:
    with days(db) as told:
        told.says(REPORT)
        told.settle()
        told.pass_(hours=30)
        told.official_does("reply", ANSWER)
        yield told


def test_an_answer_waits_and_the_person_is_told_once(story: Days) -> None:
    number = story.number()
    assert story.heard()[1:] == [f"An answer to your complaint {number} is here. Write 1 to read it."]
    assert [(row.state, row.reason) for row in story.rows() if ANSWER in row.text] == [("held", "window")]
    story.official_does("reply", "And the tank is full again.")
    story.pass_(hours=2)
    assert len(story.heard()) == 2, "one notice a day is enough for two answers"


@pytest.mark.parametrize("fetches", ["1", "۱", "ok", "haan ji", "Assalam o alaikum"])
def test_one_word_fetches_it_and_means_nothing_else(story: Days, fetches: str) -> None:
    story.says(fetches)
    assert ANSWER in story.heard()[-1]
    assert len(story.heard()) == 3
    story.settle()
    assert {row.state for row in story.rows()} == {"accepted"}


def test_a_message_of_its_own_brings_both(story: Days) -> None:
    story.says("gali mein kachra para hai, Turbat")
    said = story.heard()[2:]
    assert len(said) == 2
    assert ANSWER in "\n".join(said)


def test_who_does_not_fetch_it_gets_it_by_sms(story: Days) -> None:
    story.pass_(hours=23)
    assert story.heard("kannel") == []
    story.pass_(hours=2)
    (by_sms,) = story.heard("kannel")
    assert ANSWER in by_sms
    story.says("1")
    assert sum(ANSWER in text for text in story.heard() + story.heard("kannel")) == 1


def test_where_the_notice_fails_it_goes_by_sms_at_once(db: Database) -> None:
    with days(db) as story:
        story.says(REPORT)
        story.settle()
        story.pass_(hours=30)
        story.bad(numbers={PHONE: {"rest": 63041}})
        story.official_does("reply", ANSWER)
        story.work()
        assert [ANSWER in text for text in story.heard("kannel")] == [True]
        story.pass_(hours=30)
        assert len(story.heard("kannel")) == 1


def test_who_writes_by_sms_gets_it_there(story: Days) -> None:
    story.says("1", "kannel")
    assert [ANSWER in text for text in story.heard("kannel")] == [True]
    assert not any(ANSWER in text for text in story.heard())


def test_a_verdict_is_asked_for_after_the_answer_was_read(story: Days) -> None:
    """The 1 that fetches must not count as "solved": the person has not read what was done."""
    story.official_does("resolve", "All is well again.")
    story.says("1")
    assert story.state() == "answered"
    story.says("1")
    assert story.state() == "confirmed"

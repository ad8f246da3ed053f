"""Opt-out never swallows a complaint: only words that can mean nothing else, and never a single line anybody labelled otherwise."""

import pytest

from bot.text.fold import fold
from bot.text.optout import asks_no_more
from bot.text.reading import read_message
from tests.bot.test_messages_file import ROWS
from tests.support import directory, lexicon
from workers.training.reading import shipped_lines


def says_no_more(text: str) -> bool:
    return asks_no_more(fold(text), lexicon().optout)


@pytest.mark.parametrize(
    "text",
    [
        "please stop sending me these messages",
        "do not send me any more alerts",
        "I dont want your sms",
        "remove me from the mailing list please",
        "براہ کرم مجھے آئندہ پیغامات نہ بھیجیں",
        "یہ میسج بند کر دیں",
        "plz mujhe aur msgs na bhejo",
        "sms bhejna band kren",
        "منا کلوہ دیم مہ دئے",
        "mana msg ma dem",
    ],
)
def test_it_asks_for_no_more(text: str) -> None:
    assert says_no_more(text)


@pytest.mark.parametrize(
    "text",
    [
        "stop sending wrong bills",
        "پانی بند ہے",
        "gas band hai",
        "band karo ye loadshedding",
        "do not stop messages",
        "messages bhejna band na karo",
        "no messages",
        "sms nahi aate",
        "stop",
        "stop please",
        "message",
        "",
        "stop messages " * 20,
        "میسج بند ہیں",
        "bill ke message band karo",
        "network band hai message nahi jate",
    ],
)
def test_it_is_something_else_or_in_doubt(text: str) -> None:
    assert not says_no_more(text)


def test_no_line_that_means_something_else_is_one() -> None:
    """Lines the words were not written for: the labelled messages and all training lines."""
    others = [line.folded for line in shipped_lines() if line.intent != "opt_out"]
    others += [fold(row["text"]) for row in ROWS if "opt_out" not in row["intent"]]
    assert [text for text in others if asks_no_more(text, lexicon().optout)] == []
    assert len(others) > 10_000


def test_no_labelled_message_is_falsely_one() -> None:
    wrong = [
        row["text"]
        for row in ROWS
        if row["intent"] and "opt_out" not in row["intent"].split("|")
        and read_message(row["text"], lexicon(), directory()).intent == "opt_out"
    ]  # fmt: skip
    assert wrong == []

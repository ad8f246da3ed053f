"""Scripted citizens with the kept-out complaints: how many messages each writes until there is a number, whatever is asked."""

from statistics import median

import pytest

from tests.bot.test_messages_file import ROWS
from tests.dialogue.replay import Replay
from tests.support import directory

MOST = 12
TOWN = {"en": "Quetta", "ur": "کوئٹہ", "ur_Latn": "Quetta", "bal": "کوئٹہ", "bal_Latn": "Quetta"}
COMPLAINTS = [
    row
    for row in ROWS
    if row["part"] == "kept" and row["intent"] in ("complaint", "emergency") and row["language"] in TOWN and row["category"]
]  # fmt: skip


def answer(talk: Replay, row: dict[str, str]) -> str:
    """What somebody says who knows the trouble and the town, and reads the list."""
    step, offered = talk.conversation.step, talk.conversation.offered
    if step == "language":
        return str(offered.index("en" if row["language"] == "en" else "bal" if "bal" in row["language"] else "ur") + 1)
    if step == "report.place":
        return TOWN[row["language"]]
    wanted = [f"category:{code}" for code in row["category"].split("|")] + [
        "other_list",
        "report",
        "yes",
        "send",
        "unsolved",
    ]
    sectors = {directory().categories[code].sector for code in row["category"].split("|")}
    wanted += [f"sector:{sector}" for sector in sectors]
    wanted += [option for option in offered if option.startswith("place:")][:1]
    for option in wanted:
        if option in offered:
            return str(offered.index(option) + 1)
    return str(row["text"])


def messages_until_a_number(row: dict[str, str]) -> int:
    talk = Replay()
    text = row["text"]
    for count in range(1, MOST + 1):
        talk.says(text)
        if talk.tickets:
            return count
        text = answer(talk, row)
    return MOST + 1


@pytest.fixture(scope="module")
def counts() -> dict[str, list[tuple[bool, int]]]:
    """Way of writing -> (whether the message named a place, messages until a number) of every citizen."""
    return {
        way: [(bool(row["district"]), messages_until_a_number(row)) for row in COMPLAINTS if row["language"] == way]
        for way in TOWN
    }


def test_who_names_the_place_needs_one_message(counts: dict[str, list[tuple[bool, int]]]) -> None:
    assert median(count for way in counts.values() for named, count in way if named) == 1


def test_nearly_everybody_needs_three_at_most(counts: dict[str, list[tuple[bool, int]]]) -> None:
    everybody = [count for way in counts.values() for _, count in way]
    assert sum(count <= 3 for count in everybody) / len(everybody) >= 0.95


@pytest.mark.parametrize("way", TOWN)
def test_nobody_of_any_way_of_writing_is_left_behind(counts: dict[str, list[tuple[bool, int]]], way: str) -> None:
    mine = [count for _, count in counts[way]]
    assert median(mine) <= 2
    assert sum(count <= 3 for count in mine) / len(mine) >= 0.85
    assert max(mine) <= MOST

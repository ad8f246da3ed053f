"""A citizen who puts a complaint right teaches by it: once, without personal data, and never what is sensitive."""

import logging

import pytest

from bot.services.hands import Hands
from bot.store import learning
from tests.support import PHONE, Citizen


def learnt(hands: Hands) -> list[tuple[str, str, str]]:
    with hands.db.read() as tx:
        return [(row.category, row.text, row.source) for row in learning.all_examples(tx)]


def says(citizen: Citizen, *texts: str) -> None:
    for text in texts:
        citizen.says(text)


@pytest.mark.parametrize("choice", [["no electricity"], ["2", "1"]])
def test_what_was_misread_is_learnt_under_its_right_name(citizen: Citizen, hands: Hands, choice: list[str]) -> None:
    says(citizen, "No water in Gwadar for 3 days, my name is Gul Bibi 0333-1234567", "2", "1", *choice)
    assert learnt(hands) == [("power_outage", "No water in Gwadar for 3 days, my", "citizen")]


@pytest.mark.parametrize("texts", [["2", "2", "Khuzdar"], ["2", "3", "the pump is broken too"], ["0"]])
def test_who_corrects_something_else_teaches_nothing(citizen: Citizen, hands: Hands, texts: list[str]) -> None:
    says(citizen, "No water in Gwadar for 3 days", *texts)
    assert learnt(hands) == []


def test_a_second_correction_takes_the_place_of_the_first(citizen: Citizen, hands: Hands) -> None:
    says(citizen, "No water in Gwadar for 3 days", "2", "1", "no electricity", "2", "1", "1", "2")
    assert [row[0] for row in learnt(hands)] == ["water_quetta"]


def test_no_text_is_logged(citizen: Citizen, hands: Hands, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    says(citizen, "No water in Gwadar for 3 days", "2", "1", "no electricity")
    assert learnt(hands)
    assert not any(word in caplog.text for word in ("water", "electricity", PHONE))

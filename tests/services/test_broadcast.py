"""Broadcasts: everybody once, nobody who said STOP, and one campaign is never in another's way."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.services import outreach
from bot.services.hands import Hands
from bot.services.outreach import Plan
from bot.services.sign_in import add_account
from bot.store.outbox import outbox
from tests.street import Street


@pytest.fixture
def manager(road: Street) -> int:
    with road.hands.db.write() as tx:
        fields = {"username": "m", "name": "M", "role": "campaign_manager", "department": ""}
        return add_account(road.hands, tx, password="a long enough password", **fields)


def people(road: Street, count: int) -> list[str]:
    """People of Gwadar who wrote in English and were answered."""
    numbers = [f"+92300000020{n}" for n in range(count)]
    for number in numbers:
        road.says("No water in Gwadar for 3 days", number)
        road.says("1", number)
    road.deliver()
    return numbers


def campaign(road: Street, manager: int, text: str) -> int:
    """A campaign that has begun."""
    plan = Plan(text, {"en": text}, (), ("en",))
    made = outreach.draft(road.hands, manager, f"key-of-{text}".replace(" ", "-"), plan)
    assert isinstance(made, int)
    assert outreach.schedule(road.hands, made, road.hands.now())
    assert outreach.start_due(road.hands) == 1
    return made


def states(hands: Hands, campaign_id: int) -> list[Any]:
    with hands.db.read() as tx:
        return sorted(tx.execute(select(outbox.c.state).where(outbox.c.campaign_id == campaign_id)).scalars())


def test_everybody_once_and_nobody_who_said_stop(road: Street, manager: int) -> None:
    numbers = people(road, 3)
    road.says("STOP", numbers[0])
    road.deliver()
    made = campaign(road, manager, "Polio drops on Monday")
    assert outreach.start_due(road.hands) == 0, "a second clock starts nothing"
    road.deliver()
    got = [sum("Polio drops" in text for text in road.heard(number)) for number in numbers]
    assert got == [0, 1, 1]
    assert states(road.hands, made) == ["accepted", "accepted"]


def test_stop_between_freezing_and_sending_counts(road: Street, manager: int) -> None:
    numbers = people(road, 2)
    made = campaign(road, manager, "Polio drops on Monday")
    road.says("STOP", numbers[0])
    road.deliver()
    assert states(road.hands, made) == ["accepted", "skipped"]
    assert not any("Polio drops" in text for text in road.heard(numbers[0]))


def test_a_paused_campaign_stands_in_nobodys_way(road: Street, manager: int) -> None:
    people(road, 3)
    first = campaign(road, manager, "First of two")
    assert outreach.pause(road.hands, first)
    second = campaign(road, manager, "Second of two")
    road.deliver()
    assert states(road.hands, first) == ["waiting"] * 3
    assert states(road.hands, second) == ["accepted"] * 3
    assert outreach.resume(road.hands, first)
    road.deliver()
    assert states(road.hands, first) == ["accepted"] * 3


def test_stopped_is_stopped_and_the_ledger_adds_up(road: Street, manager: int) -> None:
    people(road, 3)
    made = campaign(road, manager, "Stop me")
    assert outreach.stop(road.hands, made)
    road.deliver()
    seen = outreach.see(road.hands, made)
    assert seen is not None
    assert (seen[1].skipped, seen[1].audience, seen[0].audience) == (3, 3, 3)


def test_a_reply_overtakes_a_broadcast(road: Street, manager: int) -> None:
    numbers = people(road, 2)
    campaign(road, manager, "Announcement")
    road.says("my complaints", numbers[0])
    road.deliver()
    heard = road.heard(numbers[0])
    assert heard[-1] == "Announcement"
    assert "Answer due" in heard[-2]

"""Two bots that answer each other fall silent; a person is answered, however impatient."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from bot import loops
from bot.services.hands import Hands
from bot.store.messages import inbound
from bot.store.outbox import outbox
from tests.support import Citizen, Clock

AWAY = "Thank you for your message. We are closed and will answer on Monday."


def stored(hands: Hands) -> Sequence[str]:
    with hands.db.read() as tx:
        return tx.execute(select(inbound.c.text).order_by(inbound.c.id)).scalars().all()


def answers(hands: Hands) -> Sequence[str]:
    with hands.db.read() as tx:
        return tx.execute(select(outbox.c.text).order_by(outbox.c.id)).scalars().all()


def talk_with_a_bot(hands: Hands, clock: Clock, says: Sequence[str], delay_s: float) -> float:
    """A bot answers each of our answers after `delay_s`; seconds until nobody says anything more."""
    bot, began, turn = Citizen(hands), clock.now, 0
    while bot.says(says[turn % len(says)]).outbox_ids:
        clock.passes(seconds=delay_s)
        turn += 1
        assert turn < 200, "they talk for ever"
    return (clock.now - began).total_seconds()


@pytest.mark.parametrize("delay_s", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("says", [[AWAY], ["ہم بند ہیں۔ شکریہ", AWAY]], ids=["one line", "two in turns"])
def test_two_bots_fall_silent_within_a_minute(hands: Hands, clock: Clock, says: Sequence[str], delay_s: float) -> None:
    assert talk_with_a_bot(hands, clock, says, delay_s) <= loops.WITHIN.total_seconds()


def test_a_bot_that_never_says_the_same_falls_silent_too(hands: Hands, clock: Clock) -> None:
    says = [f"Your request has the number {n * 7919}." for n in range(100)]
    assert talk_with_a_bot(hands, clock, says, 1) <= loops.WITHIN.total_seconds()


def test_an_impatient_person_is_answered_every_time(citizen: Citizen, hands: Hands, clock: Clock) -> None:
    for _ in range(4):
        before = len(answers(hands))
        assert citizen.says("No water in Gwadar for 3 days").outcome == "answered"
        assert len(answers(hands)) > before
        clock.passes(seconds=3)


def test_after_a_calm_minute_the_number_is_answered_again(citizen: Citizen, hands: Hands, clock: Clock) -> None:
    while citizen.says(AWAY).outcome == "answered":
        clock.passes(seconds=1)
    assert citizen.says(AWAY).outcome == "silent"
    clock.passes(seconds=61)
    assert citizen.says(AWAY).outcome == "answered"
    assert citizen.says("No water in Gwadar for 3 days").outbox_ids


def test_who_goes_on_stays_unanswered_however_long(citizen: Citizen, hands: Hands, clock: Clock) -> None:
    while citizen.says(AWAY).outcome == "answered":
        clock.passes(seconds=1)
    for _ in range(120):
        clock.passes(seconds=1)
        assert citizen.says(AWAY).outcome == "silent"


def test_what_is_not_answered_is_stored_all_the_same(citizen: Citizen, hands: Hands, clock: Clock) -> None:
    outcomes = [citizen.says(AWAY).outcome for _ in range(15)]
    assert outcomes == ["answered"] * loops.MOST_ALIKE + ["silent"] * (15 - loops.MOST_ALIKE)
    assert stored(hands) == [AWAY] * 15


def test_another_number_is_answered_meanwhile(citizen: Citizen, hands: Hands) -> None:
    while citizen.says(AWAY).outcome == "answered":
        pass
    assert Citizen(hands, "+923000000102").says(AWAY).outcome == "answered"


def test_stop_is_heeded_in_the_middle_of_it(citizen: Citizen, hands: Hands, clock: Clock) -> None:
    while citizen.says(AWAY).outcome == "answered":
        clock.passes(seconds=1)
    assert citizen.says("STOP").outcome == "answered"


@pytest.mark.parametrize("delay_s", [5, 10, 20, 45])
@pytest.mark.parametrize("says", [[AWAY], ["ہم بند ہیں۔ شکریہ", AWAY]], ids=["one line", "two in turns"])
def test_bots_whose_answers_take_long_fall_silent_within_the_hour(
    hands: Hands, clock: Clock, says: Sequence[str], delay_s: float
) -> None:
    """As by SMS, where a message takes its seconds each way."""
    assert talk_with_a_bot(hands, clock, says, delay_s) <= loops.LONG.total_seconds()

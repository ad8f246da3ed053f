"""A carrier out of order is left alone: messages wait or go another way, and one try after the rest opens it again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.carriers.port import Accepted, Carriers, OptedOut, Outcome, Refused, TryAgain, Unknown, WindowClosed
from bot.carriers.twilio import Twilio, TwilioSettings
from bot.delivery import BREAKS_AFTER, FIRST_REST, LONGEST_REST
from bot.outbox import Lane, Trouble
from bot.services import breakers
from bot.services.hands import Hands
from bot.services.send import send_due
from bot.store import carriers, contacts
from bot.store import outbox as store
from bot.store.database import Database
from bot.store.outbox import outbox
from tests.street import ACCOUNT, TOKEN, WHATSAPP_FROM, Street, free_port, street, twilio
from tests.support import Clock

WAY = "twilio:whatsapp"
DOWN = TryAgain("connect")


def puts(hands: Hands, count: int) -> None:
    """Answers to so many people who wrote by WhatsApp just now."""
    with hands.db.write() as tx:
        for n in range(count):
            contact = contacts.lock_by_phone(tx, hands.vault, f"+9230000003{n:02}", hands.now())
            tx.execute(contacts.contacts.update().values(whatsapp_at=hands.now()))
            times = dict.fromkeys(("due_at", "created_at", "updated_at"), hands.now())
            way = {"carrier": "twilio", "channel": "whatsapp", "language": "en", "state": "waiting"}
            row = {"ref": hands.ref(), "contact_id": contact.id, "lane": int(Lane.REPLY), "text": f"answer {n}"}
            store.put(tx, [row | way | times])


def rows(hands: Hands) -> list[Any]:
    with hands.db.read() as tx:
        return list(tx.execute(select(outbox).order_by(outbox.c.id)).all())


def shut(hands: Hands) -> dict[str, Any]:
    with hands.db.read() as tx:
        return carriers.shut_routes(tx, hands.now())


def notes(hands: Hands, *outcomes: Outcome, way: str = WAY) -> None:
    with hands.db.write() as tx:
        breakers.note(tx, hands.now(), [way] * len(outcomes), outcomes)


def test_five_failures_in_a_row_shut_the_way(hands: Hands, clock: Clock) -> None:
    for _ in range(BREAKS_AFTER - 1):
        notes(hands, DOWN)
    assert shut(hands) == {}
    notes(hands, DOWN)
    assert shut(hands) == {WAY: clock.now + FIRST_REST}


@pytest.mark.parametrize("failure", [DOWN, Unknown("502"), TryAgain("20429"), Refused("20404", Trouble.SETUP)])
def test_what_says_that_the_carrier_is_ill(hands: Hands, failure: Outcome) -> None:
    notes(hands, *[failure] * BREAKS_AFTER)
    assert list(shut(hands)) == [WAY]


@pytest.mark.parametrize(
    "answer",
    [
        Refused("21211", Trouble.NUMBER),
        Refused("30007", Trouble.CONTENT),
        Refused("63003", Trouble.ELSEWHERE),
        OptedOut("21610"),
        WindowClosed("63016"),
        Accepted("SM1", "queued"),
    ],
)
def test_what_says_something_of_one_person_alone(hands: Hands, answer: Outcome) -> None:
    notes(hands, *[answer] * 3 * BREAKS_AFTER)
    assert shut(hands) == {}


def test_one_that_is_taken_breaks_the_row(hands: Hands) -> None:
    notes(hands, *[DOWN] * (BREAKS_AFTER - 1))
    notes(hands, Accepted("SM1", "queued"))
    notes(hands, *[DOWN] * (BREAKS_AFTER - 1))
    assert shut(hands) == {}


def test_who_refuses_one_number_is_not_away(hands: Hands) -> None:
    """It answered after all, and the failures beside it are not in a row."""
    notes(hands, *[DOWN] * BREAKS_AFTER, Refused("21211", Trouble.NUMBER))
    assert shut(hands) == {}


def test_each_way_has_its_own(hands: Hands) -> None:
    notes(hands, *[DOWN] * BREAKS_AFTER)
    notes(hands, *[DOWN] * BREAKS_AFTER, way="kannel:sms")
    notes(hands, Accepted("x", "sent"), way="kannel:sms")
    assert list(shut(hands)) == [WAY]


def test_each_rest_is_longer_up_to_an_end(hands: Hands, clock: Clock) -> None:
    notes(hands, *[DOWN] * BREAKS_AFTER)
    rests = []
    for _ in range(8):
        rests.append(shut(hands)[WAY] - clock.now)
        clock.now = shut(hands)[WAY]
        notes(hands, DOWN)
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == LONGEST_REST


def whatsapp_alone(road: Street, clock: Clock, url: str) -> Hands:
    """The road's hands with a clock of the test, and WhatsApp by whoever is at that address."""
    carrier = Twilio(TwilioSettings(ACCOUNT, (TOKEN,), road.web_url, WHATSAPP_FROM, "", api_url=url))
    return replace(road.hands, now=clock, carriers=Carriers({"twilio": carrier}))


@pytest.fixture
def down(road: Street, clock: Clock) -> Hands:
    """Nobody is there."""
    return whatsapp_alone(road, clock, f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def well(road: Street, clock: Clock) -> Hands:
    return whatsapp_alone(road, clock, road.phone_url)


def test_messages_are_held_and_leave_after_the_rest(road: Street, clock: Clock, down: Hands, well: Hands) -> None:
    puts(down, BREAKS_AFTER)
    send_due(down)
    assert {row.reason for row in rows(down)} == {"connect"}
    clock.passes(seconds=10)  # they are due again, and the way is still shut
    send_due(down)
    assert {(row.state, row.reason, row.attempts) for row in rows(down)} == {("waiting", "carrier_down", 1)}
    assert {row.due_at for row in rows(down)} == {shut(down)[WAY]}

    send_due(well)
    assert road.log() == [], "nobody knocks before the rest is over"
    clock.passes(seconds=FIRST_REST.total_seconds())
    send_due(well)
    assert {(row.state, row.reason) for row in rows(well)} == {("accepted", "")}
    assert len(road.log()) == BREAKS_AFTER
    with well.db.read() as tx:
        assert carriers.troubles(tx) == {}


def test_a_carrier_still_away_after_the_rest_is_left_alone_longer(clock: Clock, down: Hands) -> None:
    puts(down, BREAKS_AFTER)
    send_due(down)
    clock.passes(seconds=FIRST_REST.total_seconds())
    send_due(down)
    assert shut(down)[WAY] - clock.now > FIRST_REST


def test_where_there_is_another_carrier_it_goes_there(db: Database, clock: Clock) -> None:
    with street(db, two_way_sms=True) as road:
        both = road.hands.carriers.by_name
        nowhere = twilio(road.web_url, f"http://127.0.0.1:{free_port()}")
        hands = replace(road.hands, now=clock, carriers=Carriers({"twilio": nowhere, "kannel": both["kannel"]}))
        notes(hands, *[DOWN] * BREAKS_AFTER)
        puts(hands, 2)
        send_due(hands)
        assert {(row.state, row.carrier, row.channel) for row in rows(hands)} == {("accepted", "kannel", "sms")}
        assert road.heard("+923000000300", "kannel") == ["answer 0"]


def test_one_persons_refusal_stops_nobody_else(road: Street) -> None:
    numbers = [f"+9230000003{n:02}" for n in range(2 * BREAKS_AFTER)]
    road.fault(numbers={number: {"rest": 21211} for number in numbers[:-1]})
    puts(road.hands, len(numbers))
    road.deliver()
    assert shut(road.hands) == {}
    assert road.heard(numbers[-1]) == [f"answer {len(numbers) - 1}"]


def test_a_wait_of_the_message_s_own_is_no_shorter_than_the_carriers_rest(clock: Clock, down: Hands) -> None:
    puts(down, BREAKS_AFTER)
    send_due(down)
    for _ in range(20):
        clock.passes(seconds=1)
        send_due(down)
    assert max(row.attempts for row in rows(down)) <= 2
    assert timedelta(0) < shut(down)[WAY] - clock.now

"""After an outage: what citizens sent while nobody answered here is fetched from the carrier, in order, each once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.carriers.port import Carriers, Inbound
from bot.services.catch_up import FURTHEST, MARGIN, catch_up
from bot.services.hands import Hands
from bot.store import carriers
from bot.store.database import Database
from bot.store.messages import inbound
from tests.street import Street, free_port, street, twilio
from tests.support import PHONE, Citizen, Clock

WORDS = ["hello", "English", "No water in Gwadar for 3 days"]
OTHER = "+923000000102"


def texts(hands: Hands) -> list[str]:
    """What is stored, in the order in which it was taken in."""
    with hands.db.read() as tx:
        return list(tx.execute(select(inbound.c.text).order_by(inbound.c.id)).scalars())


def cursor(hands: Hands) -> Any:
    with hands.db.read() as tx:
        return carriers.cursor(tx, "catch_up:twilio")


@pytest.fixture
def missed(road: Street) -> Street:
    """Two people wrote while nobody answered here."""
    road.says("السلام علیکم", OTHER)
    with road.web_away():
        for text in WORDS:
            assert road.says(text)["status"] is None
        road.says("گوادر میں پانی نہیں آ رہا", OTHER)
    assert texts(road.hands) == ["السلام علیکم"]
    return road


def test_what_was_missed_is_taken_in_oldest_first_and_answered(missed: Street) -> None:
    assert catch_up(missed.hands) == {"twilio": 4}
    assert texts(missed.hands) == ["السلام علیکم", *WORDS, "گوادر میں پانی نہیں آ رہا"]
    missed.deliver()
    assert len(missed.heard()) == len(WORDS)
    assert "No water" in missed.heard()[-1]
    assert len(missed.heard(OTHER)) == 2


def test_twice_in_a_row_adds_nothing(missed: Street) -> None:
    catch_up(missed.hands)
    missed.deliver()
    heard = missed.heard()
    assert catch_up(missed.hands) == {"twilio": 0}
    missed.deliver()
    assert missed.heard() == heard


def test_a_message_that_came_in_meanwhile_hides_nothing_before_it(missed: Street) -> None:
    missed.says("1")
    assert catch_up(missed.hands) == {"twilio": 4}
    assert sorted(texts(missed.hands)) == sorted(["السلام علیکم", "1", *WORDS, "گوادر میں پانی نہیں آ رہا"])


def test_the_carriers_own_try_after_the_catch_up_is_known(missed: Street) -> None:
    catch_up(missed.hands)
    with missed.hands.db.read() as tx:
        row = tx.execute(select(inbound).where(inbound.c.text == WORDS[0])).one()
    again = Inbound("twilio", row.provider_id, "whatsapp", PHONE, WORDS[0])
    assert Citizen(missed.hands).says(WORDS[0], provider_id=again.provider_id).outcome == "repeated"


def test_the_cursor_moves_to_the_moment_of_asking(missed: Street) -> None:
    clock = Clock(missed.hands.now())
    hands = replace(missed.hands, now=clock)
    catch_up(hands)
    assert cursor(hands) == clock.now
    clock.passes(minutes=5)
    catch_up(hands)
    assert cursor(hands) == clock.now


def test_a_carrier_that_cannot_be_asked_says_so_and_is_asked_from_the_same_moment_later(missed: Street) -> None:
    away = replace(missed.hands, carriers=Carriers({"twilio": twilio("", f"http://127.0.0.1:{free_port()}")}))
    assert catch_up(away) == {"twilio": None}
    assert cursor(away) is None
    assert catch_up(missed.hands) == {"twilio": 4}


def test_kannel_keeps_no_list_and_stands_in_nobodys_way(db: Database) -> None:
    with street(db, two_way_sms=True) as road:
        with road.web_away():
            road.says(WORDS[0])
        assert catch_up(road.hands, road.hands.now() - timedelta(hours=1)) == {"twilio": 1, "kannel": None}


class Lists:
    """Stands for a carrier whose list a test writes; no carrier's real list can be days long within a test."""

    def __init__(self, *messages: Inbound) -> None:
        self.name, self.messages, self.asked = "twilio", messages, list[Any]()

    def missed(self, since: Any) -> list[Inbound]:
        self.asked.append(since)
        return list(self.messages)


@pytest.fixture
def listed(hands: Hands) -> tuple[Hands, Lists]:
    carrier = Lists()
    return replace(hands, carriers=Carriers({"twilio": carrier})), carrier  # type: ignore[dict-item]


def test_it_asks_from_a_little_before_the_last_time(listed: tuple[Hands, Lists], clock: Clock) -> None:
    hands, carrier = listed
    began = clock.now
    catch_up(hands)
    clock.passes(days=2)
    catch_up(hands)
    assert carrier.asked == [began - MARGIN, began - MARGIN]
    clock.passes(days=90)
    catch_up(hands)
    assert carrier.asked[-1] == clock.now - FURTHEST - MARGIN


def test_the_first_time_it_asks_from_the_last_message(listed: tuple[Hands, Lists], clock: Clock) -> None:
    hands, carrier = listed
    heard = clock.now
    Citizen(hands).says("hello")
    clock.passes(days=2)
    catch_up(hands)
    assert carrier.asked == [heard - MARGIN]


def test_an_hour_asked_for_by_hand_leaves_no_gap_before_it(listed: tuple[Hands, Lists], clock: Clock) -> None:
    hands, carrier = listed
    began = clock.now
    catch_up(hands)
    clock.passes(days=2)
    catch_up(hands, clock.now - timedelta(hours=1))
    catch_up(hands)
    assert carrier.asked[-1] == began - MARGIN, "what was missed two days ago is not forgotten"
    catch_up(hands, began - timedelta(days=3))
    assert cursor(hands) == clock.now


def test_a_message_that_cannot_be_taken_in_takes_none_with_it(
    listed: tuple[Hands, Lists], caplog: pytest.LogCaptureFixture
) -> None:
    hands, carrier = listed
    citizen = Citizen(hands)
    carrier.messages = (citizen.message("a secret", phone="nobody" * 9), citizen.message("hello"))
    assert catch_up(hands)["twilio"] in (1, 2)
    assert "hello" in texts(hands)
    assert "a secret" not in caplog.text

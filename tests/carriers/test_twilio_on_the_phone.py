"""The same list on the phone of the simulator: shown, tapped, and read back as what was chosen."""

from typing import Any

import pytest

from bot.carriers.port import Accepted, Choice, Outgoing
from bot.carriers.twilio import Twilio
from bot.store.messages import inbound
from bot.store.templates import StoredContents, contents
from tests.street import ACCOUNT, SMS_FROM, TOKEN, WHATSAPP_FROM, Street
from tests.street import twilio as plain_twilio
from tests.support import PHONE

LANGUAGES = (Choice("ur", "اردو"), Choice("bal", "بلوچی"), Choice("en", "English"))
PLACES = (*(Choice(f"place:{n}", f"جگہ نمبر {n}") for n in range(4)), Choice("back", "واپس"))


def carrier(road: Street) -> Twilio:
    settings = plain_twilio(road.web_url, road.phone_url)._settings
    assert (settings.account_sid, settings.tokens) == (ACCOUNT, (TOKEN,))
    assert (settings.whatsapp_from, settings.sms_from) == (WHATSAPP_FROM, SMS_FROM)
    return Twilio(settings, StoredContents(road.hands.db, "twilio", road.hands.now))


def last_inbound(road: Street) -> Any:
    with road.hands.db.read() as tx:
        return tx.execute(inbound.select().order_by(inbound.c.id.desc())).first()


@pytest.mark.parametrize("choices", [LANGUAGES, PLACES], ids=["buttons", "list"])
def test_what_is_offered_is_tapped_and_read(road: Street, choices: tuple[Choice, ...]) -> None:
    road.says("hello")
    sent = carrier(road).send(Outgoing("ref", "whatsapp", PHONE, "whole", body="زبان؟", choices=choices, menu="فہرست"))
    assert isinstance(sent, Accepted)
    shown = road.thread()[-1]
    assert (shown["direction"], shown["text"]) == ("out", "زبان؟")
    assert [(option["id"], option["title"]) for option in shown["options"]] == [(c.id, c.label) for c in choices]
    assert road.says("", button=choices[1].id)["status"] == 200
    row = last_inbound(road)
    assert (row.button, row.text) == (choices[1].id, choices[1].label)
    with road.hands.db.read() as tx:
        assert len(tx.execute(contents.select()).all()) == 1


def test_by_sms_the_lines_are_numbered(road: Street) -> None:
    message = Outgoing("ref", "sms", PHONE, "زبان؟\n1 اردو", body="زبان؟", choices=LANGUAGES)
    assert isinstance(carrier(road).send(message), Accepted)
    assert road.heard(channel="sms") == ["زبان؟\n1 اردو"]


def test_what_was_never_posted_is_in_the_list(road: Street) -> None:
    before = road.hands.now()
    road.says("پانی نہیں")
    found = carrier(road).missed(before.replace(year=before.year - 1)) or []
    assert [(m.text, m.phone, m.channel) for m in found] == [("پانی نہیں", PHONE, "whatsapp")]
    assert found[0].provider_id == last_inbound(road).provider_id

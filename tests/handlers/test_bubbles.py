"""What the desk shows of a conversation: words, never markup; what became of a message; how long an answer is."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.carriers.port import MediaRef
from bot.services.hands import Hands
from bot.services.orders import MAX_REPLY
from bot.store.contacts import contacts
from bot.store.database import Database
from bot.store.outbox import outbox
from handlers.bubbles import is_arabic, read_lines
from tests.support import START, Citizen, sqlite
from tests.visitors import Visitor, does, put, rows, ticket_page

XSS = "<script>alert(1)</script> No water in Gwadar for 3 days, the pipe is broken \"' <img src=x onerror=alert(1)>"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with sqlite(tmp_path) as database:
        yield database


@pytest.mark.parametrize(
    ("state", "status", "reason", "words"),
    [
        ("waiting", "", "", "Waiting to be sent"),
        ("sending", "", "", "Being sent"),
        ("accepted", "", "", "Accepted by the carrier"),
        ("accepted", "queued", "", "Accepted by the carrier"),
        ("accepted", "sent", "", "Sent"),
        ("accepted", "delivered", "", "Delivered"),
        ("accepted", "read", "", "Read"),
        ("waiting", "", "carrier_down", "Waiting to be sent: the carrier is out of order"),
        ("waiting", "", "night", "Waiting to be sent: announcements go out by day only"),
        ("held", "", "window", "Waits for the citizen: WhatsApp allows it only within 24 hours"),
        ("skipped", "", "number", "Not sent: this number cannot get messages"),
        ("skipped", "", "not_fetched", "Not sent: the citizen did not write for 30 days"),
        ("refused", "", "no_carrier", "Not sent: this way of sending is switched off"),
        ("skipped", "", "", "Not sent"),
        ("unknown", "", "", "Not known whether it arrived; we are asking the carrier"),
    ],
)
def test_what_became_of_a_message_is_told_in_words(
    gul: Visitor, hands: Hands, number: str, state: str, status: str, reason: str, words: str
) -> None:
    put(hands, outbox, state=state, status=status, reason=reason)
    assert words in ticket_page(gul, number).text


def test_a_citizens_words_are_words_and_never_markup(gul: Visitor, citizen: Citizen, hands: Hands) -> None:
    number = citizen.reports(XSS)
    does(gul, number, "reply", text="</textarea><script>alert(2)</script>")
    for page in (gul.opens("/desk"), ticket_page(gul, number)):
        assert page.html.count("<script") == 1  # our own file
        assert "onerror=alert" not in page.html.replace("&lt;img src=x onerror=alert(1)&gt;", "")
    assert "<script>alert(1)</script> No water" in gul.opens("/desk").text
    unfit = does(gul, number, "reply", text="</textarea><script>" + "x" * MAX_REPLY)
    assert unfit.html.count("<script") == 1


def test_media_and_pins_are_listed_and_the_citizen_has_an_alias(gul: Visitor, citizen: Citizen, hands: Hands) -> None:
    media = (MediaRef("https://carrier.example/1", "image/jpeg"), MediaRef("https://carrier.example/2", "audio/ogg"))
    citizen.says("No water in Gwadar for 3 days", media=media, pin=(25.1216, 62.3254))
    citizen.says("1")
    page = ticket_page(gul, citizen.tickets()[0])
    assert "Photo is still being fetched" in page.text
    assert "Voice message is still being fetched" in page.text
    assert 'href="geo:25.1216,62.3254"' in page.html
    assert "carrier.example" not in page.html
    (contact,) = rows(hands, contacts)
    assert f"Citizen {contact.alias}" in page.text
    assert citizen.phone[3:] not in page.html


def test_sms_are_counted_as_they_will_leave(gul: Visitor, hands: Hands) -> None:
    number = Citizen(hands, "+923000000601", "sms").reports()
    page = does(gul, number, "reply", text="x" * (MAX_REPLY + 1))
    assert "1201 characters · 9 SMS" in page.text
    assert "1201 characters · 9 SMS" in does(gul, number, "resolve", text="x" * (MAX_REPLY + 1)).text
    assert "SMS" not in does(gul, number, "note", text="").form("/note").fields["text"]


def test_an_officials_name_stands_on_their_own_message_only() -> None:
    def out(row_id: int, inbound_id: int | None) -> tuple[str, SimpleNamespace]:
        fields = {"created_at": START, "text": "", "state": "waiting", "status": "", "reason": "", "replaces_id": None}
        fields |= {"media": []}
        return "out", SimpleNamespace(id=row_id, inbound_id=inbound_id, **fields)

    reply = ("event", SimpleNamespace(id=1, at=START, action="reply", who="Gul Bibi", data={}))
    lines = read_lines([out(1, 7), reply, out(2, None), reply, out(3, None)])
    assert [line.who for line in lines] == ["", "Gul Bibi", "Gul Bibi"]


@pytest.mark.parametrize(
    ("text", "arabic"),
    [("پانی نہیں ہے", True), ("No water", False), ("PHED پانی نہیں آ رہا", True), ("", False), ("👍 12", False)],
)
def test_which_type_a_text_wants(text: str, arabic: bool) -> None:
    assert is_arabic(text) is arabic

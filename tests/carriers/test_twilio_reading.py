"""Twilio's calls and its list of messages, each as the value the rest of the service works with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.carriers.port import Inbound, MediaRef, WebRequest
from tests.caller import message
from tests.street import SMS_FROM, WHATSAPP_FROM
from tests.support import PHONE
from tests.twilio_api import ACCOUNT, MESSAGES, Api

SINCE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ID = "SM" + "0" * 31 + "1"
PLAIN = Inbound("twilio", ID, "whatsapp", PHONE, "No water in Gwadar")
METADATA = '{"type":"whatsapp","data":{"context":{"ButtonText":"ہاں"}}}'

CALLS: dict[str, tuple[Mapping[str, str], Inbound | None]] = {
    "words": ({}, PLAIN),
    "a button": (
        {"Body": "ہاں", "ButtonText": "ہاں", "ButtonPayload": "yes", "MessageType": "interactive"}
        | {"OriginalRepliedMessageSid": "MM" + "1" * 32, "ChannelMetadata": METADATA},
        replace(PLAIN, text="ہاں", button="yes"),
    ),
    "a line of a list": (
        {"Body": "گوادر", "ListId": "place:GWD", "ListTitle": "گوادر", "ListDescription": "ضلع"},
        replace(PLAIN, text="گوادر", button="place:GWD"),
    ),
    "a line goes before a button": (
        {"Body": "گوادر", "ListId": "place:GWD", "ButtonPayload": "yes"},
        replace(PLAIN, text="گوادر", button="place:GWD"),
    ),
    "back": ({"Body": "واپس", "ButtonPayload": "back"}, replace(PLAIN, text="واپس", button="back")),
    "a title typed": ({"Body": "گوادر"}, replace(PLAIN, text="گوادر")),
    "a number typed": ({"Body": "2"}, replace(PLAIN, text="2")),
    "a pin": (
        {"Body": "", "Latitude": "25.1264", "Longitude": "62.3225", "Address": "Gwadar", "Label": "x"},
        replace(PLAIN, text="", pin=(25.1264, 62.3225)),
    ),
    "a pin beside the earth": ({"Latitude": "95", "Longitude": "62"}, PLAIN),
    "a voice note": (
        {"Body": "", "NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x", "MediaContentType0": "audio/ogg"},
        replace(PLAIN, text="", media=(MediaRef("https://api.twilio.com/x", "audio/ogg"),)),
    ),
    "by SMS": ({"From": PHONE, "To": SMS_FROM}, replace(PLAIN, channel="sms")),
    "STOP, answered": ({"Body": "stop", "OptOutType": "STOP"}, replace(PLAIN, text="stop", keyword="stop")),
    "START, answered": ({"Body": "Start", "OptOutType": "START"}, replace(PLAIN, text="Start", keyword="start")),
    "HELP, answered": ({"Body": "HELP", "OptOutType": "HELP"}, replace(PLAIN, text="HELP", keyword="help")),
    "STOP, not answered": ({"Body": "STOP"}, replace(PLAIN, text="STOP")),
    "an opt-out of the future": ({"OptOutType": "PAUSE"}, PLAIN),
    "a name instead of a number": ({"From": "whatsapp:ID.4566546130"}, None),
    "another account": ({"AccountSid": "AC" + "9" * 32}, None),
    "no id": ({"MessageSid": "", "SmsSid": ""}, None),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_a_message(api: Api, name: str) -> None:
    fields, expected = CALLS[name]
    form: dict[str, Sequence[str]] = {key: [value] for key, value in dict(message(**fields)).items()}
    assert api.carrier().read(WebRequest("/carriers/twilio/messages", "", form, {})) == expected


def listed(n: int, at: str = "Sat, 21 Nov 2026 09:00:00 +0000", **more: Any) -> dict[str, Any]:
    fields = {"sid": f"SM{n:032d}", "from": f"whatsapp:{PHONE}", "to": f"whatsapp:{WHATSAPP_FROM}", "body": f"text {n}"}
    return fields | {
        "direction": "inbound",
        "num_media": "0",
        "date_sent": at,
        "date_created": at,
        "status": "received",
        **more,
    }


def pages(api: Api, *messages: dict[str, Any], size: int = 2) -> None:
    """The messages to WhatsApp's number, newest first, page by page; to the SMS number none."""

    def answer(call: Any) -> Any:
        if call.query.get("To") != f"whatsapp:{WHATSAPP_FROM}":
            return 200, {"messages": [], "next_page_uri": None}
        page = int(call.query.get("Page", 0))
        more = f"{MESSAGES}?To=whatsapp%3A%2B{WHATSAPP_FROM[1:]}&Page={page + 1}&PageToken=PA{page}"
        shown = messages[page * size : (page + 1) * size]
        return 200, {"messages": shown, "next_page_uri": more if (page + 1) * size < len(messages) else None}

    api.answers[f"GET {MESSAGES}"] = answer


def test_missed_messages_come_through_all_pages_oldest_first(api: Api) -> None:
    at = "Sat, 21 Nov 2026 09:0{}:00 +0000"
    newest_first = [listed(n, at.format(n // 2)) for n in range(7, 0, -1)]
    newest_first.insert(3, listed(9, direction="outbound-api"))
    newest_first.insert(5, listed(8, **{"from": "whatsapp:ID.4566546130"}))
    pages(api, *newest_first)
    found = api.carrier().missed(SINCE)
    assert [m.text for m in found or ()] == [f"text {n}" for n in range(1, 8)]
    assert {m.phone for m in found or ()} == {PHONE}
    assert {m.channel for m in found or ()} == {"whatsapp"}
    asked = [call.query for call in api.calls if "Page" not in call.query]
    assert [query["To"] for query in asked] == [f"whatsapp:{WHATSAPP_FROM}", SMS_FROM]
    assert {query["DateSent>"] for query in asked} == {"2026-11-21T09:00:00Z"}


def test_any_clock_is_asked_for_in_utc(api: Api) -> None:
    pages(api)
    assert api.carrier().missed(SINCE.astimezone(timezone(timedelta(hours=5)))) == []
    assert api.calls[0].query["DateSent>"] == "2026-11-21T09:00:00Z"


def test_a_missed_voice_note_brings_its_file(api: Api) -> None:
    pages(api, listed(1, body="", num_media="1"))
    folder = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{1:032d}/Media"
    file = {"sid": "ME" + "1" * 32, "content_type": "audio/ogg", "uri": f"{folder}/ME{'1' * 32}.json"}
    api.answers[folder + ".json"] = (200, {"media_list": [file], "next_page_uri": None})
    (found,) = api.carrier().missed(SINCE) or ()
    assert found.text == ""
    assert found.media == (MediaRef(f"{api.url}{folder}/ME{'1' * 32}", "audio/ogg"),)


def test_a_file_that_was_deleted_is_no_reason_to_lose_the_words(api: Api) -> None:
    pages(api, listed(1, num_media="1"))
    (found,) = api.carrier().missed(SINCE) or ()
    assert (found.text, found.media) == ("text 1", ())


@pytest.mark.parametrize("answer", [(500, b"oops"), (401, {}), (200, b"<html>"), (429, {})])
def test_who_cannot_be_asked_says_so(api: Api, answer: Any) -> None:
    api.answers[f"GET {MESSAGES}"] = answer
    assert api.carrier().missed(SINCE) is None
    assert api.carrier(api_url="http://127.0.0.1:9").missed(SINCE) is None
    assert api.carrier(tokens=()).missed(SINCE) is None


def test_a_file_that_cannot_be_asked_for_now_postpones_all(api: Api) -> None:
    pages(api, listed(1), listed(2, num_media="1"))
    api.answers[f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{2:032d}/Media.json"] = (503, b"")
    assert api.carrier().missed(SINCE) is None


def test_during_a_rotation_the_other_token_lists(api: Api) -> None:
    pages(api, listed(1))
    answer = api.answers[f"GET {MESSAGES}"]
    refusals = iter([(401, {})])
    api.answers[f"GET {MESSAGES}"] = lambda call: next(refusals, None) or answer(call)
    assert len(api.carrier(tokens=("old", "new")).missed(SINCE) or ()) == 1

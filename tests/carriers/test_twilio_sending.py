"""What goes over the wire to Twilio, and what each of its answers means, through the real library and real HTTP."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest

from bot.carriers.errors import known_errors
from bot.carriers.port import (
    Accepted,
    Inbound,
    MediaRef,
    OptedOut,
    Outcome,
    Outgoing,
    Refused,
    Template,
    TryAgain,
    Unknown,
    WindowClosed,
)
from bot.outbox import Trouble
from tests.street import SMS_FROM, WHATSAPP_FROM
from tests.support import PHONE, START
from tests.twilio_api import ACCOUNT, MESSAGES, PUBLIC_URL, TYPING, Api

HELLO = Outgoing("ref", "whatsapp", PHONE, "سلام")
PHOTO, PAPER = (
    MediaRef("https://bot.example.pk/m/1", "image/jpeg"),
    MediaRef("https://bot.example.pk/m/2", "application/pdf"),
)
ID = "SM" + "1" * 32
BASE = {"StatusCallback": f"{PUBLIC_URL}/carriers/twilio/receipts?ref=ref"}
BY_WHATSAPP = BASE | {"To": f"whatsapp:{PHONE}", "From": f"whatsapp:{WHATSAPP_FROM}"}
BY_SMS = BASE | {"To": PHONE, "From": SMS_FROM}
TEMPLATE = Template("HX" + "2" * 32, {"1": "48213905", "2": "پہلی\nسطر    اور\tدوسری", "3": " "})

WIRE = {
    "text": (HELLO, BY_WHATSAPP | {"Body": "سلام"}),
    "text by SMS": (Outgoing("ref", "sms", PHONE, "سلام"), BY_SMS | {"Body": "سلام"}),
    "a photo with words": (
        Outgoing("ref", "whatsapp", PHONE, "سلام", media=(PHOTO,)),
        BY_WHATSAPP | {"Body": "سلام", "MediaUrl": PHOTO.url},
    ),
    "a photo alone": (Outgoing("ref", "whatsapp", PHONE, "", media=(PHOTO,)), BY_WHATSAPP | {"MediaUrl": PHOTO.url}),
    "two files by SMS": (
        Outgoing("ref", "sms", PHONE, "سلام", media=(PHOTO, PAPER)),
        BY_SMS | {"Body": f"سلام\n{PHOTO.url}\n{PAPER.url}"},
    ),
    "a pin": (
        Outgoing("ref", "whatsapp", PHONE, "دفتر\nگوادر | پاکستان", pin=(25.1264, 62.3225)),
        BY_WHATSAPP
        | {"Body": "دفتر\nگوادر | پاکستان", "PersistentAction": "geo:25.126400,62.322500|دفتر گوادر   پاکستان"},
    ),
    "a pin by SMS": (
        Outgoing("ref", "sms", PHONE, "دفتر", pin=(25.1264, 62.3225)),
        BY_SMS | {"Body": "دفتر\n25.126400,62.322500"},
    ),
    "a template": (
        Outgoing("ref", "whatsapp", PHONE, "whole", body="b", template=TEMPLATE),
        BY_WHATSAPP
        | {
            "ContentSid": TEMPLATE.provider_id,
            "ContentVariables": json.dumps({"1": "48213905", "2": "پہلی سطر اور دوسری", "3": "-"}, ensure_ascii=False),
        },
    ),
    "a template by SMS is its words": (
        Outgoing("ref", "sms", PHONE, "whole", template=TEMPLATE),
        BY_SMS | {"Body": "whole"},
    ),
}


@pytest.mark.parametrize("name", WIRE)
def test_what_goes_over_the_wire(api: Api, name: str) -> None:
    message, form = WIRE[name]
    assert api.carrier().send(message) == Accepted(ID, "queued")
    (call,) = api.calls
    assert (call.method, call.path) == ("POST", MESSAGES)
    assert call.sent == form


def test_a_messaging_service_sends_sms_and_not_whatsapp(api: Api) -> None:
    carrier = api.carrier(messaging_service_sid="MG1")
    carrier.send(Outgoing("a b/c", "sms", PHONE, "hello"))
    carrier.send(HELLO)
    sms, whatsapp = (call.sent for call in api.calls)
    assert sms["MessagingServiceSid"] == "MG1"
    assert "From" not in sms
    assert sms["StatusCallback"].endswith("?ref=a%20b/c")
    assert whatsapp["From"] == f"whatsapp:{WHATSAPP_FROM}"


def test_two_files_are_two_messages_on_whatsapp(api: Api) -> None:
    message = Outgoing("ref", "whatsapp", PHONE, "", media=(PHOTO, PAPER))
    assert api.carrier().send(message) == Refused("21623", Trouble.CONTENT)
    assert api.calls == []


def error(code: Any, status: int = 400, **more: Any) -> tuple[int, Any]:
    return status, {"code": code, "message": "m", "more_info": "x", "status": status, **more}


CERTAIN: dict[Trouble, Any] = {
    Trouble.LATER: lambda code: TryAgain(code, trouble=Trouble.LATER),
    Trouble.SLOWER: lambda code: TryAgain(code, trouble=Trouble.SLOWER),
    Trouble.WINDOW: WindowClosed,
    Trouble.OPTED_OUT: OptedOut,
    Trouble.UNKNOWN: Unknown,
}


@pytest.mark.parametrize(("code", "trouble"), sorted(known_errors("twilio").items()))
def test_every_code_of_the_table(api: Api, code: str, trouble: Trouble) -> None:
    api.answers[MESSAGES] = error(int(code))
    expected = CERTAIN.get(trouble, lambda code: Refused(code, trouble))(code)
    carrier = api.carrier()
    assert carrier.send(HELLO) == expected
    assert carrier.trouble(code) == trouble
    assert len(api.calls) == 1, "the library never tries again by itself"


SETUP_LATER = lambda code: TryAgain(code, trouble=Trouble.SETUP)  # noqa: E731
ODD: list[tuple[Any, Outcome]] = [
    (error(20003, 401), SETUP_LATER("20003")),
    (error(20403, 403), SETUP_LATER("20403")),
    ((403, {}), SETUP_LATER("403")),
    ((408, b"slow"), TryAgain("408", trouble=Trouble.LATER)),
    (error(20429, 429), TryAgain("20429", trouble=Trouble.SLOWER)),
    (error(12345, 429), TryAgain("12345", trouble=Trouble.SLOWER)),
    (error(20429, 503), TryAgain("20429", trouble=Trouble.SLOWER)),
    (error(12345), Refused("12345")),
    (error("odd"), Refused("odd")),
    (error(None), Refused("400")),
    (error(21211, 500), Unknown("21211")),
    (error(20500, 500), Unknown("20500")),
    ((502, b"<html>bad gateway</html>"), Unknown("502")),
    ((201, b"<html>"), Unknown("JSONDecodeError")),
    ((201, {"sid": None, "status": "queued"}), Unknown("no sid")),
    ((429, b"", {"Retry-After": "7"}), TryAgain("429", timedelta(seconds=7), Trouble.SLOWER)),
    ((429, b"", {"Retry-After": "99999999999"}), TryAgain("429", timedelta(hours=1), Trouble.SLOWER)),
    ((429, b"", {"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT"}), TryAgain("429", None, Trouble.SLOWER)),
    (
        (429, {"type": "t", "title": "slow", "status": 429, "code": 20429}, {"Retry-After": "2"}),
        TryAgain("20429", timedelta(seconds=2), Trouble.SLOWER),
    ),
    ((400, {"type": "t", "title": "stop", "status": 400, "code": 21610}), OptedOut("21610")),
]


@pytest.mark.parametrize(("answer", "expected"), ODD, ids=lambda value: str(value)[:50])
def test_odd_answers(api: Api, answer: Any, expected: Outcome) -> None:
    api.answers[MESSAGES] = answer
    assert api.carrier().send(HELLO) == expected


def test_a_wait_belongs_to_its_own_answer(api: Api) -> None:
    api.answers[MESSAGES] = [(429, b"", {"Retry-After": "7"}), (429, b"")]
    carrier = api.carrier()
    waits = [getattr(carrier.send(HELLO), "after", "none") for _ in range(2)]
    assert waits == [timedelta(seconds=7), None]


def test_a_connection_that_was_never_made_sent_nothing(api: Api) -> None:
    assert api.carrier(api_url="http://127.0.0.1:9").send(HELLO) == TryAgain("connect")
    assert api.carrier(tokens=()).send(HELLO) == TryAgain("no token", trouble=Trouble.SETUP)


def test_an_unknown_message_made_of_a_content_is_found_by_its_empty_body(api: Api) -> None:
    listed = {"sid": ID, "status": "sent", "body": "", "direction": "outbound-api", "date_created": None}
    api.answers[f"GET {MESSAGES}"] = (
        200,
        {"messages": [listed, listed | {"direction": "inbound"}], "next_page_uri": None},
    )
    carrier = api.carrier()
    by_template = Outgoing("ref", "whatsapp", PHONE, "whole", template=TEMPLATE)
    assert [sighting.text for sighting in carrier.find(by_template, START) or ()] == ["whole"]
    with_choices = Outgoing("ref", "whatsapp", PHONE, "whole", body="b")
    assert [sighting.text for sighting in carrier.find(with_choices, START) or ()] == ["whole"]
    assert [sighting.text for sighting in carrier.find(HELLO, START) or ()] == [""]


READ = Inbound("twilio", ID, "whatsapp", PHONE, "hello")


def test_typing_is_shown_for_whatsapp_alone(api: Api) -> None:
    carrier = api.carrier()
    carrier.typing(READ)
    (call,) = api.calls
    assert (call.path, call.sent) == (TYPING, {"channel": "WHATSAPP", "messageId": ID})
    assert call.content_type == "application/json"
    carrier.typing(Inbound("twilio", ID, "sms", PHONE, "hello"))
    carrier.typing(Inbound("twilio", "../x", "whatsapp", PHONE, "hello"))
    assert len(api.calls) == 1


@pytest.mark.parametrize("answer", [(500, b"oops"), (404, {}), (200, b"<html>"), lambda _: time.sleep(3) or (200, {})])
def test_typing_never_raises_and_never_waits_long(api: Api, answer: Any) -> None:
    api.answers[TYPING] = answer
    started = time.monotonic()
    api.carrier().typing(READ)
    assert time.monotonic() - started < 2.9
    api.carrier(api_url="http://127.0.0.1:9").typing(READ)


def test_the_rest_of_the_port(api: Api) -> None:
    carrier = api.carrier()
    assert (carrier.hears("whatsapp"), carrier.hears("sms")) == (True, False)
    assert carrier.pace("whatsapp").in_segments is False
    assert carrier.pace("sms").per_second == 10
    assert carrier.health() == ""
    assert api.calls == []
    assert ACCOUNT.startswith("AC")

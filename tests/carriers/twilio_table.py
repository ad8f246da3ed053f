"""Twilio's row of the mill: its signed calls and its answers, as its pages on webhooks, signatures and errors have them."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from werkzeug.datastructures import Headers

from bot.carriers.port import (
    Accepted,
    Inbound,
    MediaRef,
    OptedOut,
    Outgoing,
    Receipt,
    Refused,
    TryAgain,
    Unknown,
    WebRequest,
    WindowClosed,
)
from bot.carriers.twilio import Twilio, TwilioSettings
from bot.carriers.twilio.transport import Transport
from bot.outbox import Trouble
from tests.caller import MESSAGES, PUBLIC_URL, RECEIPTS, Fields, message, receipt, sign
from tests.mill import Answer, Table
from tests.street import ACCOUNT, SMS_FROM, WHATSAPP_FROM
from tests.support import PHONE

TOKEN = "a-token-that-nobody-guesses-0123456789"
ID = "SM" + "0" * 31 + "1"
URDU = "سلام،  میری شکایت\n۱۲ 👍"
PATIENCE_S = 0.5


def signed(
    fields: Fields, path: str = MESSAGES, query: str = "", token: str = TOKEN, signature: str | None = None, **also: str
) -> WebRequest:
    """A call as Twilio makes it; `also`: fields a stranger adds to it, or changes, after it was signed."""
    whole = sign(PUBLIC_URL + path + (f"?{query}" if query else ""), fields, token) if signature is None else signature
    form: dict[str, list[str]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    headers = Headers([("X-Twilio-Signature", whole)] if whole else [])
    return WebRequest(path, query, form | {name: [value] for name, value in also.items()}, headers)


def mo(**fields: str) -> WebRequest:
    """A citizen's message."""
    return signed(message(**({"Body": URDU} | fields)))


def told(status: str, query: str = "ref=our-ref", sid: str = "SM1", **fields: str) -> WebRequest:
    """A receipt."""
    return signed(receipt(sid, status, **fields), RECEIPTS, query)


def heard(**fields: Any) -> Inbound:
    whole = {"carrier": "twilio", "provider_id": ID, "channel": "whatsapp", "phone": PHONE, "text": URDU}
    return Inbound(**(whole | fields))


def became(status: str, error: str = "", ref: str = "our-ref") -> Receipt:
    return Receipt("twilio", ref, ID, status, error)


def says(code: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    """An answer of JSON, as all of Twilio's are."""
    return Answer(code, json.dumps(body).encode(), headers or {})


def refuses(code: int, status: int = 400, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return says(status, {"code": code, "message": "m", "more_info": "x", "status": status}, named)


def make(url: str) -> Twilio:
    """Patient for half a second, where the real one waits for ten."""
    carrier = Twilio(TwilioSettings(ACCOUNT, (TOKEN,), PUBLIC_URL + "/", WHATSAPP_FROM, SMS_FROM, api_url=url))
    carrier._api._http._transport = Transport(PATIENCE_S)
    carrier._api._http.timeout = PATIENCE_S
    return carrier


PHOTO = MediaRef("https://api.twilio.com/photo", "image/jpeg")
VOICE = MediaRef("https://api.twilio.com/voice", "audio/ogg")
FILES = {
    "MediaUrl0": PHOTO.url,
    "MediaContentType0": PHOTO.kind,
    "MediaUrl1": VOICE.url,
    "MediaContentType1": VOICE.kind,
}

TABLE = Table(
    name="twilio",
    make=make,
    sample=Outgoing("our-ref", "whatsapp", PHONE, URDU),
    secrets=(TOKEN, base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()),
    tells_health=False,
    calls={
        "a message": (mo(), True),
        "a receipt": (told("delivered"), True),
        "a receipt without our reference": (told("delivered", query=""), True),
        "a field twice": (signed([*message(), ("Body", "another")]), True),
        "a field of the future": (signed([*message(), ("Mood", "ایک")]), True),
        "with empty fields": (mo(Body="", FromCity=""), True),
        "by another token": (signed(message(), token="another"), False),
        "without a signature": (signed(message(), signature=""), False),
        "with half a signature": (
            signed(message(), signature=sign(PUBLIC_URL + MESSAGES, message(), TOKEN)[:-4]),
            False,
        ),
        "with a signature that is none": (signed(message(), signature="***"), False),
        "with a signature that is no ASCII": (signed(message(), signature="پانی".encode().decode("latin-1")), False),
        "with another text than was signed": (signed(message(), Body="another"), False),
        "with a field more than was signed": (signed(message(), OptOutType="STOP"), False),
        "with a query that was not signed": (
            signed(message(), query="a=1", signature=sign(PUBLIC_URL + MESSAGES, message(), TOKEN)),
            False,
        ),
        "signed for another path": (
            signed(message(), signature=sign(PUBLIC_URL + RECEIPTS, message(), TOKEN)),
            False,
        ),
        "signed for another host": (
            signed(message(), signature=sign("https://other.example.pk" + MESSAGES, message(), TOKEN)),
            False,
        ),
    },
    messages={
        "Urdu": (mo(), heard()),
        "empty": (mo(Body=""), heard(text="")),
        "by SMS": (mo(From=PHONE, To=SMS_FROM), heard(channel="sms")),
        "a national number": (mo(From="03000000101"), heard(channel="sms")),
        "a button": (mo(Body="ہاں", ButtonText="ہاں", ButtonPayload="yes"), heard(text="ہاں", button="yes")),
        "a line of a list": (
            mo(Body="گوادر", ListId="place:GWD", ListTitle="گوادر"),
            heard(text="گوادر", button="place:GWD"),
        ),
        "a pin": (mo(Body="", Latitude="25.1264", Longitude="62.3225"), heard(text="", pin=(25.1264, 62.3225))),
        "a pin beside the earth": (mo(Latitude="91", Longitude="0"), heard()),
        "a pin of words": (mo(Latitude="here", Longitude="there"), heard()),
        "two files": (mo(NumMedia="2", **FILES), heard(media=(PHOTO, VOICE))),
        "fewer files than it says": (mo(NumMedia="9", **FILES), heard(media=(PHOTO, VOICE))),
        "a number of files that is none": (mo(NumMedia="many", **FILES), heard()),
        "a number of files to choke on": (mo(NumMedia="9" * 5000, **FILES), heard()),
        "a number of files in other digits": (mo(NumMedia="۲", **FILES), heard()),
        "STOP that was answered there": (mo(Body="STOP", OptOutType="STOP"), heard(text="STOP", keyword="stop")),
        "STOP that was not": (mo(Body="STOP"), heard(text="STOP")),
        "an id by its old name": (mo(MessageSid=""), heard()),
        "from a name": (mo(From="whatsapp:ID.4566546130"), None),
        "from a short code": (mo(From="8171"), None),
        "from nobody": (mo(From=""), None),
        "without an id": (mo(MessageSid="", SmsSid=""), None),
        "an id that is a path": (mo(MessageSid="../../x"), None),
        "of another account": (mo(AccountSid="AC" + "9" * 32), None),
    },
    receipts={
        **{
            status: (told(status), became(status))
            for status in ("queued", "sending", "sent", "delivered", "read", "canceled")
        },
        "not delivered": (told("undelivered", ErrorCode="30003"), became("undelivered", "30003")),
        "failed": (told("failed", ErrorCode="63016"), became("failed", "63016")),
        "by the status' old name": (told("", SmsStatus="sent"), became("sent")),
        "without our reference": (told("sent", query=""), became("sent", ref="")),
        "a reference twice": (told("sent", query="ref=our-ref&ref=another"), became("sent")),
        "a status of the future": (told("pondered"), became("pondered")),
        "without a status": (told(""), None),
        "of another account": (told("sent", AccountSid="AC" + "9" * 32), None),
        "an id that is none": (told("sent", MessageSid="SM1", SmsSid="SM1"), None),
        "nothing": (signed([], RECEIPTS), None),
    },
    answers={
        "taken": (says(201, {"sid": ID, "status": "queued"}), Accepted(ID, "queued")),
        "taken by a messaging service": (says(201, {"sid": ID, "status": "accepted"}), Accepted(ID, "accepted")),
        "taken without an id": (says(201, {"sid": None, "status": "queued"}), Unknown("no sid")),
        "taken in words nobody can read": (Answer(201, b"<html>"), Unknown("JSONDecodeError")),
        "a wrong token": (refuses(20003, 401), TryAgain("20003", trouble=Trouble.SETUP)),
        "no right": (refuses(20403, 403), TryAgain("20403", trouble=Trouble.SETUP)),
        "no such account": (refuses(20404, 404), Refused("20404", Trouble.SETUP)),
        "too fast": (refuses(20429, 429), TryAgain("20429", trouble=Trouble.SLOWER)),
        "too fast, and it says how long": (
            refuses(20429, 429, Retry_After="7"),
            TryAgain("20429", timedelta(seconds=7), Trouble.SLOWER),
        ),
        "the queue is full": (refuses(21611), TryAgain("21611", trouble=Trouble.SLOWER)),
        "the window is closed": (refuses(63016), WindowClosed("63016")),
        "the person said STOP": (refuses(21610), OptedOut("21610")),
        "no number": (refuses(21211), Refused("21211", Trouble.NUMBER)),
        "a landline": (refuses(21614), Refused("21614", Trouble.NUMBER)),
        "not on this channel": (refuses(21612), Refused("21612", Trouble.ELSEWHERE)),
        "too long": (refuses(21617), Refused("21617", Trouble.CONTENT)),
        "the variables do not fit": (refuses(21656), Refused("21656", Trouble.TEMPLATE)),
        "a sender that is not ours": (refuses(21606), Refused("21606", Trouble.SETUP)),
        "an error of the future": (refuses(29999), Refused("29999", Trouble.REFUSED)),
        "its own fault": (refuses(20500, 500), Unknown("20500")),
        "it is away": (refuses(20503, 503), Unknown("20503")),
        "a proxy's 502": (Answer(502, b"<html>"), Unknown("502")),
        "a proxy's 504": (Answer(504), Unknown("504")),
    },
    never_sent={
        "two files on WhatsApp": (
            Outgoing("our-ref", "whatsapp", PHONE, "x", media=(PHOTO, VOICE)),
            Refused("21623", Trouble.CONTENT),
        ),
    },
    troubles={
        "30001": Trouble.SLOWER,
        "30003": Trouble.LATER,
        "30005": Trouble.NUMBER,
        "30007": Trouble.CONTENT,
        "63003": Trouble.ELSEWHERE,
        "63016": Trouble.WINDOW,
        "63024": Trouble.ELSEWHERE,
        "21610": Trouble.OPTED_OUT,
        "21656": Trouble.TEMPLATE,
        "20003": Trouble.SETUP,
        "29999": Trouble.REFUSED,
        "502": Trouble.UNKNOWN,
        "connect": Trouble.UNKNOWN,
    },
    senders={"whatsapp": True, "sms": True},
    ears={"whatsapp": True, "sms": False},
)

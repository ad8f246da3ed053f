"""Kannel's row of the mill: its raw calls and answers as version 1.4.5 makes them."""

import base64
from urllib.parse import quote

from urllib3 import Timeout

from bot.carriers.kannel import Kannel, KannelSettings
from bot.carriers.port import (
    Accepted,
    Choice,
    Inbound,
    MediaRef,
    Outgoing,
    Receipt,
    Refused,
    Template,
    TryAgain,
    Unknown,
    WebRequest,
)
from bot.outbox import Trouble
from tests.mill import Answer, Table, call
from tests.support import PHONE

TOKEN, PASSWORD = "a-token-that-nobody-guesses-0123456789", "a-password-that-nobody-guesses"
MESSAGES, RECEIPTS = "/carriers/kannel/messages", "/carriers/kannel/receipts"
ID = "8c9e048b-c64a-42bb-ba04-d56a9cb2590d"
URDU = "سلام،  میری شکایت\n۱۲ 👍"
TYPE = 'text/plain; charset="UTF-8"'


def basic(token: str, user: str = "kannel") -> str:
    return "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()


def mo(body: bytes = URDU.encode(), query: str = f"id={ID}", remote: str = "127.0.0.1", **headers: str) -> WebRequest:
    """A citizen's message as Kannel posts it."""
    sent = {
        "Authorization": basic(TOKEN),
        "User_Agent": "Kannel/1.4.5",
        "Content_Type": TYPE,
        "X_Kannel_From": PHONE,
        "X_Kannel_To": "8300",
        "X_Kannel_SMSC": "TELCO",
        "X_Kannel_Coding": "0",
    }
    return call(MESSAGES, query, body, "POST", remote, **(sent | headers))


def dlr(kind: str, words: str = "", ref: str = "our-ref", **headers: str) -> WebRequest:
    """A delivery report as Kannel asks for it: a GET."""
    query = f"ref={ref}&d={kind}&a={quote(words)}"
    return call(RECEIPTS, query, b"", "GET", **({"Authorization": basic(TOKEN)} | headers))


def without(request: WebRequest, header: str) -> WebRequest:
    request.headers.remove(header)  # type: ignore[attr-defined]
    return request


def told(status: str, error: str = "") -> Receipt:
    return Receipt("kannel", "our-ref", "our-ref", status, error)


def heard(text: str) -> Inbound:
    return Inbound("kannel", ID, "sms", PHONE, text)


def make(url: str) -> Kannel:
    carrier = Kannel(
        KannelSettings(
            send_url=f"{url}/cgi-bin/sendsms",
            username="tawar",
            password=PASSWORD,
            sender="8300",
            token=TOKEN,
            callback_url="http://127.0.0.1:8000",
            allowed=("127.0.0.1", "::1", "10.1.0.0/16"),
        )
    )
    carrier.timeout = Timeout(connect=0.5, read=0.5)
    return carrier


SMS = Outgoing("our-ref", "sms", PHONE, URDU)
STAT = "id:1000090 sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:{} err:000 text:canary"

TABLE = Table(
    name="kannel",
    make=make,
    sample=SMS,
    secrets=(TOKEN, PASSWORD, basic(TOKEN)),
    calls={
        "a message": (mo(), True),
        "a receipt": (dlr("1"), True),
        "by IPv6": (mo(remote="::1"), True),
        "by IPv4 in IPv6": (mo(remote="::ffff:127.0.0.1"), True),
        "from an allowed network": (mo(remote="10.1.2.3"), True),
        "another user's name": (mo(Authorization=basic(TOKEN, "somebody")), True),
        "a sender with an empty name": (mo(X_Kannel_From=""), True),
        "from another address": (mo(remote="10.2.0.1"), False),
        "from nowhere": (mo(remote=""), False),
        "from no address": (mo(remote="unix:"), False),
        "from another address that says it is here": (mo(remote="10.2.0.1", X_Forwarded_For="127.0.0.1"), False),
        "through a proxy": (mo(X_Forwarded_For="127.0.0.1"), False),
        "through a proxy of another kind": (mo(X_Real_IP="127.0.0.1"), False),
        "through a proxy by the book": (mo(Forwarded="for=127.0.0.1"), False),
        "through a proxy that names itself": (mo(Via="1.1 proxy"), False),
        "a receipt through a proxy": (dlr("1", X_Forwarded_For="127.0.0.1"), False),
        "without a token": (without(mo(), "Authorization"), False),
        "an empty token": (mo(Authorization=basic("")), False),
        "half a token": (mo(Authorization=basic(TOKEN[:-1])), False),
        "more than the token": (mo(Authorization=basic(TOKEN + "x")), False),
        "another case": (mo(Authorization=basic(TOKEN.upper())), False),
        "the token in the address": (without(mo(query=f"id={ID}&token={TOKEN}"), "Authorization"), False),
        "the token as a bearer": (mo(Authorization=f"Bearer {TOKEN}"), False),
        "no base64": (mo(Authorization="Basic ***"), False),
        "letters that are no ASCII": (mo(Authorization="Basic پانی".encode().decode("latin-1")), False),
        "no colon": (mo(Authorization="Basic " + base64.b64encode(TOKEN.encode()).decode()), False),
        "without our id: post-url is wrong": (mo(query=""), False),
        "without a sender: send-sender is off": (without(mo(), "X-Kannel-From"), False),
    },
    messages={
        "Urdu": (mo(), heard(URDU)),
        "English": (mo(b"hello & x=1 100%"), heard("hello & x=1 100%")),
        "empty": (mo(b""), heard("")),
        "many ampersands": (mo(b"&" * 600), heard("&" * 600)),
        "without recoding": (mo(URDU.encode("utf-16-be"), Content_Type='text/plain; charset="UTF-16BE"'), heard(URDU)),
        "Latin": (mo(b"caf\xe9", Content_Type="text/plain; charset=ISO-8859-1"), heard("café")),
        "no charset": (mo("پانی".encode(), Content_Type="text/plain"), heard("پانی")),
        "a charset nobody knows": (mo("پانی".encode(), Content_Type="text/plain; charset=KLINGON"), heard("پانی")),
        "a charset that is a trap": (mo(b"abc", Content_Type="text/plain; charset=punycode"), heard("abc")),
        "bytes that are no text": (mo(b"\xff ok"), heard("\ufffd ok")),
        "a national number": (mo(X_Kannel_From="03000000101"), heard(URDU)),
        "an id with more beside": (mo(query=f"id={ID}&ts=1&smsc=TELCO"), heard(URDU)),
        "an id twice": (mo(query=f"id={ID}&id=other"), heard(URDU)),
        "from a short code": (mo(X_Kannel_From="8171"), None),
        "from a name": (mo(X_Kannel_From="JAZZ"), None),
        "from nobody": (mo(X_Kannel_From=""), None),
        "without an id": (mo(query="x=1"), None),
        "hundreds of fields": (mo(query="&".join(f"f{n}=1" for n in range(500))), None),
        "a ringing tone": (mo(b"\x06\x05\x04", X_Kannel_Coding="1", Content_Type="application/octet-stream"), None),
    },
    receipts={
        "delivered": (dlr("1", STAT.format("DELIVRD")), told("delivered")),
        "not delivered": (dlr("2", STAT.format("UNDELIV")), told("undelivered", "UNDELIV")),
        "too old": (dlr("2", STAT.format("EXPIRED")), told("undelivered", "EXPIRED")),
        "not delivered, in words nobody knows": (dlr("2", "sorry"), told("undelivered", "no_reason")),
        "the citizen's own words beside it": (
            dlr("2", "id:1 stat:UNDELIV err:000 Text:stat:EXPIRED Retries Exceeded"),
            told("undelivered", "UNDELIV"),
        ),
        "the citizen's own words alone": (
            dlr("2", "id:1 err:000 text:stat:EXPIRED Retries Exceeded"),
            told("undelivered", "no_reason"),
        ),
        "on its way": (dlr("4", STAT.format("ENROUTE")), told("queued")),
        "with the operator": (dlr("8", "ACK/"), told("sent")),
        "refused": (dlr("16", "NACK/0x0000000b/Invalid Destination Address"), told("failed", "0x0000000b")),
        "given up": (dlr("16", "NACK/Retries Exceeded"), told("failed", "retries_exceeded")),
        "refused without a word": (dlr("16"), told("failed", "no_reason")),
        "a type of the future": (dlr("32"), None),
        "no type": (dlr(""), None),
        "no reference": (dlr("1", ref=""), None),
        "nothing": (call(RECEIPTS, "", b"", "GET"), None),
    },
    answers={
        "taken": (Answer(202, b"0: Accepted for delivery"), Accepted("our-ref", "accepted")),
        "stored while the line is down": (Answer(202, b"3: Queued for later delivery"), Accepted("our-ref", "queued")),
        "wrong password": (
            Answer(403, b"Authorization failed for sendsms"),
            TryAgain("not_authorised", trouble=Trouble.SETUP),
        ),
        "no way there": (Answer(403, b"Not routable. Do not try again."), Refused("not_routable", Trouble.SETUP)),
        "wrong path": (Answer(404, b"Unknown request."), TryAgain("wrong_address", trouble=Trouble.SETUP)),
        "no number": (Answer(400, b"Missing receiver number, rejected"), Refused("no_receiver", Trouble.NUMBER)),
        "an empty number": (
            Answer(400, b"Empty receiver number not allowed, rejected"),
            Refused("no_receiver", Trouble.NUMBER),
        ),
        "a number that is none": (
            Answer(400, b"Number(s) has/have been denied by white- and/or black-lists."),
            Refused("number_denied", Trouble.NUMBER),
        ),
        "no sender": (
            Answer(400, b"Sender missing and no global set, rejected"),
            TryAgain("no_sender", trouble=Trouble.SETUP),
        ),
        "bad coding": (Answer(400, b"Coding field misformed, rejected"), Refused("text_refused", Trouble.CONTENT)),
        "bad charset": (Answer(400, b"Charset or body misformed, rejected"), Refused("text_refused", Trouble.CONTENT)),
        "something else bad": (Answer(400, b"Priority field misformed, rejected"), Refused("refused", Trouble.REFUSED)),
        "queue full": (
            Answer(503, b"Temporal failure, try again later."),
            TryAgain("queue_full", trouble=Trouble.SLOWER),
        ),
        "a proxy's 503": (Answer(503, b"<html>"), Unknown("503")),
        "a proxy's 502": (Answer(502), Unknown("502")),
        "not Kannel": (Answer(200, b"<html>"), Unknown("200")),
        "elsewhere": (Answer(302, headers={"Location": "/"}), TryAgain("wrong_address", trouble=Trouble.SETUP)),
    },
    never_sent={
        "WhatsApp": (Outgoing("r", "whatsapp", PHONE, "x"), Refused("channel", Trouble.SETUP)),
        "a template": (
            Outgoing("r", "sms", PHONE, "x", template=Template("HX", {})),
            Refused("template", Trouble.TEMPLATE),
        ),
        "nothing": (Outgoing("r", "sms", PHONE, ""), Refused("empty", Trouble.CONTENT)),
        "white space": (Outgoing("r", "sms", PHONE, " \n "), Refused("empty", Trouble.CONTENT)),
        "a text that would be cut": (
            Outgoing("r", "sms", PHONE, "ب" * (67 * 24 + 1)),
            Refused("too_long", Trouble.CONTENT),
        ),
    },
    troubles={
        "EXPIRED": Trouble.ELSEWHERE,
        "UNDELIV": Trouble.ELSEWHERE,
        "REJECTD": Trouble.REFUSED,
        "0x0000000b": Trouble.NUMBER,
        "0x00000045": Trouble.REFUSED,
        "0x00000058": Trouble.SLOWER,
        "retries_exceeded": Trouble.LATER,
        "queue_full": Trouble.SLOWER,
        "not_authorised": Trouble.SETUP,
        "connect": Trouble.LATER,
        "template": Trouble.TEMPLATE,
    },
    senders={"sms": True, "whatsapp": False},
    ears={"sms": True, "whatsapp": False},
)

LISTS = Outgoing(
    "our-ref", "sms", PHONE, "کیا؟\n1 ہاں\n2 نہیں", body="کیا؟", choices=(Choice("yes", "ہاں"), Choice("no", "نہیں"))
)
MEDIA = Outgoing("our-ref", "sms", PHONE, "photo", media=(MediaRef("https://tawar.example.pk/m/1", "image/jpeg"),))
PIN = Outgoing("our-ref", "sms", PHONE, "", pin=(25.1264, 62.3225))

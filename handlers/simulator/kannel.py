"""Kannel's face: `/cgi-bin/sendsms` as smsbox answers it. What it says for which mistake was measured on Kannel 1.4.5."""

import hmac
import re
from functools import partial
from typing import NamedTuple

from flask import Blueprint, Response, request

from handlers.simulator.core import Simulator, here
from handlers.simulator.kannel_told import SMSC
from handlers.simulator.segments import count
from handlers.simulator.values import E164, Message, new_uuid
from handlers.simulator.wire import hang_up

ACCEPTED = (202, "0: Accepted for delivery")
QUEUED = (202, "3: Queued for later delivery")
UNKNOWN_USER = (403, "Authorization failed for sendsms")
FULL = (503, "Temporal failure, try again later.")
BY_FAULT = {"400": (400, "Charset or body misformed, rejected"), "403": UNKNOWN_USER, "503": FULL}
CHARSETS = {"", "utf-8", "utf8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16be", "ucs-2"}
FIELDS = ("username", "password", "from", "to", "text", "charset", "coding", "dlr-mask", "dlr-url", "validity", "smsc")
STATUS = """<?xml version="1.0"?>
<gateway>
<version>Kannel bearerbox version `1.4.5'.</version>
<status>running, uptime 0d 0h 1m 0s</status>
<boxes><box>
<type>smsbox</type><id></id><IP>127.0.0.1</IP><status>on-line 0d 0h 1m 0s</status>
</box></boxes>
<smscs><count>1</count><smsc>
<name>FAKE:10000</name><admin-id>{smsc}</admin-id><id>{smsc}</id><status>{line}</status>
</smsc></smscs>
</gateway>
"""
door = Blueprint("kannel", __name__)

Said = tuple[int, str]


class Wanted(NamedTuple):
    """What is to be sent: the request's fields by their names in a query, and the text as the phone would show it."""

    fields: dict[str, str]
    text: str


@door.route("/cgi-bin/sendsms", methods=["GET", "POST"])
def sendsms() -> Response:
    """A query, or a text/plain body with X-Kannel headers -> 202 and a line, or what is wrong in a line."""
    simulator = here()
    if request.method == "POST" and request.mimetype not in ("text/plain", ""):
        return _line((400, "Invalid content-type"))
    wanted = _wanted()
    number = _international(wanted.fields["to"])
    if simulator.faults.happens("drop_connection", number):
        return hang_up(request.environ)
    said = _refusal(simulator, wanted, number) or _send(simulator, wanted, number)
    if said[0] == ACCEPTED[0] and simulator.faults.happens("drop_after_accept", number):
        return hang_up(request.environ)
    return _line(said)


@door.get("/status.xml")
def status() -> Response:
    """Its status page, as short as it may be; with a wrong password it says so, with HTTP 200 as Kannel does."""
    simulator = here()
    settings, given = simulator.settings, request.args.get("password", "").encode()
    if not (settings.kannel_token and hmac.compare_digest(given, settings.kannel_password.encode())):
        return Response("Denied\n", content_type="text/plain")
    line = "re-connecting" if simulator.faults["kannel"] == "down" else "online 60s"
    return Response(STATUS.format(smsc=SMSC, line=line), content_type="text/xml")


def _wanted() -> Wanted:
    if request.method == "GET":
        fields = {name: request.args.get(name, "") for name in FIELDS}
        fields["username"] = fields["username"] or request.args.get("user", "")
        fields["password"] = fields["password"] or request.args.get("pass", "")
        return Wanted(fields, _garbled(request.args.get("text", ""), fields))
    fields = {name: request.headers.get(f"X-Kannel-{name}", "") for name in FIELDS if name != "text"}
    fields["charset"] = request.mimetype_params.get("charset", "")
    return Wanted(fields, _garbled(request.get_data().decode("utf-8", "replace"), fields))


def _garbled(text: str, fields: dict[str, str]) -> str:
    """What becomes of a text: without `coding=2` all that GSM-7 lacks turns into question marks; with it, but without the
    right charset, its bytes are taken for UTF-16."""
    if fields["coding"] == "2":
        return text if fields["charset"].lower() in ("utf-8", "utf8") else text.encode().decode("utf-16-be", "replace")
    if count(text).encoding == "GSM-7":
        return text
    return "".join(letter if count(letter).encoding == "GSM-7" else "?" for letter in text)


def _refusal(simulator: Simulator, wanted: Wanted, number: str) -> Said | None:
    settings, fields = simulator.settings, wanted.fields
    given = f"{fields['username']}\n{fields['password']}".encode()
    right = f"{settings.kannel_username}\n{settings.kannel_password}".encode()
    checks = (
        (not (settings.kannel_token and hmac.compare_digest(given, right)), UNKNOWN_USER),
        (not fields["to"], (400, "Missing receiver number, rejected")),
        (not _plain(number), (400, "Number(s) has/have been denied by white- and/or black-lists.")),
        (not (fields["from"] or settings.kannel_from), (400, "Sender missing and no global set, rejected")),
        (fields["coding"] not in ("", "0", "1", "2"), (400, "Coding field misformed, rejected")),
        (bool(fields["validity"]) and not fields["validity"].isdecimal(), (400, "Validity field misformed, rejected")),
        (fields["charset"].lower() not in CHARSETS, (400, "Charset or body misformed, rejected")),
    )
    if found := next((said for wrong, said in checks if wrong), None):
        return found
    if fault := simulator.faults.of("kannel_answer", number):
        return BY_FAULT[fault]
    rates = simulator.faults.of("error_rate", number).items()
    return next((BY_FAULT.get(status, FULL) for status, share in rates if simulator.faults.chance(share)), None)


def _send(simulator: Simulator, wanted: Wanted, number: str) -> Said:
    segments = count(wanted.text).segments
    waits = simulator.lanes.enter("kannel", segments)
    if waits is None:
        return FULL
    fields = wanted.fields
    message = Message(
        sid=new_uuid(),
        channel="kannel",
        number=number,
        direction="outbound-api",
        sender=fields["from"] or simulator.settings.kannel_from,
        text=wanted.text,
        status="queued",
        callback=fields["dlr-url"],
        mask=int(fields["dlr-mask"]) if fields["dlr-mask"].isdecimal() else 0,
        segments=segments,
    )
    simulator.exchange.add(message)
    simulator.exchange.log.append(_entry(message))
    simulator.receipts.start(message, partial(simulator.ways.of, message, {}, waits))
    return QUEUED if simulator.faults.is_down("kannel", number) else ACCEPTED


def _entry(message: Message) -> dict[str, object]:
    return {
        "id": message.sid,
        "to": message.number,
        "from": message.sender,
        "body": message.text,
        "at": message.created.isoformat(timespec="milliseconds"),
        "status_callback": message.callback,
        "options": [],
        "media": [],
        "content_sid": "",
        "content_variables": {},
        "messaging_service_sid": "",
        "segments": message.segments,
        "carrier": "kannel",
    }


def _international(number: str) -> str:
    """Any way a Pakistani mobile number is written -> E.164, as `unified-prefix` does it; others as they are."""
    return re.sub(r"\A(\+92|0092|92|0)(?=3)", "+92", number)


def _plain(number: str) -> bool:
    return bool(E164.match(number)) or bool(re.fullmatch(r"\d{3,15}", number))


def _line(said: Said) -> Response:
    return Response(said[1], said[0], content_type="text/html")

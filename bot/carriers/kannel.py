"""Kannel: SMS both ways through a gateway of our own and an operator's short code."""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import parse_qs, urlsplit, urlunsplit

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from bot.carriers.kannel_answers import ASKED_FOR, STATUSES, error_of, outcome_of, trouble_of
from bot.carriers.kannel_status import READ_AT_MOST, trouble_in
from bot.carriers.port import (
    Inbound,
    Outcome,
    Outgoing,
    Pace,
    Receipt,
    Refused,
    Sighting,
    TryAgain,
    Unknown,
    WebRequest,
)
from bot.outbox import Trouble
from bot.phone import normalise
from bot.sms import measure
from bot.text.fold import clean

HEALTH_TIMEOUT = Timeout(connect=1.0, read=1.5)
POOL = 32
RECEIPTS_PATH = "/carriers/kannel/receipts"
USER = "kannel"
PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
BINARY = "1"
CHARSETS = {"utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16be"}
"""What Kannel names: UTF-8 with `mo-recode`, the others without it. Python knows more, some of them slow on purpose-made input."""
_CHARSET = re.compile(r"charset=\"?([\w-]{1,20})", re.ASCII)
_ABSENT = "\0"


@dataclass(frozen=True, slots=True)
class KannelSettings:
    """`send_url`: its sendsms; `callback_url`: where Kannel reaches our web itself, not through a proxy; `allowed`: addresses or
    networks it may call from; `status_url`: its status page with the password, or empty; `per_second`: SMS segments;
    `max_segments`: `max-messages` of its sendsms-user, beyond which it cuts a text without a word."""

    send_url: str
    username: str
    password: str
    sender: str
    token: str
    callback_url: str
    allowed: Sequence[str] = ("127.0.0.1", "::1")
    status_url: str = ""
    per_second: float = 10.0
    max_segments: int = 24


class Kannel:
    name = "kannel"
    timeout = Timeout(connect=3.0, read=10.0)

    def __init__(self, settings: KannelSettings) -> None:
        self._settings = settings
        self._allowed = [ip_network(place, strict=False) for place in settings.allowed]
        self._pool = PoolManager(num_pools=4, maxsize=POOL, retries=False)
        parts = urlsplit(settings.callback_url.rstrip("/"))
        place = f"{USER}:{settings.token}@{parts.netloc}"
        self._receipts_url = urlunsplit((parts.scheme, place, parts.path + RECEIPTS_PATH, "", ""))

    def verify(self, request: WebRequest) -> bool:
        """The token (HTTP Basic, as Kannel sends it from the URL it is given) and the address of the connection, which no header
        can change; a call that came through a proxy is nobody's, because then the address is the proxy's.

        A message without our id or a sender is refused too: `post-url` or `send-sender` is not as the README has it, and
        while it is refused Kannel keeps it.
        """
        given = _password(request.headers.get("Authorization", ""))
        is_known = bool(self._settings.token) and hmac.compare_digest(given, self._settings.token.encode())
        is_direct = not any(request.headers.get(name, "") for name in PASSED_ON)
        return is_known and is_direct and self._is_allowed(request.remote) and _is_whole(request)

    def read(self, request: WebRequest) -> Inbound | None:
        """`id` in the address is Kannel's `%I`: the same however often it calls, after a crash of its own too. The text is the
        body, the sender a header, so that neither is in any log of addresses."""
        phone = normalise(request.headers.get("X-Kannel-From", ""))
        provider_id = _asked(request, "id")
        if not phone or not provider_id or request.headers.get("X-Kannel-Coding", "") == BINARY:
            return None
        return Inbound(self.name, provider_id, "sms", phone, _text(request))

    def read_receipt(self, request: WebRequest) -> Receipt | None:
        ref, kind = _asked(request, "ref"), _asked(request, "d")
        status = STATUSES.get(kind)
        if not ref or not status:
            return None
        return Receipt(self.name, ref, ref, status, error_of(kind, _asked(request, "a")))

    def sends(self, channel: str) -> bool:
        return channel == "sms" and bool(self._settings.sender)

    def hears(self, channel: str) -> bool:
        return channel == "sms"

    def pace(self, channel: str) -> Pace:
        """The operator's contract says how fast; Kannel's own `throughput` guards it once more."""
        return Pace("kannel:sms", self._settings.per_second)

    def trouble(self, error: str) -> Trouble:
        return trouble_of(error)

    def send(self, message: Outgoing) -> Outcome:
        text = _whole_text(message)
        size = measure(text)
        if message.channel != "sms":
            return Refused("channel", Trouble.SETUP)
        if message.template:
            return Refused("template", Trouble.TEMPLATE)
        if not text.strip():  # Kannel would send an empty SMS
            return Refused("empty", Trouble.CONTENT)
        if size.segments > self._settings.max_segments:  # and cut this one
            return Refused("too_long", Trouble.CONTENT)
        return self._post(message, text, 2 if size.encoding == "UCS-2" else 0)

    def find(self, message: Outgoing, since: datetime) -> list[Sighting] | None:
        """Kannel does not tell what it sent."""
        return None

    def missed(self, since: datetime) -> list[Inbound] | None:
        """Nor what it received; what it could not hand over it tries again by itself."""
        return None

    def typing(self, message: Inbound) -> None:
        return

    def health(self) -> str:
        """By its status page; without one, whether smsbox answers at all."""
        url = self._settings.status_url
        try:
            if not url:
                self._pool.request("GET", self._settings.send_url.split("/cgi-bin")[0] + "/", timeout=HEALTH_TIMEOUT)
                return ""
            answer = self._pool.request("GET", url, timeout=HEALTH_TIMEOUT, preload_content=False, redirect=False)
            page = answer.read(READ_AT_MOST).decode("utf-8", "replace")
            answer.release_conn()
        except (HTTPError, ValueError):
            return f"{'bearerbox' if url else 'smsbox'} does not answer: is Kannel running?"
        return trouble_in(page)

    def _post(self, message: Outgoing, text: str, coding: int) -> Outcome:
        """POST with the text as the body: a form is not taken, and a query would put text and password into logs."""
        settings = self._settings
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-Username": settings.username,
            "X-Kannel-Password": settings.password,
            "X-Kannel-From": settings.sender,
            "X-Kannel-To": message.phone,
            "X-Kannel-Coding": str(coding),
            "X-Kannel-DLR-Mask": str(ASKED_FOR),
            "X-Kannel-DLR-Url": f"{self._receipts_url}?ref={message.ref}&d=%d&a=%A",
        }
        try:
            answer = self._pool.request(
                "POST", settings.send_url, body=text.encode(), headers=headers, timeout=self.timeout, redirect=False
            )
        except (NewConnectionError, ConnectTimeoutError):  # no connection was made, so nothing can have been sent
            return TryAgain("connect")
        except (HTTPError, ValueError) as error:
            return Unknown(type(error).__name__)
        return outcome_of(answer.status, answer.data[:200].decode("utf-8", "replace"), message.ref)

    def _is_allowed(self, remote: str) -> bool:
        try:
            address = ip_address(remote)
        except ValueError:
            return False
        plain = (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
        return any(plain in network for network in self._allowed)


def _password(authorization: str) -> bytes:
    """The password of an HTTP Basic header; empty when there is none."""
    scheme, _, given = authorization.partition(" ")
    try:
        return base64.b64decode(given, validate=True).partition(b":")[2] if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        return b""


def _is_whole(request: WebRequest) -> bool:
    if request.method != "POST":
        return True
    return bool(_asked(request, "id")) and request.headers.get("X-Kannel-From", _ABSENT) != _ABSENT


def _asked(request: WebRequest, name: str) -> str:
    """A field of the address, cleaned; empty when it is missing."""
    try:
        return clean(parse_qs(request.query, max_num_fields=50).get(name, [""])[0])
    except ValueError:
        return ""


def _text(request: WebRequest) -> str:
    """The body by the charset Kannel names; what does not fit it is shown as such and never lost."""
    found = _CHARSET.search(request.headers.get("Content-Type", "").lower())
    charset = found[1] if found and found[1] in CHARSETS else "utf-8"
    return request.body.decode(charset, "replace")


def _whole_text(message: Outgoing) -> str:
    """Lists as numbered lines; a file and a place as addresses, which any phone with a browser opens."""
    links = [ref.url for ref in message.media if ref.url]
    if message.pin:
        links.append("https://maps.google.com/?q={:.6f},{:.6f}".format(*message.pin))
    return "\n".join([message.text, *links] if message.text else links)

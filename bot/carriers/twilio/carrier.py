"""Twilio: WhatsApp both ways and SMS, by its signed webhooks and its own client library."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from bot.carriers.port import (
    Accepted,
    Inbound,
    MediaRef,
    OptedOut,
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
from bot.text.fold import clean

TIMEOUT_S = 10.0
POOL = 32
WHATSAPP_PER_SECOND, SMS_PER_SECOND = 80.0, 10.0
MAX_MEDIA = 10
MAX_LISTED = 50
SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
"""Twilio's OpenAPI description of a message's id."""
UNAUTHORISED = "20003"
WHATSAPP = "whatsapp:"
RECEIPTS_PATH = "/carriers/twilio/receipts"

# Twilio's error dictionary: these say "not now"; 20429 "was never processed and is always safe to retry".
TRY_AGAIN = {20429, 21611, 30001, 63017, 63018}
OPTED_OUT = {21610, 63033}
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """`tokens`: the auth token, and during a rotation the next one too. `api_url`: empty for Twilio itself."""

    account_sid: str
    tokens: Sequence[str]
    public_url: str
    whatsapp_from: str
    sms_from: str
    messaging_service_sid: str = ""
    api_url: str = ""


class Twilio:
    name = "twilio"

    def __init__(self, settings: TwilioSettings) -> None:
        self._settings = settings
        self._public_url = settings.public_url.rstrip("/")
        self._validators = [RequestValidator(token) for token in settings.tokens if token]
        http = _HttpClient(settings.api_url)
        self._clients = [Client(settings.account_sid, token, http_client=http) for token in settings.tokens if token]

    def verify(self, request: WebRequest) -> bool:
        """Checks X-Twilio-Signature on the configured public URL and the query as it was sent, never on headers a proxy
        or a stranger may set. Blank values and repeated fields count, as Twilio signs them."""
        signature = request.headers.get("X-Twilio-Signature", "")
        url = self._public_url + request.path + (f"?{request.query}" if request.query else "")
        return bool(signature) and any(_is_signed(v, url, _Fields(request.form), signature) for v in self._validators)

    def read(self, request: WebRequest) -> Inbound | None:
        form = request.form
        sender, provider_id, phone = _one(form, "From"), self._sid(form), normalise(_one(form, "From"))
        if not phone or not provider_id:
            return None
        return Inbound(
            carrier=self.name,
            provider_id=provider_id,
            channel="whatsapp" if sender.startswith(WHATSAPP) else "sms",
            phone=phone,
            text=_one(form, "Body"),
            button=_one(form, "ListId") or _one(form, "ButtonPayload"),
            media=_media(form),
            pin=_pin(_one(form, "Latitude"), _one(form, "Longitude")),
        )

    def read_receipt(self, request: WebRequest) -> Receipt | None:
        form = request.form
        provider_id = self._sid(form)
        status = _one(form, "MessageStatus") or _one(form, "SmsStatus")
        if not provider_id or not status:
            return None
        ref = clean(parse_qs(request.query).get("ref", [""])[0])
        return Receipt(self.name, ref, provider_id, status, _one(form, "ErrorCode"))

    def sends(self, channel: str) -> bool:
        settings = self._settings
        return bool(
            settings.whatsapp_from if channel == "whatsapp" else settings.sms_from or settings.messaging_service_sid
        )

    def hears(self, channel: str) -> bool:
        """Its SMS in Pakistan goes one way only."""
        return channel == "whatsapp"

    def pace(self, channel: str) -> Pace:
        """80 messages a second from a WhatsApp sender, 10 segments to Pakistan (Twilio's pages on rate limits and queues)."""
        if channel == "whatsapp":
            return Pace(f"twilio:{channel}", WHATSAPP_PER_SECOND, in_segments=False)
        return Pace(f"twilio:{channel}", SMS_PER_SECOND)

    def trouble(self, error: str) -> Trouble:
        return Trouble.NONE if not error else Trouble.REFUSED

    def missed(self, since: datetime) -> list[Inbound] | None:
        return None

    def typing(self, message: Inbound) -> None:
        return

    def health(self) -> str:
        return ""

    def send(self, message: Outgoing) -> Outcome:
        outcome: Outcome = TryAgain("no token")
        for client in self._clients:
            outcome = self._send_with(client, message)
            if outcome != TryAgain(UNAUTHORISED):  # during a rotation the other token is tried
                return outcome
        return outcome

    def _send_with(self, client: Client, message: Outgoing) -> Outcome:
        try:
            sent = client.messages.create(
                to=_address(message.channel, message.phone),
                body=message.text,
                status_callback=f"{self._public_url}{RECEIPTS_PATH}?ref={quote(message.ref)}",
                **self._sender(message.channel),
            )
        except (TwilioException, requests.RequestException) as error:
            return _outcome(error)
        except Exception as error:  # an answer the library cannot read: the message may exist
            return Unknown(type(error).__name__)
        return Accepted(str(sent.sid), str(sent.status)) if sent.sid else Unknown("no sid")

    def find(self, message: Outgoing, since: datetime) -> list[Sighting] | None:
        """Twilio has no reference of ours on a message: the caller compares texts and ids it knows already.

        Asked by address alone: its date filter is on the date of sending, which a queued message does not have yet.
        """
        try:
            found = self._clients[0].messages.list(to=_address(message.channel, message.phone), limit=MAX_LISTED)
        except Exception:
            return None
        ours = (m for m in found if m.direction != "inbound" and (m.date_created is None or m.date_created >= since))
        return [Sighting(str(m.sid), str(m.status), str(m.body or "")) for m in ours]

    def _sid(self, form: Any) -> str:
        """The message's id, if it is one of this account: the signature joins names and values without a mark between
        them, so that a captured call can be cut anew; what an id looks like is checked for that reason."""
        sid = _one(form, "MessageSid") or _one(form, "SmsSid")
        is_ours = _one(form, "AccountSid") in ("", self._settings.account_sid)
        return sid if is_ours and SID.fullmatch(sid) else ""

    def _sender(self, channel: str) -> dict[str, str]:
        if channel == "whatsapp":
            return {"from_": WHATSAPP + self._settings.whatsapp_from}
        if self._settings.messaging_service_sid:
            return {"messaging_service_sid": self._settings.messaging_service_sid}
        return {"from_": self._settings.sms_from}


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """The library's own transport with a time-out, a pool, no proxy look-ups, and another host where one is configured."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=TIMEOUT_S)
        self._api_url = api_url.rstrip("/")
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=POOL))
        self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        if self._api_url and (parts.hostname or "").endswith(".twilio.com"):
            url = self._api_url + parts.path + (f"?{parts.query}" if parts.query else "")
        return super().request(method, url, *args, **kwargs)


class _Fields(dict[str, Sequence[str]]):
    """The form as the validator reads it: every value of a repeated field. By the first name it tries, and without a
    Python call: it asks for some twenty fields."""

    getall = dict.__getitem__


def _is_signed(validator: RequestValidator, url: str, fields: _Fields, signature: str) -> bool:
    """The library's `validate` works out two signatures, with and without a port; the plain one is nearly always right."""
    plain = validator.compute_signature(url, fields)
    return hmac.compare_digest(plain.encode(), signature.encode()) or bool(validator.validate(url, fields, signature))


def _outcome(error: Exception) -> Outcome:
    """What a failure means: could it have been sent, and is another try worth it?"""
    if isinstance(error, TwilioRestException):
        code = _code(error)
        if error.status in (requests.codes.unauthorized, requests.codes.forbidden, requests.codes.request_timeout):
            return TryAgain(UNAUTHORISED if error.status == requests.codes.unauthorized else str(code))
        if code in OPTED_OUT:
            return OptedOut(str(code))
        if code in TRY_AGAIN or error.status == requests.codes.too_many_requests:
            return TryAgain(str(code))
        return Unknown(str(code)) if error.status >= SERVER_ERROR else Refused(str(code))
    return TryAgain("connect") if _never_left(error) else Unknown(type(error).__name__)


def _code(error: TwilioRestException) -> int:
    try:
        return int(error.code or error.status)
    except (TypeError, ValueError):
        return int(error.status)


def _never_left(error: Exception) -> bool:
    """Whether no connection was made, so that nothing can have been sent."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _address(channel: str, phone: str) -> str:
    return WHATSAPP + phone if channel == "whatsapp" else phone


def _one(form: Any, name: str) -> str:
    values = form.get(name)
    return clean(str(values[0])) if values else ""


def _media(form: Any) -> tuple[MediaRef, ...]:
    count = _one(form, "NumMedia")
    wanted = (
        min(int(count), MAX_MEDIA) if count.isascii() and count.isdecimal() and len(count) <= len(str(MAX_MEDIA)) else 0
    )
    refs = (MediaRef(_one(form, f"MediaUrl{n}"), _one(form, f"MediaContentType{n}")) for n in range(wanted))
    return tuple(ref for ref in refs if ref.url)


def _pin(latitude: str, longitude: str) -> tuple[float, float] | None:
    try:
        lat, lon = float(latitude), float(longitude)
    except ValueError:
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None  # noqa: PLR2004

"""The way to Twilio's API: the library's client with a time-out, a pool, another host where one is set, and two tokens."""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.carriers.twilio.transport import FORM, Transport

TIMEOUT_S = 10.0
POOL = 32
LONGEST_WAIT = timedelta(hours=1)
"""A Retry-After beyond that is not believed: one odd answer must not silence a sender."""
WHATSAPP = "whatsapp:"
MESSAGES = "/Messages.json"
JSON = {"Content-Type": "application/json"}
_Found = TypeVar("_Found")
# The library tells its log every request, with the citizen's number in it; whoever runs us may log at INFO.
logging.getLogger("twilio").setLevel(logging.WARNING)


class NoToken(TwilioException):  # type: ignore[misc]
    """No token is configured: nothing left this machine."""


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """`tokens`: the auth token, and during a rotation the next one too. `api_url`: empty for Twilio itself.

    Paces by Twilio's pages on rate limits and queues: 80 messages a second from a WhatsApp sender (Meta raises it on
    request), 10 segments a second from any number to Pakistan.
    """

    account_sid: str
    tokens: Sequence[str]
    public_url: str
    whatsapp_from: str
    sms_from: str
    messaging_service_sid: str = ""
    api_url: str = ""
    whatsapp_per_second: float = 80.0
    sms_per_second: float = 10.0

    def sender(self, channel: str) -> dict[str, str]:
        """Who sends on a channel, as the parameters of a message: the service's pool of numbers goes before one number."""
        if channel == "whatsapp":
            return {"from_": WHATSAPP + self.whatsapp_from}
        if self.messaging_service_sid:
            return {"messaging_service_sid": self.messaging_service_sid}
        return {"from_": self.sms_from}


class Api:
    """The account. Methods raise what the library and its transport raise, and NoToken."""

    def __init__(self, settings: TwilioSettings) -> None:
        self._http = _HttpClient(settings.api_url)
        tokens = [token for token in settings.tokens if token]
        self._clients = [Client(settings.account_sid, token, http_client=self._http) for token in tokens]

    def ask(self, call: Callable[[Client], _Found]) -> _Found:
        """What `call` finds with a client; during a rotation with the other token too."""
        refused: Exception = NoToken("no token")
        for client in self._clients:
            try:
                return call(client)
            except TwilioException as error:
                if status_of(error) != requests.codes.unauthorized:
                    raise
                refused = error
        raise refused

    def get(self, url: str) -> dict[str, Any]:
        """The JSON at an address of Twilio's."""
        return self.ask(lambda client: _read("GET", url, client.request("GET", url)))

    def post(self, url: str, wanted: Mapping[str, Any], timeout: float = TIMEOUT_S) -> dict[str, Any]:
        """Sends JSON as it is (the library's own classes would add an empty field for every type there is)."""
        return self.ask(
            lambda client: _read("POST", url, client.request("POST", url, data=wanted, headers=JSON, timeout=timeout))
        )

    def retry_after(self) -> timedelta | None:
        """What the last answer in this thread said of when to come back, if it said so."""
        return self._http.retry_after()


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """The library's own transport; its exceptions do not hold the answer's headers, so the one that counts is kept here."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=TIMEOUT_S)
        self._api_url = api_url.rstrip("/")
        self._last = threading.local()
        self._transport = Transport(TIMEOUT_S)
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=POOL))
        self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        if self._api_url and (parts.hostname or "").endswith(".twilio.com"):
            url = self._api_url + parts.path + (f"?{parts.query}" if parts.query else "")
        self._last.retry_after = ""
        answer = self._request(method, url, *args, **kwargs)
        self._last.retry_after = (answer.headers or {}).get("Retry-After", "")
        return answer

    def _request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """A form that makes a message goes the quick way, everything else the library's own."""
        form, headers = kwargs.get("data"), kwargs.get("headers") or {}
        is_message = method.upper() == "POST" and url.endswith(MESSAGES) and not args and isinstance(form, dict)
        if is_message and headers.get("Content-Type", FORM) == FORM:
            return self._transport.post(url, form or {}, headers, kwargs.get("auth"))
        return super().request(method, url, *args, **kwargs)

    def retry_after(self) -> timedelta | None:
        """Only the form in seconds is read; the one with a date needs two clocks to agree."""
        said = str(getattr(self._last, "retry_after", "")).strip()
        if not (said.isascii() and said.isdecimal()):
            return None
        return min(timedelta(seconds=int(said[:9])), LONGEST_WAIT)


def status_of(error: Exception) -> int:
    """The HTTP status of a refusal, 0 if there is none; a page of a list holds the whole answer instead."""
    answer = error.args[1] if len(error.args) > 1 else error
    return int(getattr(error, "status", 0) or getattr(answer, "status_code", 0))


def _read(method: str, url: str, answer: Any) -> dict[str, Any]:
    """The object in an answer. Raises TwilioRestException for a refusal, and for what is no object."""
    try:
        found = json.loads(answer.text)
    except ValueError:
        found = None
    if isinstance(found, dict) and answer.status_code < requests.codes.bad_request:
        return found
    said = found if isinstance(found, dict) else {}
    code = said.get("code", answer.status_code)
    raise TwilioRestException(answer.status_code, url, str(said.get("message", "")), code, method)

"""Signed requests to the web, with the carrier's own time limits and its one rule for trying again."""

import http.client
import secrets
import time
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

CONNECT_S = 5.0
TOTAL_S = 15.0
ANSWER_BYTES = 64_000


class Answer(NamedTuple):
    """What came back: `status` is None when nothing did, and `trouble` says why."""

    status: int | None
    body: bytes = b""
    trouble: str = ""

    @property
    def taken(self) -> bool:
        """Whether the web took the request."""
        return self.status in range(200, 300)


class _NotConnectedError(Exception):
    pass


def sign(url: str, form: dict[str, str], token: str) -> str:
    """The carrier's signature over the exact URL (without fragment) and the form."""
    return str(RequestValidator(token).compute_signature(url.partition("#")[0], form))


def idempotency_token() -> str:
    """One string for all attempts at one delivery."""
    return secrets.token_hex(16)


def post(url: str, form: dict[str, str], signature: str, token: str) -> Answer:
    """Posts a form to `url`; only a failure to connect is tried a second time."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "Accept": "*/*",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": signature,
        "I-Twilio-Idempotency-Token": token,
        "Connection": "close",
    }
    body = urlencode(form).encode()
    for last in (False, True):
        try:
            return _attempt(url, body, headers)
        except _NotConnectedError as trouble:
            if last:
                return Answer(None, trouble=str(trouble))
        except (OSError, http.client.HTTPException) as trouble:
            return Answer(None, trouble=_name(trouble))
    raise AssertionError("the last attempt returns")


def _attempt(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    deadline = time.monotonic() + TOTAL_S
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=CONNECT_S)
    try:
        _connect(connection)
        connection.sock.settimeout(deadline - time.monotonic())
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        return _read(connection, deadline)
    finally:
        connection.close()


def _connect(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except OSError as trouble:
        raise _NotConnectedError(_name(trouble)) from trouble


def _read(connection: http.client.HTTPConnection, deadline: float) -> Answer:
    socket = connection.sock
    with connection.getresponse() as response:
        body = b""
        while len(body) <= ANSWER_BYTES and (chunk := response.read1(ANSWER_BYTES)):
            body += chunk
            socket.settimeout(max(0.001, deadline - time.monotonic()))  # a dripping answer ends in time too
        return Answer(response.status, body)


def _name(trouble: Exception) -> str:
    return str(getattr(trouble, "strerror", None) or trouble or type(trouble).__name__).lower()

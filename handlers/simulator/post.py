"""Signed requests to the web, with the carrier's own time limits and rules for trying again."""

import http.client
import secrets
import time
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from handlers.simulator.override import Override, read_fragment

ANSWER_BYTES = 64_000


class Answer(NamedTuple):
    """What came back: `status` is None when nothing did, and `trouble` says why. `reason`: the kind of a failure, as a
    retry policy names it."""

    status: int | None
    body: bytes = b""
    trouble: str = ""
    reason: str = ""

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
    """Posts a form to `url`, again if the policy in its fragment says so; all attempts bear one token."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "Accept": "*/*",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": signature,
        "I-Twilio-Idempotency-Token": token,
        "Connection": "close",
    }
    plain, _, fragment = url.partition("#")
    rule, body = read_fragment(fragment), urlencode(form).encode()
    deadline = time.monotonic() + rule.total_s
    for left in range(rule.attempts - 1, -1, -1):
        answer = _try(plain, body, headers, rule, deadline)
        if not left or not rule.tries_again(answer.reason) or time.monotonic() >= deadline:
            return answer
    raise AssertionError("the last attempt returns")


def _try(url: str, body: bytes, headers: dict[str, str], rule: Override, deadline: float) -> Answer:
    try:
        answer = _attempt(url, body, headers, rule, deadline)
    except _NotConnectedError as trouble:
        return Answer(None, trouble=str(trouble), reason="ct")
    except (OSError, http.client.HTTPException) as trouble:
        return Answer(
            None, trouble=name_of_trouble(trouble), reason="rt" if isinstance(trouble, TimeoutError) else "all"
        )
    family = f"{(answer.status or 0) // 100}xx"
    return answer._replace(reason=family if family in ("4xx", "5xx") else "")


def _attempt(url: str, body: bytes, headers: dict[str, str], rule: Override, deadline: float) -> Answer:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=rule.connect_s)
    deadline = min(deadline, time.monotonic() + rule.connect_s + rule.read_s)
    try:
        _connect(connection)
        connection.sock.settimeout(max(0.001, min(rule.read_s, deadline - time.monotonic())))
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        return _read(connection, deadline)
    finally:
        connection.close()


def _connect(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except OSError as trouble:
        raise _NotConnectedError(name_of_trouble(trouble)) from trouble


def _read(connection: http.client.HTTPConnection, deadline: float) -> Answer:
    socket = connection.sock
    with connection.getresponse() as response:
        body = b""
        while len(body) <= ANSWER_BYTES and (chunk := response.read1(ANSWER_BYTES)):
            body += chunk
            socket.settimeout(max(0.001, deadline - time.monotonic()))  # a dripping answer ends in time too
        return Answer(response.status, body)


def name_of_trouble(trouble: Exception) -> str:
    """What went wrong with a connection, in a few small letters."""
    return str(getattr(trouble, "strerror", None) or trouble or type(trouble).__name__).lower()

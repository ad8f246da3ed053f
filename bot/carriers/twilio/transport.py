"""Carries a form to Twilio by the standard library's own connection, kept open a thread.

The library's transport (requests) costs more of the processor than all the rest of a message (see `tawar bench outbox`);
it stays in use for everything but the forms that make a message. Both put the same bytes into the body.
"""

import http.client
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from twilio.http.response import Response
from urllib3.util import wait_for_read

FORM = "application/x-www-form-urlencoded"


class _Plain(http.client.HTTPConnection):
    def __del__(self) -> None:
        self.close()  # its thread has ended


class _Safe(http.client.HTTPSConnection):
    def __del__(self) -> None:
        self.close()


class Transport:
    """Connections by thread and host. Raises what requests raises: ConnectTimeout where no connection was made and nothing
    can have been sent, ReadTimeout and ConnectionError where it may have been."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._open = threading.local()
        self._tls = ssl.create_default_context()

    def post(
        self, url: str, form: Mapping[str, Any], headers: Mapping[str, str], login: tuple[str, str] | None
    ) -> Response:
        """Sends a form; `login`: user and password of HTTP Basic."""
        parts = urlsplit(url)
        body = body_of(form)
        sent = {"Host": parts.netloc, "Accept": "*/*", "Content-Type": FORM, **headers}
        if login:
            sent["Authorization"] = "Basic " + b64encode(":".join(login).encode()).decode()
        request = _head(parts.path, tuple(sent.items())) + b"%d\r\n\r\n" % len(body) + body
        connection = self._connect(parts.scheme, parts.netloc)
        try:
            with _as_requests():
                return _exchange(connection, request)
        except requests.RequestException:
            connection.close()
            raise

    def _connect(self, scheme: str, host: str) -> http.client.HTTPConnection:
        """This thread's connection to the host, made anew where the other side has hung up meanwhile."""
        kept: dict[tuple[str, str], http.client.HTTPConnection] = self._open.__dict__.setdefault("kept", {})
        connection = kept.get((scheme, host))
        if connection is None:
            kept[scheme, host] = connection = self._new(scheme, host)
        if connection.sock is not None and wait_for_read(connection.sock, timeout=0):
            connection.close()  # nothing was asked, and yet there is something to read: the end
        if connection.sock is None:
            try:
                connection.connect()
            except OSError as error:
                connection.close()
                raise requests.ConnectTimeout(type(error).__name__) from error
        return connection

    def _new(self, scheme: str, host: str) -> http.client.HTTPConnection:
        if scheme == "https":
            return _Safe(host, timeout=self._timeout, context=self._tls)
        return _Plain(host, timeout=self._timeout)


def _exchange(connection: http.client.HTTPConnection, request: bytes) -> Response:
    """One request in one piece, and its answer."""
    connection.sock.sendall(request)
    with closing(http.client.HTTPResponse(connection.sock, method="POST")) as answer:
        answer.begin()
        text = answer.read().decode("utf-8", "replace")
    if answer.will_close:
        connection.close()
    return Response(answer.status, text, CaseInsensitiveDict(answer.headers.items()))


@lru_cache(maxsize=64)
def _head(path: str, headers: tuple[tuple[str, str], ...]) -> bytes:
    """The lines before the body, up to its length. Raises ValueError for a header that would be two."""
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header of the carrier's client holds a line break")
    return "\r\n".join([*lines, "Content-Length: "]).encode("latin-1")


@contextmanager
def _as_requests() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise requests.ReadTimeout(type(error).__name__) from error
    except (OSError, http.client.HTTPException) as error:
        raise requests.ConnectionError(type(error).__name__) from error


def body_of(form: Mapping[str, Any]) -> bytes:
    """A form as requests encodes it: repeated fields for lists, nothing for None."""
    pairs = []
    for name, value in form.items():
        values = value if isinstance(value, list | tuple) else [value]
        pairs += [f"{name}={_quoted(str(one))}" for one in values if one is not None]
    return "&".join(pairs).encode()


_quoted = lru_cache(maxsize=1024)(quote_plus)
"""A broadcast says the same to everybody, and its Urdu is the larger part of a form."""

"""Fetches a file from its carrier, and from nobody else: the address is checked where the connection is made.

The standard library's client, because its `connect` is the one place where a name has become an address and nothing has
been sent yet: what was checked is what is connected to, however often the name is resolved (DNS rebinding). It asks no
proxy, follows nothing by itself, and its socket can be ended from outside when the time is over.
"""

import base64
import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import certifi

from bot.media.kinds import HEAD, LARGEST, kind_of
from bot.media.places import HTTPS, Source, Target, check_url, follow, may_connect

CONNECT_S, TOTAL_S = 5.0, 60.0
"""Seconds for a connection, and for everything together: 16 MB within a minute needs 2.2 Mbit/s of a server's line."""
HOPS = 3
"""Redirects; Twilio needs one."""
CHUNK = 64 * 1024
OK, MOVED, UNAUTHORISED = 200, (301, 302, 303, 307, 308), (401, 403)
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Fetched:
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class NotNow:
    """Worth another try. `reason` names why, as the desk says it if it was the last."""

    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """No try would be better. `reason` as above."""

    reason: str


Result = Fetched | NotNow | Never


class _ForbiddenError(OSError):
    """The name leads to an address that no carrier's file is at."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


@dataclass(frozen=True)
class Fetcher:
    """`sources`: where each carrier's files may be; `total_s`: seconds for one file, redirects and all."""

    sources: Mapping[str, Source]
    total_s: float = TOTAL_S
    resolve: Resolve = resolve
    tls: ssl.SSLContext = field(default_factory=lambda: ssl.create_default_context(cafile=certifi.where()))

    def fetch(self, carrier: str, url: str, attempt: int) -> Result:
        """The file at a carrier's address; never raises for what the network does. `attempt` (from 0) turns the logins."""
        source, until = self.sources.get(carrier, Source()), time.monotonic() + self.total_s
        for _ in range(HOPS + 1):
            target = check_url(url, source)
            if target is None:
                return Never("address")
            login = source.logins[attempt % len(source.logins)] if target.with_login and source.logins else None
            answer = self._ask(target, login, until)
            if not isinstance(answer, str):
                return answer
            url = follow(url, answer)
        return NotNow("away")

    def _ask(self, target: Target, login: tuple[str, str] | None, until: float) -> Result | str:
        """The file, or the address it is said to be at."""
        connection = self._connection(target, until)
        try:
            with _ended_at(connection, until):
                connection.request("GET", target.path, headers=_headers(login))
                return _read(connection.getresponse(), until)
        except _ForbiddenError:
            return Never("address")
        except (OSError, http.client.HTTPException):
            return NotNow("slow" if time.monotonic() >= until else "away")
        finally:
            connection.close()

    def _connection(self, target: Target, until: float) -> "_Plain | _Tls":
        if target.scheme == "https":
            return _Tls(target, self.resolve, until, self.tls)
        return _Plain(target, self.resolve, until)


class _Plain(http.client.HTTPConnection):
    def __init__(self, target: Target, ask: Resolve, until: float) -> None:
        super().__init__(target.host, target.port)
        self.target, self.ask, self.until = target, ask, until
        self.wire: socket.socket | None = None
        """The connection a second time, to be ended from outside: under TLS the socket itself is handed on."""

    def connect(self) -> None:
        self.sock = self.dial()

    def dial(self) -> socket.socket:
        """A connection to an address that was looked at. A name with one forbidden address among others is not trusted."""
        addresses = self.ask(self.target.host, self.target.port)
        if not addresses or not all(may_connect(a, local=self.target.local) for a in addresses):
            raise _ForbiddenError(self.target.host)
        left = max(0.01, min(CONNECT_S, self.until - time.monotonic()))
        made = socket.create_connection((addresses[0], self.target.port), timeout=left)
        made.settimeout(max(0.01, self.until - time.monotonic()))
        self.wire = made.dup()
        return made

    def close(self) -> None:
        super().close()
        if self.wire is not None:
            self.wire.close()


class _Tls(_Plain):
    default_port = HTTPS  # else the port stands in the Host header, and a signed address does not fit

    def __init__(self, target: Target, ask: Resolve, until: float, context: ssl.SSLContext) -> None:
        super().__init__(target, ask, until)
        self.context = context

    def connect(self) -> None:
        self.sock = self.context.wrap_socket(self.dial(), server_hostname=self.target.host)


@contextmanager
def _ended_at(connection: _Plain, until: float) -> Iterator[None]:
    """Ends the connection when the time is over, wherever it is: a server that drips one byte a second never times out."""

    def end() -> None:
        if connection.wire is not None:
            try:
                connection.wire.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it ended by itself

    watch = threading.Timer(max(0.0, until - time.monotonic()), end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _headers(login: tuple[str, str] | None) -> dict[str, str]:
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close", "User-Agent": "tawar"}
    if login:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(login).encode()).decode()
    return headers


def _read(answer: http.client.HTTPResponse, until: float) -> Result | str:
    """What an answer holds: the file, the address of another place, or why there is none."""
    if answer.status in MOVED:
        location = answer.getheader("Location")
        return location or NotNow("away")
    if answer.status in UNAUTHORISED:
        return NotNow("denied")
    if answer.status != OK:
        return NotNow("missing" if answer.status in (404, 410) else "away")
    told = answer.getheader("Content-Length")
    if told and told.isdecimal() and int(told) > LARGEST:
        return Never("big")
    return _body(answer, until)


def _body(answer: http.client.HTTPResponse, until: float) -> Result:
    """The file as it streams in; given up as soon as its first bytes are of no kind we take, or it is too large for its kind."""
    data, limit = bytearray(), LARGEST
    while chunk := answer.read1(CHUNK):
        data += chunk
        if limit == LARGEST and len(data) >= HEAD:
            kind = kind_of(bytes(data[:HEAD]))
            if kind is None:
                return Never("kind")
            limit = kind.max_bytes
        if len(data) > limit:
            return Never("big")
        if time.monotonic() >= until:
            return NotNow("slow")
    if answer.length:  # cut off before its end
        return NotNow("slow" if time.monotonic() >= until else "away")
    if time.monotonic() >= until:  # ended by us
        return NotNow("slow")
    return Fetched(bytes(data), hashlib.sha256(data).hexdigest())

"""The mill every carrier goes through: one table a carrier, of raw calls and answers and the values they must become.

A carrier's table is a file `<carrier>_table.py` beside tests/carriers/test_mill.py that sets TABLE; there is no other
place to add it to.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from werkzeug.datastructures import Headers

from bot.carriers.port import Carrier, Inbound, Outcome, Outgoing, Receipt, WebRequest
from bot.outbox import Trouble


@dataclass(frozen=True)
class Answer:
    """What the carrier's HTTP server says; `broken`: instead it hangs up (`reset`) or never says a word (`silent`)."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    broken: str = ""


@dataclass(frozen=True)
class Table:
    """`make(url)`: the carrier, sending to that address and patient for a second at most.

    `calls`: raw call -> whether it is the carrier's own; `messages`, `receipts`: raw call -> what is read (None: nothing);
    `answers`: the carrier's answer to `sample` -> outcome; `never_sent`: messages it declines without a call;
    `troubles`: error -> what it means; `secrets`: what no log and no outcome may hold; `tells_health`: it can be asked how
    it is, so that one that is away says so.
    """

    name: str
    make: Callable[[str], Carrier]
    sample: Outgoing
    calls: Mapping[str, tuple[WebRequest, bool]]
    messages: Mapping[str, tuple[WebRequest, Inbound | None]]
    receipts: Mapping[str, tuple[WebRequest, Receipt | None]]
    answers: Mapping[str, tuple[Answer, Outcome]]
    never_sent: Mapping[str, tuple[Outgoing, Outcome]]
    troubles: Mapping[str, Trouble]
    senders: Mapping[str, bool]
    ears: Mapping[str, bool]
    secrets: tuple[str, ...]
    tells_health: bool = True


def call(
    path: str, query: str = "", body: bytes = b"", method: str = "POST", remote: str = "127.0.0.1", **headers: str
) -> WebRequest:
    """A raw call; header names are written with `_` for `-`."""
    named = Headers([(name.replace("_", "-"), value) for name, value in headers.items()])
    return WebRequest(path, query, {}, named, method, body, remote)


@dataclass
class Server:
    """An HTTP server that says one thing to everybody and notes what it was asked."""

    answer: Answer
    port: int
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def saying(answer: Answer) -> Iterator[Server]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(answer, int(listening.getsockname()[1]))
    held: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                link, _ = listening.accept()
                held.append(link)
                with suppress(OSError):
                    _reply(server, link)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
        for link in held:
            link.close()


def _reply(server: Server, link: socket.socket) -> None:
    request, answer = _whole_request(link), server.answer
    server.heard.append(request)
    if answer.broken == "silent":
        return
    if answer.broken == "reset":
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.close()
        return
    head = [f"HTTP/1.1 {answer.status} Said", f"Content-Length: {len(answer.body)}", "Connection: close"]
    head += [f"{name}: {value}" for name, value in answer.headers.items()]
    link.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + answer.body)
    link.close()


def _whole_request(link: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        if not (more := link.recv(65_536)):
            return got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < length and (more := link.recv(65_536)):
        body += more
    return head + b"\r\n\r\n" + body

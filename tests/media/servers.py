"""Carriers that are as bad as one can think of: real servers on this machine, each answer a few lines of bytes."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Talk = Callable[[socket.socket, str], None]
"""Gets the connection and the path that was asked for."""


@dataclass
class Server:
    """Answers each path as its talk says; `asked`: the heads of all requests."""

    port: int = 0
    scheme: str = "http"
    talks: dict[str, Talk] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


def says(data: bytes, status: str = "200 OK", **headers: str) -> Talk:
    told = {"Content-Length": str(len(data)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())

    def talk(wire: socket.socket, _: str) -> None:
        wire.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + data)

    return talk


def moves(location: str, status: str = "307 Temporary Redirect") -> Talk:
    return says(b"", status, Location=location)


def drips(head: bytes, piece: bytes, every_s: float) -> Talk:
    """Says the head, and then a piece again and again for ever."""

    def talk(wire: socket.socket, _: str) -> None:
        wire.sendall(head)
        while True:
            wire.sendall(piece)
            time.sleep(every_s)

    return talk


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(listening.getsockname()[1], "https" if tls else "http")
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                wire, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=_answer, args=(server, wire, tls)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in (accepting, *threads):
            thread.join(10)


def _answer(server: Server, wire: socket.socket, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), wire:  # the other side hangs up on us, as it should
        if tls:
            wire = tls.wrap_socket(wire, server_side=True)
        with wire:
            head = b""
            while b"\r\n\r\n" not in head and (piece := wire.recv(4096)):
                head += piece
            server.asked.append(head.decode("latin-1"))
            path = server.asked[-1].split(" ")[1]
            server.talks.get(path, says(b"no such file", "404 Not Found"))(wire, path)

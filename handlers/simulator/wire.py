"""Breaking a connection in the middle of an answer, on whatever server runs the app."""

import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

from flask import Response

RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class HungUpError(ConnectionError):
    """Raised inside an answer so that the server gives the connection up."""


def hang_up(environ: dict[str, Any]) -> Response:
    """An answer that never arrives: the connection is reset where the server shows its socket, else cut short."""
    if isinstance(line := environ.get("werkzeug.socket"), socket.socket):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        line.shutdown(socket.SHUT_RDWR)
    return Response(_nothing(), headers={"Content-Length": "1000", "Connection": "close"})


def drip(answer: Response, seconds: float) -> Response:
    """The same answer, its bytes spread over so many seconds."""
    body = answer.get_data()
    slow = Response(_slowly(body, seconds / max(len(body), 1)), answer.status_code, dict(answer.headers))
    slow.headers["Content-Length"] = str(len(body))
    return slow


def _slowly(body: bytes, pause: float) -> Iterator[bytes]:
    for place in range(len(body)):
        time.sleep(pause)
        yield body[place : place + 1]


def _nothing() -> Iterator[bytes]:
    yield b" "
    raise HungUpError("the fault 'drop' was asked for")

"""Breaking a connection in the middle of an answer, on whatever server runs the app."""

import socket
import struct
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


def _nothing() -> Iterator[bytes]:
    yield b" "
    raise HungUpError("the fault 'drop' was asked for")

"""A carrier that takes every message at once, or after so many milliseconds: `python -m workers.bench.sink PORT DELAY_MS`.

POST anything: 201 with a message's id, as Twilio's Messages resource answers. GET /told: {phone: seconds since 1970} of
messages to numbers that begin with WATCHED. One thread, no library: what is measured against it must not wait for it.
"""

import asyncio
import json
import sys
import time
from itertools import count
from urllib.parse import unquote_plus

HOST = "127.0.0.1"
WATCHED = "+923000009"
_HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: "


class Sink(asyncio.Protocol):
    """One connection; requests follow one another on it, each after the last one's answer."""

    told: dict[str, float] = {}
    numbers = count(1)

    def __init__(self, delay: float) -> None:
        self._delay, self._buffer = delay, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, mark, rest = self._buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        length = _length(head)
        if len(rest) < length:
            return
        self._buffer = b""
        answer = self._answer(head, rest[:length])
        if self._delay and head.startswith(b"POST"):
            asyncio.get_running_loop().call_later(self._delay, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)  # type: ignore[attr-defined]

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"GET"):
            answer = json.dumps(self.told).encode()
        else:
            to = unquote_plus(body.partition(b"To=")[2].partition(b"&")[0].decode()).removeprefix("whatsapp:")
            if to.startswith(WATCHED):
                self.told.setdefault(to, time.time())
            answer = b'{"sid": "SM%032x", "status": "queued"}' % next(self.numbers)
        return _HEAD + str(len(answer)).encode() + b"\r\n\r\n" + answer


def _length(head: bytes) -> int:
    found = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0].strip()
    return int(found) if found.isdigit() else 0


async def _serve(port: int, delay: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Sink(delay), HOST, port, backlog=256)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))

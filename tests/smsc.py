"""An operator's SMS centre for the tests: SMPP 3.4 by hand, so that every byte Kannel sends and every receipt is ours to see.

Debian's own fake centre (fakesmsc) knows no parts, no error codes and no failed delivery.
"""

import socket
import struct
import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

from bot.sms import BASIC

BIND, BIND_RECEIVER, BIND_TRANSMITTER, UNBIND, ENQUIRE = 0x09, 0x01, 0x02, 0x06, 0x15
SUBMIT, DELIVER, RESPONSE = 0x04, 0x05, 0x80000000
SHORT_CODE = "8300"
# GSM 03.38, in the order of its codes
GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
assert set(GSM) - {"\x1b"} == BASIC


@dataclass(frozen=True)
class Part:
    """One short message as it came over the wire. `coding`: SMPP's data_coding (0: GSM-7, 8: UCS-2)."""

    sender: str
    phone: str
    coding: int
    body: bytes
    place: tuple[int, int, int] = (0, 1, 1)
    """Reference, number of parts, and which of them, from its header."""
    wants_receipt: bool = False

    @property
    def text(self) -> str:
        if self.coding == 8:
            return self.body.decode("utf-16-be", "surrogatepass")
        return gsm_text(self.body)


def gsm_text(body: bytes) -> str:
    codes = iter(body)
    return "".join(ESCAPED[next(codes)] if code == 0x1B else GSM[code] for code in codes)


@dataclass
class Operator:
    """`refuses`: phone -> SMPP error for what is sent to it; `fates`: phone -> the word of its receipts (else DELIVRD)."""

    refuses: dict[str, int] = field(default_factory=dict)
    fates: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    pauses: bool = False
    """Takes no calls for now."""
    withholds: bool = False
    """Keeps receipts to itself until `tells`."""

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._link: socket.socket | None = None
        self._lock = threading.Lock()
        self._count = 0
        self._untold: list[tuple[str, str, bytes]] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.hang_up()
        self._thread.join()

    def hang_up(self) -> None:
        """Cuts the line; Kannel dials again by itself."""
        if self._link:
            with suppress(OSError):
                self._link.shutdown(socket.SHUT_RDWR)

    def heard(self, phone: str) -> list[str]:
        """The whole messages a phone got, in order; parts are joined before they are decoded, as a phone does it."""
        pieces: dict[tuple[int, int], dict[int, Part]] = defaultdict(dict)
        whole: list[str] = []
        for n, part in enumerate([p for p in self.parts if p.phone == phone.lstrip("+")]):
            ref, total, place = part.place
            key = (ref, total) if total > 1 else (-1, n)
            pieces[key][place] = part
            if len(pieces[key]) == total:
                parts = [piece for _, piece in sorted(pieces.pop(key).items())]
                whole.append(Part("", "", part.coding, b"".join(p.body for p in parts)).text)
        return whole

    def says(self, phone: str, text: str, to: str = SHORT_CODE) -> None:
        """A citizen's SMS, in as many parts as it takes."""
        is_basic = all(char in BASIC for char in text)
        body = bytes(GSM.index(char) for char in text) if is_basic else text.encode("utf-16-be")
        single, part = (160, 153) if is_basic else (140, 134)
        if len(body) <= single:
            self._deliver(phone, to, 0 if is_basic else 8, body)
            return
        cut = [body[i : i + part] for i in range(0, len(body), part)]
        reference = self._next() % 256
        for n, piece in enumerate(cut, 1):
            header = bytes([5, 0, 3, reference, len(cut), n])
            self._deliver(phone, to, 0 if is_basic else 8, header + piece, esm_class=0x40)

    def tells(self) -> None:
        """Sends the receipts kept back."""
        self.withholds = False
        while self._untold:
            phone, sender, words = self._untold.pop(0)
            self._deliver(phone, sender, 0, words, esm_class=0x04)

    def _next(self) -> int:
        with self._lock:
            self._count += 1
            return self._count

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listening.accept()
            except OSError:
                return
            with link, suppress(OSError):
                if not self.pauses:
                    self._answer_all(link)
            self._link = None

    def _answer_all(self, link: socket.socket) -> None:
        stream = link.makefile("rb")
        while header := stream.read(16):
            length, command, _status, number = struct.unpack(">IIII", header)
            body = stream.read(length - 16)
            if command in (BIND, BIND_RECEIVER, BIND_TRANSMITTER):
                self._send(link, command | RESPONSE, 0, number, b"tests\0")
                self._link = link
            elif command == SUBMIT:
                self._take(link, number, body)
            elif command in (ENQUIRE, UNBIND):
                self._send(link, command | RESPONSE, 0, number)

    def _take(self, link: socket.socket, number: int, body: bytes) -> None:
        part = _parse(body)
        if error := self.refuses.get("+" + part.phone):
            self._send(link, SUBMIT | RESPONSE, error, number, b"\0")
            return
        message_id = f"{self._next():08d}"
        self._send(link, SUBMIT | RESPONSE, 0, number, message_id.encode() + b"\0")
        self.parts.append(part)
        if part.wants_receipt:
            fate = self.fates.get("+" + part.phone, "DELIVRD")
            words = f"id:{message_id} sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:{fate} err:000 text:"
            self._untold.append((part.phone, part.sender, words.encode()))
            if not self.withholds:
                self.tells()

    def _deliver(self, phone: str, to: str, coding: int, body: bytes, esm_class: int = 0) -> None:
        source = b"\x01\x01" + phone.lstrip("+").encode() + b"\0"
        target = b"\x00\x01" + to.encode() + b"\0"
        tail = bytes([esm_class, 0, 0]) + b"\0\0" + bytes([0, 0, coding, 0, len(body)])
        assert self._link, "Kannel is not bound to the operator"
        self._send(self._link, DELIVER, 0, self._next(), b"\0" + source + target + tail + body)

    def _send(self, link: socket.socket, command: int, status: int, number: int, body: bytes = b"") -> None:
        with self._lock:
            link.sendall(struct.pack(">IIII", 16 + len(body), command, status, number) + body)


def _parse(body: bytes) -> Part:
    """A submit_sm's body (SMPP 3.4, section 4.4.1)."""
    _service, body = body.split(b"\0", 1)
    sender, body = body[2:].split(b"\0", 1)
    phone, body = body[2:].split(b"\0", 1)
    esm_class, body = body[0], body[3:]
    _schedule, body = body.split(b"\0", 1)
    _validity, body = body.split(b"\0", 1)
    registered, coding, length = body[0], body[2], body[4]
    text, place = body[5 : 5 + length], (0, 1, 1)
    if esm_class & 0x40:
        place, text = (text[3], text[4], text[5]), text[text[0] + 1 :]
    return Part(sender.decode(), phone.decode(), coding, text, place, bool(registered & 1))

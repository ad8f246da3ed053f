"""The things the simulator keeps: messages, media, options; and the ids and addresses they go by."""

import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

CHANNELS = ("whatsapp", "sms", "kannel")
E164 = re.compile(r"\+[1-9]\d{6,14}\Z")
RANK = {"accepted": 0, "scheduled": 0, "receiving": 0, "queued": 1, "sending": 2, "sent": 3, "failed": 4}
RANK |= {"canceled": 4, "undelivered": 4, "delivered": 5, "received": 5, "read": 6}


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def new_sid(prefix: str) -> str:
    """A fresh id: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def new_uuid() -> str:
    """A fresh id as Kannel gives them."""
    return str(uuid.uuid4())


def split_address(address: str) -> tuple[str, str]:
    """`whatsapp:+92...` or `+92...` -> (channel, number)."""
    if address.startswith("whatsapp:"):
        return "whatsapp", address.removeprefix("whatsapp:")
    return "sms", address


def join_address(channel: str, number: str) -> str:
    """(channel, number) -> the address form of the carrier."""
    return f"whatsapp:{number}" if channel == "whatsapp" else number


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to tap under a message: `kind` is `button` or `item`."""

    id: str
    title: str
    description: str = ""
    kind: str = "button"


@dataclass(frozen=True, slots=True)
class Media:
    """A file of a message: its bytes, or the address it was given by."""

    sid: str
    type: str
    data: bytes = b""
    url: str = ""
    created: datetime = field(default_factory=now)


@dataclass(slots=True)
class Message:
    """One message of a thread; `number` is always the citizen's. Changed only through the exchange.

    `callback`: where its receipts go; `mask`: which of them Kannel was asked for. `created` and `updated` are stamped by
    the exchange, and so is `sent` where it is set. `seen`: the service marked a citizen's message as read.
    """

    sid: str
    channel: str
    number: str
    direction: str  # inbound, outbound-api, outbound-reply
    sender: str
    text: str
    status: str
    options: tuple[Option, ...] = ()
    menu: str = ""
    media: tuple[Media, ...] = ()
    place: tuple[float, float] | None = None
    label: str = ""
    callback: str = ""
    mask: int = 0
    service: str = ""
    seen: bool = False
    content: str = ""
    error: int | None = None
    note: tuple[str, str] = ("", "")
    segments: int = 1
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)
    sent: datetime | None = None

    @property
    def inbound(self) -> bool:
        """Whether the citizen wrote it."""
        return self.direction == "inbound"

    @property
    def shown(self) -> str:
        """Its status as the citizen's phone shows it; the REST API knows no reading of inbound messages."""
        return "read" if self.seen else self.status

    @property
    def addresses(self) -> tuple[str, str]:
        """(from, to) in the carrier's form."""
        citizen, service = join_address(self.channel, self.number), join_address(self.channel, self.sender)
        return (citizen, service) if self.inbound else (service, citizen)

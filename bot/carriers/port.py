"""What every carrier is: a way to check who calls, read a message or a receipt, and send; with a value for every outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class Headers(Protocol):
    """Looked up by name in any case, as HTTP has it."""

    def get(self, name: str, default: str, /) -> str:
        """The header's value, or the default."""


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A carrier's call, untouched: `query` is the raw query string, `form` every value of every field in order."""

    path: str
    query: str
    form: Mapping[str, Sequence[str]]
    headers: "Headers"


@dataclass(frozen=True, slots=True)
class MediaRef:
    url: str
    kind: str
    """Content type, as the carrier tells it."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A citizen's message as a carrier delivered it. `phone` is E.164; `channel` is whatsapp or sms."""

    carrier: str
    provider_id: str
    channel: str
    phone: str
    text: str
    button: str = ""
    media: tuple[MediaRef, ...] = ()
    pin: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message we sent. `ref` is our own id from the receipt URL, empty if the carrier lost it."""

    carrier: str
    ref: str
    provider_id: str
    status: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send. `ref` goes along so that its receipts find us whatever happens."""

    ref: str
    channel: str
    phone: str
    text: str


@dataclass(frozen=True, slots=True)
class Accepted:
    provider_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier will not take it, now or later."""

    error: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Certainly not sent; worth another try."""

    error: str


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The carrier says this person sent it STOP."""

    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been sent and may not: never blindly sent again."""

    error: str


Outcome = Accepted | Refused | TryAgain | OptedOut | Unknown


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message the carrier says it has."""

    provider_id: str
    status: str
    text: str


class Carrier(Protocol):
    """A way messages travel."""

    name: str

    def verify(self, request: WebRequest) -> bool:
        """Whether the call is the carrier's own."""

    def read(self, request: WebRequest) -> Inbound | None:
        """The message in a call; None when it carries none we can answer (e.g. from a name instead of a number)."""

    def read_receipt(self, request: WebRequest) -> Receipt | None:
        """The receipt in a call; None when it says nothing."""

    def sends(self, channel: str) -> bool:
        """Whether a sender is configured for the channel."""

    def send(self, message: Outgoing) -> Outcome:
        """Hands a message to the carrier. Never raises for what the network or the carrier does."""

    def find(self, message: Outgoing, since: datetime) -> list[Sighting] | None:
        """Messages to that phone the carrier knows since then; None when it cannot be asked now."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """The carriers in use, by name."""

    by_name: Mapping[str, Carrier] = field(default_factory=dict)

    def get(self, name: str) -> Carrier | None:
        return self.by_name.get(name)

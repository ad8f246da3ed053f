"""What every carrier is: a way to check who calls, read a message or a receipt, and send; with a value for every outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.outbox import Trouble


class Headers(Protocol):
    """Looked up by name in any case, as HTTP has it."""

    def get(self, name: str, default: str, /) -> str:
        """The header's value, or the default."""


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A carrier's call, untouched: `query` is the raw query string, `form` every value of every field in order.

    `body`: its bytes where it is no form; `remote`: the address of the connection itself, not what a header says of it.
    """

    path: str
    query: str
    form: Mapping[str, Sequence[str]]
    headers: "Headers"
    method: str = "POST"
    body: bytes = b""
    remote: str = ""


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
    keyword: str = ""
    """`stop`, `start` or `help` where the carrier itself has answered the word already: we do what it says, and say nothing."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message we sent. `ref` is our own id from the receipt URL, empty if the carrier lost it."""

    carrier: str
    ref: str
    provider_id: str
    status: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list: `id` comes back when it is chosen, `label` is what is read."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Template:
    """A pre-approved text, by the id the carrier knows it by, and its variables by place ("1", "2" …)."""

    provider_id: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send. `ref` goes along so that its receipts find us whatever happens.

    `text` is the whole, lists as numbered lines; `body` and `choices` are the same for a carrier that has buttons and lists
    (no `choices`: there are none). `media`: addresses the carrier fetches, `pin`: (latitude, longitude). `template`: instead
    of all of them. `menu`: the word on the button that opens a list.
    """

    ref: str
    channel: str
    phone: str
    text: str
    body: str = ""
    choices: tuple[Choice, ...] = ()
    media: tuple[MediaRef, ...] = ()
    pin: tuple[float, float] | None = None
    template: Template | None = None
    menu: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    provider_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier will not take it, now or later. `trouble`: whose fault it is, which decides what happens then."""

    error: str
    trouble: Trouble = Trouble.REFUSED


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Certainly not sent; worth another try, `after` so long where the carrier said."""

    error: str
    after: timedelta | None = None
    trouble: Trouble = Trouble.LATER


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The carrier says this person sent it STOP."""

    error: str


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """WhatsApp's 24 hours are over: only a template would be taken."""

    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been sent and may not: never blindly sent again."""

    error: str


Outcome = Accepted | Refused | TryAgain | OptedOut | WindowClosed | Unknown


@dataclass(frozen=True, slots=True)
class Pace:
    """`sender`: who shares the rate; `per_second`: what it may send, in SMS segments (WhatsApp: messages)."""

    sender: str
    per_second: float
    in_segments: bool = True


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message the carrier says it has. `text`: as in the Outgoing asked about, if it is what that one is written out to."""

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

    def hears(self, channel: str) -> bool:
        """Whether citizens can answer on the channel: Twilio's SMS in Pakistan goes one way only."""

    def pace(self, channel: str) -> Pace:
        """How fast the sender of a channel may go."""

    def trouble(self, error: str) -> Trouble:
        """What an error in a receipt or an outcome means for the message."""

    def send(self, message: Outgoing) -> Outcome:
        """Hands a message to the carrier. Never raises for what the network or the carrier does."""

    def find(self, message: Outgoing, since: datetime) -> list[Sighting] | None:
        """Messages to that phone the carrier knows since then; None when it cannot be asked now."""

    def missed(self, since: datetime) -> list[Inbound] | None:
        """Messages citizens sent since then, oldest first, as the carrier still has them; None when it cannot be asked."""

    def typing(self, message: Inbound) -> None:
        """Shows the citizen that an answer is being written, where the channel can; never raises."""

    def health(self) -> str:
        """Empty when all is well, else what is wrong, for an operator; asked over the network, so not in a transaction."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """The carriers in use, by name."""

    by_name: Mapping[str, Carrier] = field(default_factory=dict)

    def get(self, name: str) -> Carrier | None:
        return self.by_name.get(name)

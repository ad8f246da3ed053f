"""The values a turn is made of: what came in, what is remembered, what goes out, what is to be done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.directory import Directory
from bot.names import Names
from bot.text.answers import Lexicon


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a citizen, cleaned. `id` is our own row id; `media` are content types; `pin` is (latitude, longitude)."""

    id: int
    text: str
    at: datetime
    button: str = ""
    media: tuple[str, ...] = ()
    pin: tuple[float, float] | None = None
    earlier: tuple[int, ...] = ()
    """Ids of messages that were put aside before and are taken up together with this one."""

    @property
    def ids(self) -> tuple[int, ...]:
        return (*self.earlier, self.id)


@dataclass(frozen=True, slots=True)
class Draft:
    """A complaint or question on its way; `messages` are the inbound rows that belong to it."""

    kind: str = "complaint"
    number: str = ""
    """Set while a ticket that is open already is being corrected."""
    quick: bool = False
    """The citizen told it in words instead of choosing from lists: it is sent as soon as nothing is missing."""
    warned: bool = False
    """The number to call in danger was said."""
    safe: bool = False
    """The citizen said that it is safe to write back; asked of violence at home alone."""
    unsafe: bool = False
    """The citizen said that it is not safe to write back."""
    sector: str = ""
    category: str = ""
    district: str = ""
    tehsil: str = ""
    words: str = ""
    service: str = ""
    messages: tuple[int, ...] = ()
    media: tuple[str, ...] = ()
    pin: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is remembered between two messages of one contact, whatever carrier they came by."""

    language: str = ""
    chosen: bool = False
    """The citizen chose the language; a guess never overrides a choice."""
    digits: str = ""
    """The digits the citizen wrote last (see bot/text/digits.py); empty: as the language does."""
    step: str = ""
    """The question that was asked last, e.g. `report.place`; empty when none is open."""
    draft: Draft | None = None
    offered: tuple[str, ...] = ()
    """Ids behind the numbers of the last list: answer 2 means offered[1]."""
    aside: Message | None = None
    """A message put aside while another question is settled; it is taken up again afterwards."""
    back_to: str = ""
    back_offered: tuple[str, ...] = ()
    """The question, and its list, that were open when the language was asked."""
    misses: int = 0
    opened: Draft | None = None
    """What was sent in the last turn, while it may still be corrected or withdrawn with one number."""
    about: str = ""
    """Number of the ticket the last exchange was about."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the catalog inside a sentence, e.g. the name of a state."""

    key: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date to be written as people of the language write it."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """The day until which a ticket is to be answered once all that the turn asks is done."""

    number: str


Value = str | int | Names | Term | Day | Due | tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a list; a number, a button or the words themselves choose it."""

    id: str
    label: Names | Term


@dataclass(frozen=True, slots=True)
class Reply:
    """A sentence of the catalog with its values; the hands put it into the citizen's language and the carrier's form."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    """Numbered from 1; an option whose id is `back` is shown as 0."""
    lines: tuple["Reply", ...] = ()
    """Further sentences of the same message."""


@dataclass(frozen=True, slots=True)
class OpenTicket:
    number: str
    draft: Draft
    department: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class CorrectTicket:
    """The citizen says that category, place or words are others; the same ticket goes where it belongs now."""

    number: str
    draft: Draft
    department: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class WithdrawTicket:
    """The citizen takes the ticket back."""

    number: str


@dataclass(frozen=True, slots=True)
class AddToTicket:
    """The message belongs to a ticket that is already there."""

    number: str
    message: int


@dataclass(frozen=True, slots=True)
class GiveVerdict:
    """The citizen says whether the answer solved the problem; nobody else can. `verdict`: solved, partly or unsolved."""

    number: str
    verdict: str


@dataclass(frozen=True, slots=True)
class RateTicket:
    """How good the citizen found it: 1 (bad) to 5 (very good)."""

    number: str
    rating: int


@dataclass(frozen=True, slots=True)
class StopOutreach:
    """No more announcements; answers to the citizen's own tickets still come."""


@dataclass(frozen=True, slots=True)
class ResumeOutreach:
    """Announcements again."""


Command = (
    OpenTicket | CorrectTicket | WithdrawTicket | AddToTicket | GiveVerdict | RateTicket | StopOutreach | ResumeOutreach
)


@dataclass(frozen=True, slots=True)
class Turn:
    conversation: Conversation
    replies: tuple[Reply, ...]
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketView:
    """As much of a citizen's own ticket as the dialogue speaks of."""

    number: str
    kind: str
    state: str
    category: str
    department: str
    deadline: datetime
    opened_at: datetime
    unsafe: bool = False
    ended_at: datetime | None = None
    """When it was confirmed, rejected, withdrawn or closed without a verdict."""
    district: str = ""
    level: int = 0
    """How often it went up."""
    steps: int = 0
    """How many events its history has."""
    code: str = ""
    """The short code of its history (bot/chain.py)."""


@dataclass(frozen=True, slots=True)
class World:
    """All that lies outside the conversation. Time, numbers and tickets are injected, so a talk replays exactly."""

    now: datetime
    directory: Directory
    lexicon: Lexicon
    languages: Sequence[tuple[str, str]]
    """(code, own name) in the order they are offered."""
    tickets: Callable[[], Sequence[TicketView]]
    """The contact's own tickets, newest first."""
    new_number: Callable[[], str]

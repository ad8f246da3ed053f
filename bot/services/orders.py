"""What an official asks of a ticket, who they are to it, and what may come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from bot.store import seats

MAX_REPLY = 1200
"""Characters of an official's words: what is put around them must still fit Twilio's 1,600."""


@dataclass(frozen=True, slots=True)
class Official:
    """Who acts. `departments`: None for those who see all."""

    account_id: int
    name: str
    departments: tuple[str, ...] | None
    decides: bool = False
    """Whether they decide whose work a ticket is that was passed on too often (permission tickets.decide)."""

    def may_see(self, tx: Connection, ticket_id: int, department: str) -> bool:
        """Whether a ticket of `department` is on a desk of the official's: answering, helping, or above."""
        return bool(self.part(tx, ticket_id, department))

    def part(self, tx: Connection, ticket_id: int, department: str) -> str:
        """What an official is to a ticket of `department`, as the table of its life calls it; empty: nothing."""
        if self.departments is None or department in self.departments:
            return "official"
        kinds = {kind for code, kind in seats.of_ticket(tx, ticket_id).items() if code in self.departments}
        return "official" if seats.ABOVE in kinds else "helper" if kinds else ""


@dataclass(frozen=True, slots=True)
class Done:
    """It happened. `outbox_ids`: what is to be sent now."""

    outbox_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same form came before; nothing was done again."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody changed the ticket meanwhile; nothing was done, and `text` is not lost."""

    text: str


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The ticket's table has no such step now."""

    state: str
    action: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """The text is missing or too long, or no other category was chosen; `key` says which in the catalog."""

    key: str


Result = Done | Repeated | Stale | NotAllowed | Unfit


@dataclass(frozen=True, slots=True)
class Order:
    """One form: `key` is new for every form shown, so a double tap is known; `version` is the ticket's as it was seen."""

    number: str
    action: str
    key: str
    version: int
    text: str = ""
    category: str = ""
    """What the ticket is about, for `sort`."""
    department: str = ""
    """To whom, for `transfer`, `refer` and `help`."""
    reason: str = ""
    """Why, for `reject`: a code of the directory's."""
    to: int = 0
    """The account it is given to, for `assign`."""
    file: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the row of a file that goes with a reply and lies on the shelf already; empty: none goes."""

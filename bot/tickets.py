"""A ticket's life: one table of what may happen (`bot/data/ticket_life.csv`), and the number a citizen can text."""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from stdnum import damm
from stdnum.exceptions import ValidationError

NUMBER_DIGITS = 8
"""Seven drawn at random, so that nobody can guess a neighbour's, and a check digit (Damm 2004: it catches every single
mistyped digit and every swap of two neighbours)."""

STATES = (
    "new", "assigned", "in_progress", "waiting", "answered", "disputed", "confirmed", "lapsed", "rejected",
    "withdrawn", "joined",
)  # fmt: skip
"""`waiting`: for the citizen; `answered`: for the citizen's verdict; `lapsed`: closed because none came; `joined`: follows
another ticket about the same trouble."""
RUNNING = frozenset({"new", "assigned", "in_progress", "disputed"})
"""The department's clock runs."""
OPEN_STATES = RUNNING | {"waiting", "answered"}
_SEPARATORS = re.compile(r"[\s\-./#,]+")


@dataclass(frozen=True, slots=True)
class Refused:
    """The table knows no such step: `action` cannot be done by `role` to a ticket in `state`."""

    state: str
    action: str
    role: str


@cache
def transitions() -> Mapping[tuple[str, str, str], str]:
    """{(state, action, role): next state}, from `bot/data/ticket_life.csv`. What is missing there is refused.

    Only the citizen confirms or disputes an answer: an official's last word is `answered`, the clock's is `lapsed`.
    """
    with files("bot.data").joinpath("ticket_life.csv").open(encoding="utf-8") as stream:
        return {(row["state"], row["action"], row["role"]): row["next"] for row in csv.DictReader(stream)}


def next_state(state: str, action: str, role: str) -> str | Refused:
    """The state after `action` by `role`, or Refused."""
    return transitions().get((state, action, role)) or Refused(state, action, role)


def allowed_actions(state: str, role: str) -> list[str]:
    """What `role` may do to a ticket in `state`, in the table's order."""
    return [action for (before, action, who) in transitions() if (before, who) == (state, role)]


def draw_number(random_below: Callable[[int], int]) -> str:
    """A fresh ticket number; `random_below(n)` gives an integer in [0, n)."""
    first = 10 ** (NUMBER_DIGITS - 2)
    serial = str(first + random_below(9 * first))
    return serial + str(damm.calc_check_digit(serial))


def read_number(folded: str) -> str | None:
    """The ticket number in a folded answer, with or without separators or words around it; None if none passes the check."""
    whole = _SEPARATORS.sub("", folded)
    for run in [whole, *re.findall(r"\d+", folded), *_joined_groups(folded)]:
        if len(run) == NUMBER_DIGITS and run.isascii() and run.isdecimal() and is_number(run):
            return str(run)
    return None


def looks_like_number(folded: str) -> bool:
    """Whether the whole message is digits of about a ticket number's length, though its check digit is wrong."""
    digits = _SEPARATORS.sub("", folded)
    return digits.isdecimal() and NUMBER_DIGITS - 1 <= len(digits) <= NUMBER_DIGITS + 1


def is_number(digits: str) -> bool:
    """Whether the check digit is right."""
    try:
        damm.validate(digits)
    except ValidationError:
        return False
    return True


def _joined_groups(folded: str) -> list[str]:
    """Runs of digit groups joined: people write 4827 1936 and 48-27-19-36."""
    return ["".join(group.split()) for group in re.findall(r"\d+(?: \d+)+", folded)]

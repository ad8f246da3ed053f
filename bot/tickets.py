"""A ticket's life: one table of what may happen, and the number a citizen can text."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import damm
from stdnum.exceptions import ValidationError

NUMBER_DIGITS = 8
"""Seven drawn at random, so that nobody can guess a neighbour's, and a check digit (Damm 2004: it catches every single
mistyped digit and every swap of two neighbours)."""

# state x action -> (role that may, next state). What is missing here is refused.
# Only the citizen closes a ticket: an official's last word is `answered`.
TRANSITIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("new", "take"): ("official", "in_progress"),
    ("in_progress", "take"): ("official", "in_progress"),
    ("reopened", "take"): ("official", "in_progress"),
    ("new", "reply"): ("official", "in_progress"),
    ("in_progress", "reply"): ("official", "in_progress"),
    ("reopened", "reply"): ("official", "in_progress"),
    ("answered", "reply"): ("official", "answered"),
    ("closed", "reply"): ("official", "closed"),
    ("new", "resolve"): ("official", "answered"),
    ("in_progress", "resolve"): ("official", "answered"),
    ("reopened", "resolve"): ("official", "answered"),
    ("new", "sort"): ("official", "new"),
    ("in_progress", "sort"): ("official", "in_progress"),
    ("reopened", "sort"): ("official", "reopened"),
    ("new", "hear"): ("official", "new"),
    ("in_progress", "hear"): ("official", "in_progress"),
    ("reopened", "hear"): ("official", "reopened"),
    ("answered", "hear"): ("official", "answered"),
    ("new", "note"): ("official", "new"),
    ("in_progress", "note"): ("official", "in_progress"),
    ("reopened", "note"): ("official", "reopened"),
    ("answered", "note"): ("official", "answered"),
    ("closed", "note"): ("official", "closed"),
    ("new", "correct"): ("citizen", "new"),
    ("in_progress", "correct"): ("citizen", "in_progress"),
    ("new", "withdraw"): ("citizen", "withdrawn"),
    ("in_progress", "withdraw"): ("citizen", "withdrawn"),
    ("withdrawn", "note"): ("official", "withdrawn"),
    ("withdrawn", "write"): ("citizen", "withdrawn"),
    ("answered", "confirm"): ("citizen", "closed"),
    ("answered", "dispute"): ("citizen", "reopened"),
    ("new", "write"): ("citizen", "new"),
    ("in_progress", "write"): ("citizen", "in_progress"),
    ("reopened", "write"): ("citizen", "reopened"),
    ("answered", "write"): ("citizen", "answered"),
    ("closed", "write"): ("citizen", "closed"),
}
STATES = ("new", "in_progress", "answered", "reopened", "closed", "withdrawn")
OPEN_STATES = frozenset(STATES) - {"closed", "withdrawn"}
_SEPARATORS = re.compile(r"[\s\-./#,]+")


@dataclass(frozen=True, slots=True)
class Refused:
    """The table knows no such step: `action` cannot be done by `role` to a ticket in `state`."""

    state: str
    action: str
    role: str


def next_state(state: str, action: str, role: str) -> str | Refused:
    """The state after `action` by `role`, or Refused."""
    step = TRANSITIONS.get((state, action))
    return step[1] if step and step[0] == role else Refused(state, action, role)


def allowed_actions(state: str, role: str) -> list[str]:
    """What `role` may do to a ticket in `state`, in the table's order."""
    return [action for (from_state, action), (who, _) in TRANSITIONS.items() if from_state == state and who == role]


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

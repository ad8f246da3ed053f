"""One step of a ticket's life: the table is asked, the ticket changes, its history grows; all in the caller's transaction."""

from typing import Any

from sqlalchemy import Connection

from bot import tickets as life
from bot.services import timing
from bot.services.hands import Hands
from bot.store import events, seats, tickets

CLIMBS = ("escalate", "dispute")
ENDED = frozenset(life.STATES) - life.OPEN_STATES


def step(
    tx: Connection,
    hands: Hands,
    ticket: Any,
    action: str,
    role: str,
    *,
    account: int | None = None,
    text: str = "",
    changes: dict[str, Any] | None = None,
    **data: Any,
) -> str | life.Refused:
    """Takes a locked ticket the step that `action` by `role` is; its state afterwards, or Refused with nothing done.

    `account`: the official; `text`: words that officials alone read; `changes`: columns of the ticket that change with it;
    `data`: codes and numbers that stand in its history.
    """
    state, now = life.next_state(ticket.state, action, role), hands.now()
    if isinstance(state, life.Refused):
        return state
    fields = timing.changes(hands.directory.rules, ticket, action, state, now)
    if (state in ENDED) != (ticket.ended_at is not None):
        fields["ended_at"] = now if state in ENDED else None
    if action in CLIMBS and (above := timing.above(hands.directory.rules, ticket, now)):
        seats.add(tx, ticket.id, above, seats.ABOVE)
    quietly = role == "clock"  # what an official is writing meanwhile is not out of date because time passed
    tickets.change(tx, ticket.id, quietly=quietly, state=state, **fields | (changes or {}))
    events.record(tx, ticket.id, now, role, action, account=account, text=text, **data)
    return state

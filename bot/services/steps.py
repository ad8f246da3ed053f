"""One step of a ticket's life: the table is asked, the ticket changes, its history grows; all in the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import tickets as life
from bot.store import events, tickets

ENDED = frozenset(life.STATES) - life.OPEN_STATES


def step(
    tx: Connection,
    now: datetime,
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
    state = life.next_state(ticket.state, action, role)
    if isinstance(state, life.Refused):
        return state
    fields = _marks(ticket, action, state, now) | (changes or {})
    tickets.change(tx, ticket.id, state=state, **fields)
    events.record(tx, ticket.id, now, role, action, account=account, text=text, **data)
    return state


def _marks(ticket: Any, action: str, state: str, now: datetime) -> dict[str, Any]:
    """The instants a state stands for."""
    marks: dict[str, Any] = {}
    if action == "resolve":
        marks["answered_at"] = now
    if (state in ENDED) != (ticket.ended_at is not None):
        marks["ended_at"] = now if state in ENDED else None
    return marks

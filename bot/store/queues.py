"""The queue of a desk: pages of the tickets its people see, and how many each view has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, or_, select

from bot.store.accounts import accounts
from bot.store.seats import seats
from bot.store.tickets import tickets
from bot.views import LATE, MINE, NOBODYS, TODAY, VIEWS, View, end_of_today


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and when. `departments`: those whose tickets they see, None for all."""

    account_id: int
    departments: Sequence[str] | None
    now: datetime


def page(
    connection: Connection, reader: Reader, view: View, limit: int, offset: int = 0
) -> Sequence[Row[tuple[Any, ...]]]:
    """Tickets of a view with their owners' names: what is due by its deadline, all else newest trouble first."""
    query = select(tickets, accounts.c.name.label("owner")).outerjoin(accounts, accounts.c.id == tickets.c.owner_id)
    query = query.where(*_seen_by(reader), *_of(view, reader))
    order = (tickets.c.deadline, tickets.c.id) if view.due else (tickets.c.touched_at.desc(), tickets.c.id.desc())
    return connection.execute(query.order_by(*order).limit(limit).offset(offset)).all()


def counts(connection: Connection, reader: Reader) -> dict[str, int]:
    """{view: tickets}, in one look."""
    sums = [func.count(case((_all(_of(view, reader)), 1))).label(view.name) for view in VIEWS]
    row = connection.execute(select(*sums).where(*_seen_by(reader))).one()
    return {view.name: int(getattr(row, view.name)) for view in VIEWS}


def _of(view: View, reader: Reader) -> list[Any]:
    found: list[Any] = [tickets.c.state.in_(sorted(view.states))]
    if view.whose == MINE:
        found.append(tickets.c.owner_id == reader.account_id)
    if view.whose == NOBODYS:
        found.append(tickets.c.owner_id.is_(None))
    if view.due == LATE:
        found.append(tickets.c.deadline < reader.now)
    if view.due == TODAY:
        found.append(tickets.c.deadline.between(reader.now, end_of_today(reader.now)))
    if view.raised:
        found.append(tickets.c.level > 0)
    return found


def _all(conditions: Sequence[Any]) -> Any:
    first, *more = conditions
    for one in more:
        first &= one
    return first


def _seen_by(reader: Reader) -> list[Any]:
    """Their departments answer for it, help, or are above."""
    if reader.departments is None:
        return []
    seated = select(seats.c.ticket_id).where(seats.c.department.in_(reader.departments))
    return [or_(tickets.c.department.in_(reader.departments), tickets.c.id.in_(seated))]

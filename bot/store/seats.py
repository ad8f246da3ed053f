"""Departments that see a ticket besides the one that answers for it: those asked to help, and those it went up to."""

from collections.abc import Sequence

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, Text, select

from bot.store.database import insert
from bot.store.schema import Id, metadata

seats = Table(
    "seats",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("department", Text, primary_key=True),
    Index("ix_seats_department", "department", "ticket_id"),
)


def add(connection: Connection, ticket_id: int, department: str) -> None:
    """Lets a department see a ticket from now on."""
    new = insert(connection.dialect.name, seats).on_conflict_do_nothing()
    connection.execute(new.values(ticket_id=ticket_id, department=department))


def of_ticket(connection: Connection, ticket_id: int) -> Sequence[str]:
    """The departments, in order of their codes."""
    query = select(seats.c.department).where(seats.c.ticket_id == ticket_id)
    return connection.execute(query.order_by(seats.c.department)).scalars().all()

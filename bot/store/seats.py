"""Departments that see a ticket besides the one that answers for it: those asked to help, and those it went up to."""

from collections.abc import Mapping

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, Text, select

from bot.store.database import insert
from bot.store.schema import Id, metadata

ABOVE, HELPER = "above", "helper"

seats = Table(
    "seats",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("department", Text, primary_key=True),
    Column("kind", Text, nullable=False, server_default="above"),
    Index("ix_seats_department", "department", "ticket_id"),
)


def add(connection: Connection, ticket_id: int, department: str, kind: str) -> None:
    """Lets a department see a ticket from now on. `kind`: ABOVE or HELPER; who is above already stays so."""
    new = insert(connection.dialect.name, seats).values(ticket_id=ticket_id, department=department, kind=kind)
    promoted = new.on_conflict_do_update(index_elements=["ticket_id", "department"], set_={"kind": ABOVE})
    connection.execute(promoted if kind == ABOVE else new.on_conflict_do_nothing())


def of_ticket(connection: Connection, ticket_id: int) -> Mapping[str, str]:
    """{department: kind}"""
    query = select(seats.c.department, seats.c.kind).where(seats.c.ticket_id == ticket_id)
    return {row.department: row.kind for row in connection.execute(query.order_by(seats.c.department))}

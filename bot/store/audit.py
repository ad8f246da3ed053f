"""What people at desks did that is no step of a ticket: sign-ins, unsealed numbers, roles; added to and never rewritten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, ForeignKey, Index, Row, Table, Text, insert, select

from bot.store.accounts import accounts
from bot.store.schema import Id, Instant, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("account_id", Id, ForeignKey("accounts.id")),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_audit_at", "at"),
    Index("ix_audit_subject", "subject"),
)


def note(
    connection: Connection, at: datetime, account_id: int | None, action: str, subject: str = "", **data: Any
) -> None:
    """Adds one line. `account_id`: who did it, None for the service itself; `subject`: to whom or what, as in a URL
    (`account:phed`, `ticket:12345674`); `data`: codes and reasons, never a phone number or a citizen's words."""
    fields = {"at": at, "account_id": account_id, "action": action, "subject": subject, "data": data}
    connection.execute(insert(audit).values(**fields))


def newest(
    connection: Connection, limit: int, *, before: int | None = None, **wanted: Any
) -> Sequence[Row[tuple[Any, ...]]]:
    """The newest lines with the names of who did them, older than line `before`; `wanted`: account_id, action or subject."""
    query = select(audit, accounts.c.username, accounts.c.name).outerjoin(accounts, accounts.c.id == audit.c.account_id)
    query = query.where(*(audit.c[name] == value for name, value in wanted.items()))
    if before is not None:
        query = query.where(audit.c.id < before)
    return connection.execute(query.order_by(audit.c.id.desc()).limit(limit)).all()

"""What officials and citizens put right, as labelled examples; and the versions of what was learnt from them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Row,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)

from bot.store.database import insert as insert_or_update
from bot.store.schema import Id, Instant, metadata

examples = Table(
    "examples",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("category", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

models = Table(
    "models",
    metadata,
    Column("version", Id, primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("examples", JSON, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("accepted_at", Instant),
    Column("accepted_by", Text, nullable=False, default=""),
    Column("retired_at", Instant),
    Column("retired_by", Text, nullable=False, default=""),
    Column("weights", LargeBinary, nullable=False),
    Index(
        "uq_models_in_use",
        "state",
        unique=True,
        sqlite_where=text("state = 'accepted'"),
        postgresql_where=text("state = 'accepted'"),
    ),
)

# The weights are most of a megabyte: read only where they are used.
_told = [column for column in models.c if column.name != "weights"]


def keep_example(connection: Connection, ticket_id: int, **fields: Any) -> None:
    """Writes down what a ticket is about (`category text source at`) in the place of what was known of it before."""
    new = insert_or_update(connection.dialect.name, examples).values(ticket_id=ticket_id, **fields)
    connection.execute(new.on_conflict_do_update(index_elements=[examples.c.ticket_id], set_=fields))


def forget_example(connection: Connection, ticket_id: int) -> None:
    connection.execute(examples.delete().where(examples.c.ticket_id == ticket_id))


def all_examples(connection: Connection) -> Sequence[Row[tuple[Any, ...]]]:
    """Every example, in the order of the tickets."""
    return connection.execute(select(examples).order_by(examples.c.ticket_id)).all()


def propose(connection: Connection, **fields: Any) -> int:
    """Adds a version that nobody has accepted (`made_at examples before after weights`); its number."""
    new = insert(models).values(state="proposed", **fields).returning(models.c.version)
    return int(connection.execute(new).scalar_one())


def all_models(connection: Connection) -> Sequence[Row[tuple[Any, ...]]]:
    """Every version, oldest first."""
    return connection.execute(select(*_told).order_by(models.c.version)).all()


def lock_models(connection: Connection) -> Sequence[Row[tuple[Any, ...]]]:
    """As `all_models`, locked until the transaction ends: two who change what is in use must queue up."""
    return connection.execute(select(*_told).order_by(models.c.version).with_for_update()).all()


def examples_in_use(connection: Connection) -> Sequence[Mapping[str, str]]:
    """The rows (`category text`) of the accepted version; none where the service reads as it was shipped."""
    query = select(models.c.examples).where(models.c.state == "accepted")
    return list(connection.execute(query).scalar_one_or_none() or ())


def weights_in_use(connection: Connection) -> bytes | None:
    """The weights of the accepted version; None where the service reads as it was shipped."""
    return connection.execute(select(models.c.weights).where(models.c.state == "accepted")).scalar_one_or_none()


def retire(connection: Connection, at: datetime, by: str) -> None:
    """Takes the accepted version, if there is one, out of use."""
    accepted = update(models).where(models.c.state == "accepted")
    connection.execute(accepted.values(state="retired", retired_at=at, retired_by=by))


def accept(connection: Connection, version: int, at: datetime, by: str) -> None:
    """Puts a version into use. The one before must be retired first: there is never more than one."""
    chosen = update(models).where(models.c.version == version)
    connection.execute(chosen.values(state="accepted", accepted_at=at, accepted_by=by, retired_at=None, retired_by=""))

"""Texts a carrier holds for us: templates it must approve, and lists with buttons it made once."""

from sqlalchemy import Column, Connection, Table, Text, select

from bot.store.schema import Instant, metadata

templates = Table(
    "templates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("provider_id", Text, nullable=False, default=""),
    Column("category", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("fetched_at", Instant),
)

contents = Table(
    "contents",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("carrier", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)


def approved(connection: Connection) -> dict[tuple[str, str], str]:
    """{(name, language): the carrier's id} of every template that may be used now."""
    query = select(templates.c.name, templates.c.language, templates.c.provider_id)
    rows = connection.execute(query.where(templates.c.state == "approved", templates.c.provider_id != ""))
    return {(row.name, row.language): row.provider_id for row in rows}

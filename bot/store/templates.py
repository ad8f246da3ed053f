"""Texts a carrier holds for us: templates it must approve, and lists with buttons it made once."""

from sqlalchemy import Column, Table, Text

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

"""What is remembered of carriers: who is out of order, how fast a sender went, how far its messages were caught up."""

from sqlalchemy import Column, Float, Integer, Table, Text

from bot.store.schema import Instant, metadata

breakers = Table(
    "breakers",
    metadata,
    Column("route", Text, primary_key=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("open_until", Instant),
    Column("reason", Text, nullable=False, default=""),
    Column("updated_at", Instant, nullable=False),
)

rates = Table(
    "rates",
    metadata,
    Column("sender", Text, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", Float, nullable=False),
)

cursors = Table("cursors", metadata, Column("name", Text, primary_key=True), Column("at", Instant, nullable=False))

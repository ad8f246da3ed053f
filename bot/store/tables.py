"""All tables in one place, for migrations and for tests that compare them with the migrated database."""

from bot.store import (
    accounts,
    attempts,
    audit,
    campaigns,
    carriers,
    contacts,
    directory,
    learning,
    media,
    messages,
    outbox,
    parked,
    templates,
    tickets,
    unsealings,
)
from bot.store.schema import metadata

__all__ = [
    "accounts",
    "attempts",
    "audit",
    "campaigns",
    "carriers",
    "contacts",
    "directory",
    "learning",
    "media",
    "messages",
    "metadata",
    "outbox",
    "parked",
    "templates",
    "tickets",
    "unsealings",
]

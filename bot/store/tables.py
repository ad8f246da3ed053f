"""All tables in one place, for migrations and for tests that compare them with the migrated database."""

from bot.store import accounts, campaigns, contacts, directory, learning, messages, outbox, tickets
from bot.store.schema import metadata

__all__ = ["accounts", "campaigns", "contacts", "directory", "learning", "messages", "metadata", "outbox", "tickets"]

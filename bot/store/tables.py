"""All tables in one place, for migrations and for tests that compare them with the migrated database."""

from bot.store import accounts, campaigns, contacts, directory, messages, outbox, tickets
from bot.store.schema import metadata

__all__ = ["accounts", "campaigns", "contacts", "directory", "messages", "metadata", "outbox", "tickets"]

"""Citizens' numbers unsealed for the moment a carrier is called, and whether our keys are the ones that sealed them."""

import logging
from datetime import timedelta

from bot.services.hands import Hands
from bot.store import contacts
from bot.store.database import Database
from bot.store.sealed import oldest_and_newest
from bot.vault import Vault, VaultError

log = logging.getLogger(__name__)
ASK_AGAIN = timedelta(minutes=10)
"""How long a message waits whose number cannot be unsealed: an operator mends the keys, and it leaves."""


def number_of(hands: Hands, contact_id: int, sealed: bytes) -> str | None:
    """The number of a contact, or None where it cannot be unsealed; the log says why, and names nobody."""
    try:
        return contacts.open_phone(hands.vault, contact_id, sealed)
    except VaultError as error:
        log.error("a number cannot be unsealed: %s", error)  # noqa: TRY400 the trace tells no more
        return None


def key_trouble(db: Database, vault: Vault) -> str:
    """What is wrong with the keys, by the oldest and the newest number; empty when they open and find both."""
    with db.read() as tx:
        ends = oldest_and_newest(tx)
    for row in ends:
        try:
            phone = contacts.open_phone(vault, row.id, row.phone)
        except VaultError as error:
            return f"TAWAR_DATA_KEY does not open what this database holds: {error}"
        if vault.index(phone) != row.phone_index:
            return (
                "TAWAR_INDEX_KEY is not the one this database was written with: nobody who wrote before would be known"
            )
    return ""

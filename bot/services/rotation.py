"""A key is changed: what an old one sealed is opened and sealed with the new one, while the service runs."""

from dataclasses import dataclass
from typing import Any

from bot.store import sealed
from bot.store.database import Database, unhurried
from bot.store.sealed import Room
from bot.vault import Vault, VaultError

BATCH = 200
"""Rows a transaction: so few that a citizen's turn never waits for long."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """`done`: rows sealed anew; `failed`: ids of those that none of our keys opens, left as they are."""

    done: int
    failed: tuple[int, ...] = ()


def rotate(db: Database, vault: Vault, room: Room = sealed.NUMBERS) -> Rotated:
    """Seals everything of a room (contacts' numbers and names) with the vault's first key.

    Stopped and started again it goes on where it was; two that run at once do each row once."""
    done, failed, last = 0, list[int](), -1
    while True:
        with db.read() as tx:  # looking through a million rows must not hold the write lock
            unhurried(tx)
            rows = sealed.sealed_otherwise(tx, vault.header, last, BATCH, room)
        with db.write() as tx:
            for row in rows:
                try:
                    done += sealed.reseal(tx, row.id, *_anew(vault, row, room), room)
                except VaultError:
                    failed.append(row.id)
        if not rows:
            return Rotated(done, tuple(failed))
        last = rows[-1].id


def _anew(vault: Vault, row: Any, room: Room) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What a row holds that is not sealed with the key in use, and what takes its place. Raises VaultError."""
    old = {name: held for name in room.columns if (held := getattr(row, name)) and not vault.is_current(held)}
    places = {name: room.bound_to(name, row.id) for name in old}
    return old, {name: vault.seal(vault.unseal(held, places[name]), places[name]) for name, held in old.items()}

"""The first start: the directory from bot/data, and in demo mode people with random passwords."""

import csv
import logging
import secrets
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from bot.catalog import Catalog
from bot.directory import KINDS, Directory, read_directory
from bot.lexicon import build_lexicon
from bot.services.hands import Hands
from bot.services.sign_in import add_account
from bot.store import accounts, learning
from bot.store import directory as rows
from bot.store.database import Database
from bot.text.answers import Lexicon
from bot.text.weights import read_weights

log = logging.getLogger("tawar.setup")

# username, name, role, department
DEMO_PEOPLE = (
    ("phed", "Gul Bibi", "official", "PHED"),
    ("qesco", "Nadeem Kakar", "official", "QESCO"),
    ("health", "Dr. Sanam Baloch", "official", "HLT"),
    ("education", "Habib Rind", "official", "SED"),
    ("cell", "Farah Mengal", "official", "CMU"),
    ("supervisor", "Akbar Jan", "supervisor", ""),
    ("campaigns", "Mahnaz Hazara", "campaign_manager", ""),
    ("approver", "Yousaf Achakzai", "approver", ""),
    ("reviewer", "Banuk Shari", "reviewer", ""),
    ("referee", "Zarina Marri", "referee", ""),
    ("admin", "Operator", "admin", ""),
)


def shipped_rows(kind: str) -> list[Mapping[str, str]]:
    """The rows of `bot/data/<kind>.csv`."""
    with files("bot.data").joinpath(f"{kind}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def load_directory(db: Database) -> Directory:
    """The directory as the database has it; on the first start as the project ships it."""
    with db.write() as tx:
        stored = rows.all_rows(tx)
        for kind in (kind for kind in KINDS if kind not in stored):  # all at first; later those a new version brings
            rows.replace(tx, kind, shipped_rows(kind))
        return read_directory(rows.all_rows(tx))


def load_lexicon(db: Database, catalog: Catalog) -> Lexicon:
    """The words of every language, with the weights of the version that was accepted, if one was and can still be read."""
    with db.read() as tx:
        stored = learning.weights_in_use(tx)
    try:
        return build_lexicon(catalog, read_weights(stored) if stored else None)
    except ValueError as error:
        log.warning("what was learnt cannot be read, reading as shipped: %s Run `tawar learn` again.", error)
        return build_lexicon(catalog)


def add_demo_people(hands: Hands, logins: Path) -> Sequence[str]:
    """Adds the demo accounts if there are none, and writes `role<TAB>username<TAB>password` lines to `logins` (0600)."""
    with hands.db.write() as tx:
        if accounts.all_accounts(tx):
            return []
        lines = []
        for username, name, role, department in DEMO_PEOPLE:
            password = secrets.token_urlsafe(9)
            add_account(hands, tx, username=username, name=name, role=role, department=department, password=password)
            lines.append(
                f"{role}:{department}\t{username}\t{password}" if department else f"{role}\t{username}\t{password}"
            )
        logins.touch(mode=0o600)
        logins.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lines

"""Brings a database to the newest form, or back; the scripts are in `migrations/`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.database import Database, unhurried

_SCRIPTS = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(db: Database, revision: str = "head") -> None:
    """Applies every migration up to `revision`."""
    with db.engine.begin() as connection:
        unhurried(connection)
        command.upgrade(alembic_config(connection), revision)


def downgrade(db: Database, revision: str) -> None:
    """Takes migrations back down to `revision` (`base`: all of them)."""
    with db.engine.begin() as connection:
        unhurried(connection)
        command.downgrade(alembic_config(connection), revision)


def is_current(db: Database) -> bool:
    """Whether the database has the form this version of the code expects."""
    with db.read() as connection:
        have = MigrationContext.configure(connection).get_current_revision()
        return have == ScriptDirectory.from_config(alembic_config(connection)).get_current_head()

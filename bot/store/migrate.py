"""Brings a database to the newest form, or back; the scripts are in `migrations/`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.database import Database, unhurried
from bot.vault import Vault

_SCRIPTS = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection, vault: Vault | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["vault"] = vault
    return config


def upgrade(db: Database, revision: str = "head", *, vault: Vault | None = None) -> None:
    """Applies every migration up to `revision`. `vault`: seals numbers; needed where there are rows to seal; raises
    VaultError without it."""
    with _at_leisure(db) as connection:
        config = alembic_config(connection, vault)
        command.upgrade(config, revision)
    for table in config.attributes.get("rewrite", ()):
        _rewrite(db, table)


def downgrade(db: Database, revision: str, *, vault: Vault | None = None) -> None:
    """Takes migrations back down to `revision` (`base`: all of them). `vault`: as for `upgrade`."""
    with _at_leisure(db) as connection:
        command.downgrade(alembic_config(connection, vault), revision)


@contextmanager
def _at_leisure(db: Database) -> Iterator[Connection]:
    """One transaction for all migrations. SQLite changes a table by writing it anew, and dropping the old one must not be taken
    for taking away what others refer to (sqlite.org/lang_altertable.html, 7); whatever is left astray is found at the end."""
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if db.is_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                unhurried(connection)
                yield connection
                if db.is_sqlite and (astray := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise RuntimeError(f"the migration left {len(astray)} rows that refer to nothing, and was undone")
        finally:
            if db.is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def _rewrite(db: Database, table: str) -> None:
    """Writes a table anew, so that nothing a migration overwrote is left in the file: databases only mark it as free."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if db.is_sqlite:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql(f"VACUUM FULL {table}")
            connection.exec_driver_sql("RESET statement_timeout")


def is_current(db: Database) -> bool:
    """Whether the database has the form this version of the code expects."""
    with db.read() as connection:
        have = MigrationContext.configure(connection).get_current_revision()
        return have == ScriptDirectory.from_config(alembic_config(connection)).get_current_head()

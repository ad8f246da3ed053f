"""The migrations build what the tables say, take it down again, and the service knows whether they ran."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from bot.store.database import Database
from bot.store.migrate import alembic_config, downgrade, is_current, upgrade
from bot.store.tables import metadata

BOOKKEEPING = {"alembic_version"}


def scripts(db: Database) -> ScriptDirectory:
    with db.read() as tx:
        return ScriptDirectory.from_config(alembic_config(tx))


def shape(db: Database) -> dict[str, Any]:
    """All tables as the database itself tells them."""
    with db.read() as tx:
        told = inspect(tx)
        return {
            table: {
                "columns": sorted(
                    (c["name"], str(c["type"]), c["nullable"], str(c["default"])) for c in told.get_columns(table)
                ),
                "key": told.get_pk_constraint(table)["constrained_columns"],
                "indexes": sorted(
                    (
                        i["name"],
                        i["column_names"],
                        i["unique"],
                        sorted((k, str(v)) for k, v in i["dialect_options"].items()),
                    )
                    for i in told.get_indexes(table)
                ),
                "unique": sorted((u["name"], u["column_names"]) for u in told.get_unique_constraints(table)),
                "foreign": sorted(
                    (f["name"], f["constrained_columns"], f["referred_table"]) for f in told.get_foreign_keys(table)
                ),
            }
            for table in told.get_table_names()
        }


def test_there_is_one_head_and_one_way_to_it(db: Database) -> None:
    known = scripts(db)
    assert len(known.get_heads()) == len(known.get_bases()) == 1
    assert all(not script.is_merge_point for script in known.walk_revisions())


def test_the_migrated_database_is_what_the_tables_say(db: Database) -> None:
    with db.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "target_metadata": metadata})
        assert compare_metadata(context, metadata) == []
    assert set(shape(db)) - BOOKKEEPING == set(metadata.tables)


def test_a_difference_would_be_noticed(db: Database) -> None:
    with db.write() as tx:
        tx.exec_driver_sql("DROP INDEX ix_outbox_due")
        tx.exec_driver_sql("ALTER TABLE contacts ADD COLUMN mood TEXT")
    with db.read() as tx:
        differences = compare_metadata(MigrationContext.configure(tx), metadata)
    assert {str(difference[0]) for difference in differences} == {"add_index", "remove_column"}


def test_down_and_up_again_leaves_the_same(db: Database) -> None:
    before = shape(db)
    downgrade(db, "base")
    assert set(shape(db)) == BOOKKEEPING
    upgrade(db)
    assert shape(db) == before


def test_every_step_down_can_be_gone_up_again(db: Database) -> None:
    for script in scripts(db).walk_revisions():
        downgrade(db, "-1")
        assert not is_current(db)
        upgrade(db, script.revision)
        downgrade(db, "-1")
    assert set(shape(db)) == BOOKKEEPING


def test_the_service_knows_whether_the_database_is_current(db: Database) -> None:
    assert is_current(db)
    downgrade(db, "base")
    assert not is_current(db)
    upgrade(db)
    assert is_current(db)


def test_upgrading_twice_is_harmless(db: Database) -> None:
    before = shape(db)
    upgrade(db)
    assert shape(db) == before


def test_a_migration_that_fails_leaves_nothing_half_done(db: Database) -> None:
    downgrade(db, "base")
    first = list(scripts(db).walk_revisions())[-1]
    with pytest.raises(ZeroDivisionError):
        _run_and_fail(db, first.module.upgrade)
    assert set(shape(db)) == BOOKKEEPING


def _run_and_fail(db: Database, migration: Callable[[], None]) -> None:
    with db.write() as tx, Operations.context(MigrationContext.configure(tx)):
        migration()
        raise ZeroDivisionError

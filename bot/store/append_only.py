"""Tables the database itself lets nobody rewrite: rows are added, and never changed or taken away."""

from collections.abc import Sequence

_REFUSAL = "{table} is history: rows are added, never changed or deleted"
_SQLITE = """
CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
_POSTGRES_SAYS = """
CREATE FUNCTION {table}_is_history() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_is_history BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_history()
"""


def protect(table: str, dialect: str) -> Sequence[str]:
    """The statements after which `table` refuses UPDATE and DELETE (PostgreSQL: TRUNCATE too)."""
    refusal = _REFUSAL.format(table=table)
    if dialect == "sqlite":
        return [_SQLITE.format(table=table, what=what, refusal=refusal) for what in ("update", "delete")]
    return [_POSTGRES_SAYS.format(table=table, refusal=refusal), _POSTGRES.format(table=table)]


def release(table: str, dialect: str) -> Sequence[str]:
    """The statements that take the protection away again: for migrations alone."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {table}_no_{what}" for what in ("update", "delete")]
    return [f"DROP TRIGGER {table}_is_history ON {table}", f"DROP FUNCTION {table}_is_history()"]

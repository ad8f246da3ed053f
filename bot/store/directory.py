"""The directory as rows: loaded from bot/data at first start, the administrators' own afterwards."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import JSON, Column, Connection, Integer, Table, Text, insert, select

from bot.store.schema import metadata

directory_rows = Table(
    "directory_rows",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("data", JSON, nullable=False),
)


def all_rows(connection: Connection) -> dict[str, list[Mapping[str, Any]]]:
    """Every row by kind, in the order of the files."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    query = select(directory_rows).order_by(directory_rows.c.kind, directory_rows.c.position)
    for row in connection.execute(query):
        rows.setdefault(row.kind, []).append(row.data)
    return rows


def replace(connection: Connection, kind: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Puts `rows` in the place of all rows of a kind; how many."""
    connection.execute(directory_rows.delete().where(directory_rows.c.kind == kind))
    new = [{"kind": kind, "code": row["code"], "position": n, "data": dict(row)} for n, row in enumerate(rows)]
    if new:
        connection.execute(insert(directory_rows), new)
    return len(new)

"""Texts a carrier holds for us: templates it must approve, and lists with buttons it made once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, Text, delete, select, update

from bot.store.database import Database, insert
from bot.store.schema import Instant, metadata

templates = Table(
    "templates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("provider_id", Text, nullable=False, default=""),
    Column("category", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("fetched_at", Instant),
)

contents = Table(
    "contents",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("carrier", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)


class StoredContents:
    """The ids of one carrier's contents, each call in a transaction of its own: they are asked for between network calls."""

    def __init__(self, db: Database, carrier: str, now: Callable[[], datetime]) -> None:
        self._db, self._carrier, self._now = db, carrier, now

    def find(self, key: str) -> str:
        """The id, empty if none is known."""
        with self._db.read() as tx:
            return self._known(tx, key)

    def keep(self, key: str, provider_id: str) -> str:
        """Remembers an id; the one that counts, if another process was quicker."""
        row = {"hash": key, "carrier": self._carrier, "provider_id": provider_id, "made_at": self._now()}
        with self._db.write() as tx:
            tx.execute(insert(tx.dialect.name, contents).values(row).on_conflict_do_nothing())
            return self._known(tx, key)

    def forget(self, key: str) -> None:
        """The carrier no longer has it."""
        with self._db.write() as tx:
            tx.execute(delete(contents).where(contents.c.hash == key, contents.c.carrier == self._carrier))

    def _known(self, tx: Connection, key: str) -> str:
        found = select(contents.c.provider_id).where(contents.c.hash == key, contents.c.carrier == self._carrier)
        return str(tx.execute(found).scalar() or "")


def all_templates(connection: Connection) -> Sequence[Row[tuple[Any, ...]]]:
    """Every template that was made, by name and language."""
    return connection.execute(select(templates).order_by(templates.c.name, templates.c.language)).all()


def remember_template(connection: Connection, **fields: Any) -> None:
    """Notes a template as it was made; one of the same name and language before it is replaced."""
    new = insert(connection.dialect.name, templates).values(fields)
    rest = {name: value for name, value in fields.items() if name not in ("name", "language")}
    connection.execute(new.on_conflict_do_update(index_elements=["name", "language"], set_=rest))


def note_approval(connection: Connection, provider_id: str, now: datetime, *, state: str, reason: str) -> None:
    """Notes how the approval of a template stands."""
    changed = update(templates).where(templates.c.provider_id == provider_id)
    connection.execute(changed.values(state=state, reason=reason, fetched_at=now))


def approved(connection: Connection) -> dict[tuple[str, str], str]:
    """{(name, language): the carrier's id} of every template that may be used now."""
    query = select(templates.c.name, templates.c.language, templates.c.provider_id)
    rows = connection.execute(query.where(templates.c.state == "approved", templates.c.provider_id != ""))
    return {(row.name, row.language): row.provider_id for row in rows}

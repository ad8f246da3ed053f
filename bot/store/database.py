"""The database: SQLite for one machine, PostgreSQL for several. The only place that knows how they differ."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

BUSY_TIMEOUT_MS = 1500
CONNECT_TIMEOUT_S = 2
POOL_SIZE = 16
LOCK_WAIT_S = 1.5
DatabaseAway = OperationalError
"""Raised by any query while the database cannot be reached or stays locked."""


class Database:
    """`write()` and `read()` each give one connection in one transaction: committed at the end, rolled back on an error."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # One writer at a time within the process: waiting here is fair, SQLite's own busy wait sleeps.
        self._lock = Lock()
        self._writer: Connection | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write. On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so no claim is made twice."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        if not self._lock.acquire(timeout=LOCK_WAIT_S):
            raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("another thread holds the write lock"))
        try:
            with self._sqlite_transaction() as connection:
                yield connection
        finally:
            self._lock.release()

    @contextmanager
    def _sqlite_transaction(self) -> Iterator[Connection]:
        """On the one connection that writes, begun and ended by the driver: SQLAlchemy's own ceremony, a new connection
        and transaction object each time, costs a third of a turn."""
        connection = self._open_writer()
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        try:
            yield connection
            _commit(driver)
        except BaseException:
            driver.rollback()
            raise

    def _open_writer(self) -> Connection:
        if self._writer is None or self._writer.closed or self._writer.invalidated:
            self._writer = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return self._writer

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()


def insert(dialect: str, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect (`connection.dialect.name`)."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            hide_parameters=True,
            connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S},
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Readers get a steady view; the writer's transactions are begun by `write`."""
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN")


def _commit(driver: Any) -> None:
    try:
        driver.commit()
    except sqlite3.OperationalError as error:
        raise OperationalError("COMMIT", None, error) from error


__all__ = ["Database", "DatabaseAway", "Insert", "insert"]

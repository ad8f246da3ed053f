"""The database: SQLite for one machine, PostgreSQL for several. The only place that knows how they differ."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

BUSY_TIMEOUT_MS = 1500
CONNECT_TIMEOUT_S = 2
SERVER_LIMITS = "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=30000"
"""Milliseconds after which PostgreSQL gives up on us; `unhurried` lifts the first for work that is known to be long."""
KEEPALIVES = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2, "tcp_user_timeout": 5000}
"""A server that went silent is noticed within seconds (libpq; milliseconds for the last)."""
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
        if driver.in_transaction:  # a thread was killed between two lines of this function
            driver.rollback()
        try:
            _run(driver.execute, "BEGIN IMMEDIATE")
            yield connection
            _run(driver.commit)
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


def unhurried(connection: Connection) -> None:
    """Lets the statements of this transaction take their time: a migration, an audience of a million."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


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
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "options": SERVER_LIMITS, **KEEPALIVES},
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


def _run(call: Callable[..., Any], *words: str) -> None:
    """One word to the driver; its refusal as the rest of the store knows it."""
    try:
        call(*words)
    except sqlite3.OperationalError as error:
        raise OperationalError(" ".join(words) or "COMMIT", None, error) from error


__all__ = ["Database", "DatabaseAway", "Insert", "insert", "unhurried"]

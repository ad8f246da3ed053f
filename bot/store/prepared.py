"""Statements on the way of every message: written in SQLAlchemy, compiled once, run by the driver itself.

Measured: of a turn's time more than half went into building and wrapping the same ten statements again and again.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnDefault, Connection, Insert, Select, Table, Update
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError

Statement = Select[Any] | Insert | Update
Convert = Callable[[Any], Any]


class Prepared:
    """One statement. Its parameters are the names of its bound values; rows come back with the columns' names.

    The result holds `returns` (a SELECT's own columns if not given). A column's plain default is filled in, as
    SQLAlchemy would.
    """

    def __init__(
        self,
        statement: Statement | Callable[[str], Any],
        *,
        into: Table | None = None,
        returns: Sequence[Column[Any]] = (),
    ) -> None:
        """`statement`: one for all dialects, or a function from a dialect's name; `into`: the table of an INSERT."""
        self._statement, self._returns = statement, returns
        columns = into.columns if into is not None else ()
        self._defaults = {c.name: c.default.arg for c in columns if isinstance(c.default, ColumnDefault)}
        self._ready: dict[tuple[str, ...], _Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Runs it in the connection's transaction. Raises OperationalError as SQLAlchemy does."""
        values = {**self._defaults, **values} if self._defaults else values
        key = (connection.dialect.name, *values)
        compiled = self._ready.get(key)
        if compiled is None:
            compiled = self._ready[key] = _Compiled(
                self._for(connection.dialect), connection.dialect, values, self._returns
            )
        return compiled.run(connection, values)

    def _for(self, dialect: Dialect) -> Any:
        return self._statement(dialect.name) if callable(self._statement) else self._statement


class _Compiled:
    def __init__(
        self, statement: Any, dialect: Dialect, values: Mapping[str, Any], returns: Sequence[Column[Any]]
    ) -> None:
        keys = list(values) if isinstance(statement, Insert) else None
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        self._sql = str(compiled)
        self._error = dialect.loaded_dbapi.Error
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if name not in values}
        self._order: list[str] | None = compiled.positiontup
        self._in = {
            name: convert for name in compiled.binds if (convert := _binder(compiled.binds[name].type, dialect))
        }
        columns: Any = list(returns) or (list(statement.selected_columns) if isinstance(statement, Select) else [])
        self._dialect, self._types = dialect, [column.type for column in columns]
        self._out: list[tuple[int, Convert]] | None = None
        self._row: Any = namedtuple("Row", [column.name for column in columns], rename=True) if columns else None

    def run(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        bound = {**self._fixed, **values}
        for name, convert in self._in.items():
            bound[name] = convert(bound[name])
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._sql, [bound[name] for name in self._order] if self._order else bound)
            rows = cursor.fetchall() if self._row else []
            if self._out is None:  # some types are read by what the driver says the column is
                told = zip(self._types, cursor.description or (), strict=False)
                readers = [_reader(kind, self._dialect, d[1]) for kind, d in told]
                self._out = [(n, convert) for n, convert in enumerate(readers) if convert]
        except self._error as error:
            raise _wrapped(error, self._sql, self._dialect) from None
        finally:
            cursor.close()
        return [self._read(row, self._out) for row in rows]

    def _read(self, row: Sequence[Any], readers: Sequence[tuple[int, Convert]]) -> Any:
        values = list(row)
        for n, convert in readers:
            values[n] = convert(values[n])
        return self._row._make(values) if self._row else None


def _binder(kind: Any, dialect: Dialect) -> Convert | None:
    convert: Convert | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _reader(kind: Any, dialect: Dialect, driver_type: Any) -> Convert | None:
    convert: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, driver_type)
    return convert


def _wrapped(error: Exception, sql: str, dialect: Any) -> BaseException:
    """The driver's error as SQLAlchemy raises it, without the values, which may be a citizen's words: PostgreSQL repeats
    them in the details, after the first line."""
    told = getattr(getattr(error, "diag", None), "message_primary", None)
    bare = type(error)(told) if told else error
    base: type[Exception] = dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, bare, base, hide_parameters=True, dialect=dialect)

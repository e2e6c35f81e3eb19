"""Great Expectations on DuckDB: the execution engine and datasource GX 1.24.1 does not bring.

GX hands results out after its connection's ``with`` block; on DuckDB the pool's rollback-on-return empties a pending
result ("list index out of range"). So one connection is kept. The classes carry our name in front, because GX looks
metric providers up by class name and an engine of its own may come (its pull request 12084).
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from great_expectations.datasource.fluent.config_str import ConfigStr
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine

_DIALECT = types.ModuleType("creditlake_duckdb_dialect")
_DIALECT.__dict__["DremioDialect"] = object
"""Its presence makes GX write regexp_matches(column, pattern), which is DuckDB's."""


EngineClass = type[SqlAlchemyExecutionEngine]
"""Named here: inside a datasource ``type`` is its kind."""


class CreditlakeDuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """GX's SQL engine with one connection that stays open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialect_module = _DIALECT

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """Yield the one connection, opened when first asked for."""
        if self._connection is None or self._connection.closed:  # type: ignore[has-type]
            self._connection = self.engine.connect()
        yield self._connection


class CreditlakeDuckDBDatasource(SQLDatasource):
    """A DuckDB in memory, one connection."""

    type: Literal["creditlake_duck_db"] = "creditlake_duck_db"
    connection_string: ConfigStr | str = "duckdb:///:memory:"
    _EXTRA_EXCLUDED_EXEC_ENG_ARGS: ClassVar[set[str]] = set()

    @property
    def execution_engine_type(self) -> EngineClass:
        """The engine GX builds its metrics for."""
        return CreditlakeDuckDBExecutionEngine

    def _create_engine(self) -> sa.Engine:
        """Each statement is its own transaction: the judge writes on the same connection, and drops free memory."""
        return sa.create_engine(str(self.connection_string), poolclass=sa.pool.StaticPool, isolation_level="AUTOCOMMIT")

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """Return the engine, the same one every time."""
        if not isinstance(self._execution_engine, CreditlakeDuckDBExecutionEngine):  # type: ignore[has-type]
            self._execution_engine = CreditlakeDuckDBExecutionEngine(engine=self.get_engine(), create_temp_table=False)
        return self._execution_engine

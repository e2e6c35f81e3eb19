"""All that dbt does in one invocation is one transaction of the lake.

By itself dbt-duckdb gives every node a connection and a transaction. In a DuckLake each of them that changes a table's
definition lets the next one read the whole catalogue again, which costs more than most models do; and a build that is
killed leaves tables of two builds. Here all nodes share one cursor, their own BEGIN and COMMIT mean nothing, and the
caller commits at the end. Writers hold the lease, so nobody else's commit can be in conflict (docs/decisions/0020).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ABORTED = "Current transaction is aborted"
"""What DuckDB answers to every statement after the one that failed."""
_OWN_WORDS = frozenset({"BEGIN", "COMMIT"})


class Transaction:
    """The one transaction of an invocation; without its commit nothing of it is ever seen."""

    def __init__(self) -> None:
        self._cursor: Any = None

    def begin(self, cursor: Any) -> None:
        """Begin on the cursor that all nodes will share."""
        cursor.execute("begin")
        self._cursor = cursor

    def commit(self) -> None:
        """Make what was done visible, as one snapshot."""
        if self._cursor is not None:
            self._cursor.execute("commit")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask what was built, after the commit."""
        found: list[tuple[Any, ...]] = self._cursor.execute(statement).fetchall()
        return found


@contextmanager
def one_transaction() -> Iterator[Transaction]:
    """Let every connection that dbt opens in the block share one transaction; yield it."""
    from dbt.adapters.duckdb import environments
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    transaction = Transaction()
    create = environments.create

    def create_shared(credentials: Any) -> Any:
        environment = create(credentials)
        cursor = environment.handle().cursor()
        transaction.begin(cursor)
        environment.handle = lambda: _Handle(cursor)
        return environment

    environments.create = create_shared
    try:
        yield transaction
    finally:
        environments.create = create
        environment = DuckDBConnectionManager._ENV
        DuckDBConnectionManager.close_all_connections()  # dbt-duckdb would keep one for the life of the process
        if environment is not None:
            environment.close()


class _Handle:
    """A connection as dbt sees it: closing it or rolling it back leaves the transaction as it is."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = _Cursor(cursor)

    def cursor(self) -> _Cursor:
        return self._cursor

    def close(self) -> None:
        """Stay open: the next node goes on."""

    def rollback(self) -> None:
        """Stay: the caller commits nothing where a node failed."""


class _Cursor:
    """The shared cursor, deaf to dbt's own transactions."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, sql: str, bindings: Any = None) -> Any:
        """Execute a statement unless it begins or commits a transaction."""
        return None if sql.strip().upper() in _OWN_WORDS else self._cursor.execute(sql, bindings)

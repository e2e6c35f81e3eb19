"""One writing connection for many batches: attaching a lake costs more than loading a small batch."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import duckdb

from creditlake.lake.attach import attach, connect
from creditlake.lake.lease import lease
from creditlake.lake.paths import LakePaths
from creditlake.lake.tables import ensure_tables


class Writer:
    """Keeps a connection between turns; holds the lease only during a turn.

    After a turn that raised, the connection is thrown away: what it holds of a failed commit is not to be trusted
    (docs/decisions/0002). Neither is one whose catalogue was replaced by a rebuild or a restore.
    """

    def __init__(self, paths: LakePaths) -> None:
        self.paths = paths
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._catalogue: tuple[int, int] | None = None

    @contextlib.contextmanager
    def turn(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold the lease and yield a connection that may write; the lake and its tables are made on first use."""
        with lease(self.paths):
            try:
                yield self._opened()
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Close the connection; the next turn opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> duckdb.DuckDBPyConnection:
        if self._connection is not None and self._catalogue != self._catalogue_on_disk():
            self.close()
        if self._connection is None:
            self._connection = connect(self.paths)
            attach(self._connection, self.paths, read_only=False)
            ensure_tables(self._connection)
            self._catalogue = self._catalogue_on_disk()
        return self._connection

    def _catalogue_on_disk(self) -> tuple[int, int] | None:
        """Which file the SQLite catalogue is now; None for PostgreSQL, whose server tells of dropped tables itself."""
        if self.paths.postgres or not self.paths.catalog_file.exists():
            return None
        status = self.paths.catalog_file.stat()
        return status.st_dev, status.st_ino

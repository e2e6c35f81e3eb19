"""The agencies' exchange database (前置库): PostgreSQL, MySQL and MariaDB.

The rows stream into a CSV file, every value as the server's own text, so memory does not grow with the table. The
session can only read, whatever its account may do.
Source: GB/T 39443 (batch number, primary key and 增删改标志 of the exchange tables).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from creditlake.connectors.dialect import ERRORS, Session
from creditlake.connectors.endpoint import Endpoint, SourceFailed, reason_of
from creditlake.connectors.exchange_table import BEGINNING, ExchangeTable, table_of, time_of
from creditlake.connectors.mysql import MySQL
from creditlake.connectors.postgresql import PostgreSQL
from creditlake.connectors.repeated import leave_out
from creditlake.connectors.spec import Database, TablePull
from creditlake.connectors.taken import Increment, Taken
from creditlake.contracts import Dataset, Feed
from creditlake.lake.extensions import with_extensions

SESSIONS: Mapping[str, Callable[[Endpoint], Session]] = {"postgresql": PostgreSQL, "mysql": MySQL}
MEMORY_LIMIT = "512MB"
NAME_CHARACTERS = 60
_UNSAFE = re.compile(r"[^\w.-]+")
Made = TypeVar("Made")


class ExchangeDatabase:
    """One feed's tables in one exchange database."""

    def __init__(self, feed: Feed, spec: Database, endpoint: Endpoint, as_of: date, scratch: Path) -> None:
        self._feed = feed
        self._sign_in = SESSIONS[spec.kind]
        self._endpoint = endpoint
        self._until = as_of + timedelta(days=1)
        self._scratch = scratch
        self._session: Session | None = None

    def increments(self, taken: Sequence[Taken]) -> list[Increment]:
        """Return every batch number whose rows were not taken, and every table that has changes.

        Raises:
            SourceFailed: the server cannot be reached, or has no such table or column.
        """
        return [one for dataset in self._feed.datasets for one in self._increments(dataset, taken)]

    def pull(self, increment: Increment, taken: Sequence[Taken], target: Path) -> str | None:
        """Write the rows of one increment that were not taken before; return the position reached, None without any.

        Raises:
            SourceFailed: the server went away, or what it holds cannot be read.
        """
        before = _accepted(taken, increment.dataset, increment.source)

        def work(table: ExchangeTable) -> str | None:
            if table.pull.batch:
                return self._batch(table, increment, before, target)
            return increment.offered if self._changes(table, increment, before, target) else None

        return self._told(increment.dataset, work)

    def sample(self, dataset: str, rows: int, folder: Path) -> Path | None:
        """Write up to so many rows of a table; return the file, None when the table is empty.

        Raises:
            SourceFailed: the server cannot be reached, or has no such table or column.
        """
        target = folder / f"{dataset}-sample.csv"
        return target if self._told(dataset, lambda table: table.write_some(rows, target)) else None

    def close(self) -> None:
        """Sign out."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _told(self, dataset: str, work: Callable[[ExchangeTable], Made]) -> Made:
        """Do something with a dataset's table; raise what the server says as ``SourceFailed``.

        The error is raised outside of the handler: the client's own may quote how we signed in.
        """
        try:
            return work(self._table(self._feed.dataset(dataset)))
        except (*ERRORS, LookupError, ValueError) as error:
            said = self._endpoint.hidden(reason_of(error))
        raise SourceFailed(f"{self._feed.name}.{dataset}, {self._endpoint.place}: {said}")

    def _table(self, dataset: Dataset) -> ExchangeTable:
        assert isinstance(dataset.pull, TablePull)
        if self._session is None:
            self._session = self._sign_in(self._endpoint)
        return table_of(self._session, dataset, dataset.pull)

    def _increments(self, dataset: Dataset, taken: Sequence[Taken]) -> list[Increment]:
        """Return what one table has: the batches that are new or hold another number of rows, or its changes."""

        def work(table: ExchangeTable) -> list[Increment]:
            if table.pull.batch:
                have = {one.source: one.reached for one in taken if one.is_accepted and one.dataset == dataset.name}
                return [
                    Increment(dataset.name, _file_name(dataset.name, number), number, rows)
                    for number, rows in table.batches()
                    if have.get(number) != rows
                ]
            latest = table.latest(self._until)
            before = [time_of(one.reached) for one in _accepted(taken, dataset.name, "")]
            if latest is None:
                return []
            reached = max([latest, *before])
            return [Increment(dataset.name, f"{dataset.name}-to-{reached:%Y%m%dT%H%M%S}.csv", "", str(reached))]

        return self._told(dataset.name, work)

    def _batch(self, table: ExchangeTable, increment: Increment, before: Sequence[Taken], target: Path) -> str | None:
        rows = table.write(table.of_batch(increment.source), target)
        if not rows:
            raise LookupError(
                f"batch {increment.source!r} of {table.pull.table} had {increment.offered} rows and has none"
            )
        return str(rows) if rows > self._left_out(before, target) else None

    def _changes(self, table: ExchangeTable, increment: Increment, before: Sequence[Taken], target: Path) -> int:
        """Write the late rows of the overlap, then those after the last pull; return how many there were."""
        end = time_of(increment.offered)
        if not before:
            return table.write(table.changed(BEGINNING, end, self._until), target)
        last = max(time_of(one.reached) for one in before)
        start = last - table.pull.overlap
        late = table.write(table.changed(start, last, self._until), target)
        late -= self._left_out([one for one in before if time_of(one.reached) >= start], target) if late else 0
        return late + table.write(table.changed(last, end, self._until, after=True), target, append=True)

    def _left_out(self, before: Sequence[Taken], target: Path) -> int:
        if not before:
            return 0
        with contextlib.closing(with_extensions(MEMORY_LIMIT, self._scratch)) as connection:
            return leave_out([one.file for one in before], target, connection)


def _accepted(taken: Sequence[Taken], dataset: str, source: str) -> list[Taken]:
    """Return the accepted or waiting pulls of one source."""
    return [one for one in taken if one.is_accepted and (one.dataset, one.source) == (dataset, source)]


def _file_name(dataset: str, number: str) -> str:
    return f"{dataset}-{_UNSAFE.sub('_', number)[:NAME_CHARACTERS] or 'unnumbered'}.csv"

"""The agencies' exchange database (前置库): PostgreSQL, MySQL and MariaDB, read by DuckDB's own clients.

The server writes every value as text and the rows stream into a CSV file, so memory does not grow with the table. A
source's session is read-only, whatever its account may do.
Source: GB/T 39443 (batch number, primary key and 增删改标志 of the exchange tables).
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from creditlake.connectors.dialect import DIALECTS, sql_text
from creditlake.connectors.endpoint import Endpoint, SourceFailed
from creditlake.connectors.repeated import leave_out
from creditlake.connectors.spec import Database, TablePull
from creditlake.connectors.taken import Increment, Taken
from creditlake.contracts import PROVIDED, Dataset, Feed
from creditlake.lake.extensions import with_extensions

log = logging.getLogger(__name__)
MEMORY_LIMIT = "512MB"
_UNSAFE = re.compile(r"[^\w.-]+")


class ExchangeDatabase:
    """One feed's tables in one exchange database."""

    def __init__(self, feed: Feed, spec: Database, endpoint: Endpoint, as_of: date, scratch: Path) -> None:
        self._feed = feed
        self._dialect = DIALECTS[spec.kind]
        self._endpoint = endpoint
        self._until = as_of + timedelta(days=1)
        self._scratch = scratch
        self._opened: duckdb.DuckDBPyConnection | None = None

    def increments(self, taken: Sequence[Taken]) -> list[Increment]:
        """Return every batch number whose rows were not taken, and every table that has changes.

        Raises:
            SourceFailed: the server cannot be reached, or has no such table or column.
        """
        found: list[Increment] = []
        for dataset in self._feed.datasets:
            with self._told(dataset):
                pull = _pull(dataset)
                found += self._batches(dataset, pull, taken) if pull.batch else self._changes(dataset, pull, taken)
        return found

    def pull(self, increment: Increment, taken: Sequence[Taken], target: Path) -> str | None:
        """Write the rows of one increment that were not taken before; return the position reached, None without any.

        Raises:
            SourceFailed: the server went away, or what it holds cannot be read.
        """
        dataset = self._feed.dataset(increment.dataset)
        pull = _pull(dataset)
        with self._told(dataset):
            before = _of(taken, increment)
            if pull.batch:
                condition, earlier = self._batch_is(pull, increment.source), before
            else:
                start = _begin(before, pull.overlap)
                condition = self._changed_between(pull, start, increment.offered)
                earlier = [one for one in before if start is None or _time(one.reached) >= start]
            rows = self._write(dataset, pull, condition, target)
            rows -= leave_out([one.file for one in earlier], target, self._connection) if rows and earlier else 0
        return increment.offered if rows else None

    def sample(self, dataset: str, rows: int, folder: Path) -> Path | None:
        """Write up to so many rows of a table; return the file, None when the table is empty.

        Raises:
            SourceFailed: the server cannot be reached, or has no such table or column.
        """
        wanted = self._feed.dataset(dataset)
        target = folder / f"{dataset}-sample.csv"
        with self._told(wanted):
            written = self._write(wanted, _pull(wanted), "true", target, rows)
        return target if written else None

    def close(self) -> None:
        """Sign out."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self._opened is None:
            self._opened = with_extensions(MEMORY_LIMIT, self._scratch, self._dialect.extension)
            self._dialect.attach(self._opened, self._endpoint)
        return self._opened

    @contextlib.contextmanager
    def _told(self, dataset: Dataset) -> Iterator[None]:
        """Raise what the server says as ``SourceFailed``; the error itself may quote how we signed in."""
        try:
            yield
        except duckdb.Error as error:
            said = self._endpoint.hidden(" ".join(str(error).split()))
            raise SourceFailed(f"{self._feed.name}.{dataset.name}, {self._endpoint.place}: {said}") from None

    def _asked(self, query: str) -> list[tuple[str | None, ...]]:
        return self._connection.execute(self._dialect.select(query)).fetchall()

    def _batches(self, dataset: Dataset, pull: TablePull, taken: Sequence[Taken]) -> list[Increment]:
        column, table = self._dialect.quote(pull.batch), self._dialect.table(pull.table)
        count = self._dialect.text("count(*)")
        rows = self._asked(f"select {self._dialect.text(column)}, {count} from {table} group by {column}")
        have = {(one.source, one.reached) for one in taken if one.dataset == dataset.name and one.is_accepted}
        return [
            Increment(dataset.name, f"{dataset.name}-{_UNSAFE.sub('_', number or 'null')}.csv", number or "", str(rows))
            for number, rows in rows
            if (number or "", rows) not in have
        ]

    def _changes(self, dataset: Dataset, pull: TablePull, taken: Sequence[Taken]) -> list[Increment]:
        column, table = self._dialect.quote(pull.changed), self._dialect.table(pull.table)
        (latest,), (timeless,) = self._asked(
            f"select {self._dialect.text(f'max({column})')} from {table} where {column} < '{self._until}' "
            f"union all select {self._dialect.text('count(*)')} from {table} where {column} is null"
        )
        if timeless != "0":
            log.warning("%s.%s: %s rows of %s have no %s and stay at the source",
                        self._feed.name, dataset.name, timeless, pull.table, pull.changed)  # fmt: skip
        if latest is None:
            return []
        before = _begin(_of(taken, Increment(dataset.name, "", "", "")), timedelta(0))
        reached = max(_time(latest), before) if before else _time(latest)
        return [Increment(dataset.name, f"{dataset.name}-to-{reached:%Y%m%dT%H%M%S}.csv", "", str(reached))]

    def _batch_is(self, pull: TablePull, number: str) -> str:
        column = self._dialect.quote(pull.batch)
        return f"{column} = {sql_text(number)}" if number else f"{column} is null"

    def _changed_between(self, pull: TablePull, start: datetime | None, end: str) -> str:
        column = self._dialect.quote(pull.changed)
        since = f"{column} >= {sql_text(str(start))} and " if start else ""
        return f"{since}{column} <= {sql_text(end)} and {column} < '{self._until}'"

    def _write(self, dataset: Dataset, pull: TablePull, condition: str, target: Path, limit: int | None = None) -> int:
        table = self._dialect.table(pull.table)
        known = self._connection.execute(self._dialect.select(f"select * from {table} limit 0")).description
        columns = self._columns(dataset, pull, {name for name, *_ in known or ()})
        listed = ", ".join(
            f"{self._dialect.text(self._dialect.quote(own))} as {self._dialect.quote(name)}" for name, own in columns
        )
        order = ", ".join(self._dialect.quote(name) for name in (pull.changed, pull.order) if name)
        query = f"select {listed} from {table} where {condition}" + (f" order by {order}" if order else "")
        query += f" limit {limit}" if limit is not None else ""
        written = self._connection.execute(
            f"copy ({self._dialect.select(query)}) to {sql_text(str(target))} (format csv, header)"
        ).fetchone()
        return int(written[0]) if written else 0

    def _columns(self, dataset: Dataset, pull: TablePull, there: set[str]) -> list[tuple[str, str]]:
        """Return the contract's columns that the table has, each with the table's own name of it."""
        named = [(name, pull.columns.get(name, name)) for name in dataset.column_names]
        own = [(name, column) for name, column in named if column in there]
        if pull.changed and PROVIDED not in {name for name, _ in own}:
            own.append((PROVIDED, pull.changed))
        return own


def _pull(dataset: Dataset) -> TablePull:
    assert isinstance(dataset.pull, TablePull)
    return dataset.pull


def _of(taken: Sequence[Taken], increment: Increment) -> list[Taken]:
    """Return the accepted or waiting pulls of the same source."""
    same = (increment.dataset, increment.source)
    return [one for one in taken if one.is_accepted and (one.dataset, one.source) == same]


def _begin(before: Sequence[Taken], overlap: timedelta) -> datetime | None:
    """Return the time of change from which to pull; None when nothing was pulled before."""
    return max(_time(one.reached) for one in before) - overlap if before else None


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)

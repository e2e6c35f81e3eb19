"""The ledger: one row a batch, written in the same transaction as the batch's rows (law L5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Literal

import duckdb

Status = Literal["accepted", "refused"]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What became of one batch. Field order is the column order of ``ops.batches``.

    Raises:
        ValueError: landed is not validated + quarantined + refused.
    """

    feed: str
    dataset: str
    batch_id: str
    source_sha256: str
    source_name: str
    member: str
    batch_seq: int
    delivered_date: date
    rows_landed: int
    rows_validated: int
    rows_quarantined: int
    rows_refused: int
    status: Status
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.rows_landed != self.rows_validated + self.rows_quarantined + self.rows_refused:
            raise ValueError(
                f"{self.feed}.{self.dataset}, batch {self.batch_id}: {self.rows_landed} rows landed, but "
                f"{self.rows_validated} validated + {self.rows_quarantined} quarantined + {self.rows_refused} refused"
            )


@dataclass(frozen=True, slots=True)
class QualityCheck:
    """What one rule found in one batch. Field order is the column order of ``ops.quality_checks``."""

    feed: str
    dataset: str
    batch_id: str
    rule_id: str
    title: str
    severity: str
    scope: str
    evaluated_rows: int
    failed_rows: int


def find_entry(connection: duckdb.DuckDBPyConnection, feed: str, dataset: str, batch_id: str) -> LedgerEntry | None:
    """Return the ledger row of a batch, None when the lake has not taken it."""
    row = connection.execute(
        f"select {_columns(LedgerEntry)} from lake.ops.batches where feed = ? and dataset = ? and batch_id = ?",
        [feed, dataset, batch_id],
    ).fetchone()
    return None if row is None else LedgerEntry(*row)


def entries_of(connection: duckdb.DuckDBPyConnection, feed: str, dataset: str, source_sha256: str) -> list[LedgerEntry]:
    """Return the ledger rows of one received file in the order of its members; none when the lake has not taken it."""
    rows = connection.execute(
        f"""select {_columns(LedgerEntry)} from lake.ops.batches
        where feed = ? and dataset = ? and source_sha256 = ? order by batch_seq, member""",
        [feed, dataset, source_sha256],
    ).fetchall()
    return [LedgerEntry(*row) for row in rows]


def entries(connection: duckdb.DuckDBPyConnection) -> list[LedgerEntry]:
    """Return the whole ledger in the order of receipt."""
    rows = connection.execute(
        f"select {_columns(LedgerEntry)} from lake.ops.batches order by batch_seq, feed, dataset, member"
    ).fetchall()
    return [LedgerEntry(*row) for row in rows]


def write_entry(connection: duckdb.DuckDBPyConnection, entry: LedgerEntry) -> None:
    """Add one ledger row; the caller's transaction holds the batch's rows too."""
    _insert(connection, "batches", [entry])


def write_checks(connection: duckdb.DuckDBPyConnection, checks: Sequence[QualityCheck]) -> None:
    """Add the quality checks of one batch."""
    _insert(connection, "quality_checks", checks)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[LedgerEntry | QualityCheck]) -> None:
    if not rows:
        return
    width = len(fields(rows[0]))
    places = ", ".join(["(" + ", ".join(["?"] * width) + ")"] * len(rows))
    values = [value for row in rows for value in astuple(row)]
    connection.execute(f"insert into lake.ops.{table} values {places}", values)


def _columns(kind: type[LedgerEntry]) -> str:
    return ", ".join(field.name for field in fields(kind))

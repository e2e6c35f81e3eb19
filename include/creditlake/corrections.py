"""Corrected and waived rows: a delivery that says which quarantined row each of its rows settles (docs/decisions/0006).

Such a delivery is judged like any other. A row that passes closes the quarantined one in the same transaction; of a
waiver, the rules it names no longer keep the row out: in its batch they are recorded as warnings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from creditlake.bronze import Batch
from creditlake.contracts import CORRECTION, WAIVER, Dataset
from creditlake.lake import LakePaths


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one row of a corrected delivery settles.

    Attributes:
        source_row: The row in the new batch.
        batch_id, row: The quarantined row.
        waived: Rules that were waived; empty for a correction.
        until: Last day of the waiver; None for a correction.
    """

    source_row: int
    batch_id: str
    row: int
    waived: frozenset[str] = frozenset()
    by: str | None = None
    reason: str | None = None
    until: date | None = None


def settlements(rows_file: Path) -> list[Settlement]:
    """Return what the rows of a batch settle, empty for an ordinary delivery.

    Raises:
        ValueError: a row names no quarantined row, or a waiver lacks who, why or until when.
    """
    names = pq.read_schema(rows_file).names
    if CORRECTION[0] not in names:
        return []
    columns = ["_source_row", *(name for name in (*CORRECTION, *WAIVER) if name in names)]
    return [_settlement(row) for row in pq.read_table(rows_file, columns=columns).to_pylist()]


def _settlement(row: dict[str, object]) -> Settlement:
    batch_id, number = row.get("_corrects_batch_id"), row.get("_corrects_row")
    if not batch_id or not str(number).isdigit():
        raise ValueError(f"row {row['_source_row']} corrects no row: batch {batch_id!r}, row {number!r}")
    correction = Settlement(int(str(row["_source_row"])), str(batch_id), int(str(number)))
    if not row.get("_waived_rules"):
        return correction
    missing = [name for name in WAIVER if not row.get(name)]
    if missing:
        raise ValueError(f"row {row['_source_row']}: a waiver says {', '.join(missing)}")
    return replace(
        correction,
        waived=frozenset(str(row["_waived_rules"]).split(";")),
        by=str(row["_waived_by"]),
        reason=str(row["_waived_reason"]),
        until=date.fromisoformat(str(row["_waived_until"])),
    )


def let_waived_in(failed_rows: pa.Table, critical: frozenset[str], settled: list[Settlement]) -> pa.Table:
    """Return the failed rows without those whose every critical rule was waived."""
    waived = {settlement.source_row: settlement.waived for settlement in settled if settlement.waived}
    if not waived:
        return failed_rows
    kept = [
        row
        for row in failed_rows.to_pylist()
        if not (set(row["_failed_rules"]) & critical) <= waived.get(row["_source_row"], frozenset())
    ]
    return pa.Table.from_pylist(kept, schema=failed_rows.schema)


def close(connection: duckdb.DuckDBPyConnection, batch: Batch, dataset: Dataset, accepted: list[Settlement]) -> None:
    """Give each settled quarantined row its state; runs inside the batch's transaction.

    Raises:
        ValueError: a settled row is not in quarantine, or was settled before.
    """
    for settlement in accepted:
        state = "waived" if settlement.waived else "corrected"
        changed = connection.execute(
            f"""update lake.quarantine.{dataset.table}
                set _state = ?, _state_batch_id = ?, _state_by = ?, _state_reason = ?, _state_until = ?
                where _batch_id = ? and _source_row = ? and _state = 'open'""",
            [
                state,
                batch.batch_id,
                settlement.by,
                settlement.reason,
                settlement.until,
                settlement.batch_id,
                settlement.row,
            ],
        ).fetchone()
        if changed is None or changed[0] != 1:
            place = f"{dataset.feed}.{dataset.name}, batch {settlement.batch_id}, row {settlement.row}"
            raise ValueError(f"{place} is not an open row of the quarantine")


def write_open_rows(connection: duckdb.DuckDBPyConnection, dataset: Dataset, target: Path) -> int:
    """Write a dataset's open quarantined rows as CSV, ready to be corrected and replayed; return their number."""
    listed = _source_list(dataset)
    path = str(target).replace("'", "''")
    row = connection.execute(
        f"""copy (select _batch_id as _corrects_batch_id, _source_row as _corrects_row,
                array_to_string(_failed_rules, ';') as _failed_rules, {listed}
            from lake.quarantine.{dataset.table} where _state = 'open' order by _batch_seq, _source_row)
            to '{path}' (format csv, header)"""
    ).fetchone()
    return 0 if row is None else int(row[0])


def write_waiver(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, settlement: Settlement, target: Path
) -> frozenset[str]:
    """Write the delivery of one waiver: the row as received and who waives it; return the rules it broke.

    Raises:
        ValueError: there is no such open row.
    """
    where = "_batch_id = ? and _source_row = ? and _state = 'open'"
    found = connection.execute(
        f"select _failed_rules from lake.quarantine.{dataset.table} where {where}",
        [settlement.batch_id, settlement.row],
    ).fetchone()
    if found is None:
        place = f"{dataset.feed}.{dataset.name}, batch {settlement.batch_id}, row {settlement.row}"
        raise ValueError(f"{place} is not an open row of the quarantine")
    path = str(target).replace("'", "''")
    connection.execute(
        f"""copy (select _batch_id as _corrects_batch_id, _source_row as _corrects_row,
                array_to_string(_failed_rules, ';') as _waived_rules, cast(? as varchar) as _waived_by,
                cast(? as varchar) as _waived_reason, cast(? as varchar) as _waived_until,
                {_source_list(dataset)}
            from lake.quarantine.{dataset.table} where {where})
            to '{path}' (format csv, header)""",
        [settlement.by, settlement.reason, settlement.until, settlement.batch_id, settlement.row],
    )
    return frozenset(found[0])


def dataset_file(paths: LakePaths, dataset: Dataset, label: str) -> Path:
    """Where a delivery made by ourselves is written before it lands."""
    return paths.scratch / f"{dataset.name}-{label}.csv"


def _source_list(dataset: Dataset) -> str:
    return ", ".join(f'"{name}"' for name in dataset.column_names)

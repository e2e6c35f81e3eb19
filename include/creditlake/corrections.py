"""Corrected and waived rows: a delivery that says which quarantined row each of its rows settles (docs/decisions/0006).

Such a delivery is judged like any other. A row that passes closes the quarantined one in the same transaction; of a
waiver, the rules it names no longer keep the row out: in its batch they are recorded as warnings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from creditlake.bronze import Batch
from creditlake.contracts import CORRECTION, WAIVER, Dataset
from creditlake.lake import LakePaths
from creditlake.refusal import Refusal

_DIGITS_AS_LETTERS = str.maketrans("0123456789", "ghijklmnop")


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


def settlements(rows_file: Path, delivered: date, from_team: bool) -> list[Settlement]:
    """Return what the rows of a batch settle, empty for an ordinary delivery: one with none of these columns.

    Raises:
        Refusal: ``bad_correction``: a row names no quarantined row, two name the same one, or a waiver lacks who, why
            or until when, has ended when it is delivered, or does not come from the data team.
    """
    names = pq.read_schema(rows_file).names
    if not {*CORRECTION, *WAIVER} & set(names):
        return []
    columns = ["_source_row", *(name for name in (*CORRECTION, *WAIVER) if name in names)]
    settled = [_settlement(row) for row in pq.read_table(rows_file, columns=columns).to_pylist()]
    for settlement in settled:
        if fault := _waiver_fault(settlement, delivered, from_team):
            raise Refusal("bad_correction", f"row {settlement.source_row}: {fault}", len(settled))
    named = Counter((settlement.batch_id, settlement.row) for settlement in settled)
    for (batch_id, row), times in named.items():
        if times > 1:
            raise Refusal("bad_correction", f"batch {batch_id}, row {row} is settled {times} times", len(settled))
    return settled


def _waiver_fault(settlement: Settlement, delivered: date, from_team: bool) -> str:
    """Say why a waiver cannot be taken; empty for one that can, and for a correction."""
    if settlement.until is None:
        return ""
    if not from_team:
        return "a rule is waived by the data team alone, not by who delivers the row"
    return f"the waiver ends on {settlement.until}, before {delivered}" if settlement.until < delivered else ""


def _settlement(row: dict[str, object]) -> Settlement:
    batch_id, number = row.get("_corrects_batch_id"), str(row.get("_corrects_row"))
    if not batch_id or not (number.isascii() and number.isdigit()):
        raise Refusal("bad_correction", f"row {row['_source_row']} corrects no row: batch {batch_id!r}, row {number!r}")
    correction = Settlement(int(str(row["_source_row"])), str(batch_id), int(number))
    if not any(row.get(name) for name in WAIVER):
        return correction
    missing = [name for name in WAIVER if not row.get(name)]
    if missing:
        raise Refusal("bad_correction", f"row {row['_source_row']}: the waiver lacks {', '.join(missing)}")
    return replace(
        correction,
        waived=frozenset(str(row["_waived_rules"]).split(";")),
        by=str(row["_waived_by"]),
        reason=str(row["_waived_reason"]),
        until=_last_day(row),
    )


def _last_day(row: dict[str, object]) -> date:
    try:
        return date.fromisoformat(str(row["_waived_until"]))
    except ValueError:
        raise Refusal(
            "bad_correction", f"row {row['_source_row']}: {row['_waived_until']!r} is not a day like 2026-10-31"
        ) from None


def refuse_unless_open(connection: duckdb.DuckDBPyConnection, dataset: Dataset, settled: Sequence[Settlement]) -> None:
    """Raise Refusal ``bad_correction`` when a row to be settled is not open in the dataset's quarantine."""
    if not settled:
        return
    statement = f"select _batch_id, _source_row from lake.quarantine.{dataset.table} where _state = 'open'"
    open_rows = set(connection.execute(statement).fetchall())
    for settlement in settled:
        if (settlement.batch_id, settlement.row) not in open_rows:
            raise Refusal("bad_correction", _not_open(dataset, settlement), len(settled))


def _not_open(dataset: Dataset, settlement: Settlement) -> str:
    place = f"{dataset.feed}.{dataset.name}: batch {settlement.batch_id}, row {settlement.row}"
    return f"{place} is not an open row of the quarantine"


def waiver_ends(settled: Sequence[Settlement]) -> pa.Table:
    """Return ``_source_row, until``: the last day of every waived row of a batch."""
    ends = [(settlement.source_row, settlement.until) for settlement in settled if settlement.until]
    return pa.table(
        {
            "_source_row": pa.array([row for row, _ in ends], pa.int64()),
            "until": pa.array([until for _, until in ends], pa.date32()),
        }
    )


def let_waived_in(failed_rows: pa.Table, critical: frozenset[str], settled: Sequence[Settlement]) -> pa.Table:
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
            raise ValueError(_not_open(dataset, settlement))


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
        raise ValueError(_not_open(dataset, settlement))
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
    """Where a delivery made by ourselves is written before it lands; no month can be read out of its name."""
    return paths.scratch / f"{dataset.name}-{label.translate(_DIGITS_AS_LETTERS)}.csv"


def _source_list(dataset: Dataset) -> str:
    return ", ".join(f'"{name}"' for name in dataset.column_names)

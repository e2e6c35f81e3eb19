"""A lake of a few rows for the tests of keeping it sound: penalty.decisions, two batches."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
from creditlake.lake import LakePaths, writing
from creditlake.lake.ledger import LedgerEntry, write_entry

BATCH_A, BATCH_B = "a" * 20, "b" * 20


def add_batch(paths: LakePaths, batch_id: str, seq: int, validated: int, quarantined: int) -> None:
    """Take a batch into penalty.decisions: rows 1 … validated pass, the next ones are quarantined."""
    entry = LedgerEntry(
        feed="penalty",
        dataset="decisions",
        batch_id=batch_id,
        source_sha256="0" * 64,
        source_name=f"decisions-{seq}.csv",
        member="",
        batch_seq=seq,
        delivered_date=date(2026, 10, 31),
        rows_landed=validated + quarantined,
        rows_validated=validated,
        rows_quarantined=quarantined,
        rows_refused=0,
        status="accepted",
    )
    with writing(paths) as connection:
        connection.execute("begin")
        _insert(connection, "validated", batch_id, range(1, validated + 1))
        _insert(connection, "quarantine", batch_id, range(validated + 1, validated + quarantined + 1))
        write_entry(connection, entry)
        connection.execute("commit")


def _insert(connection: duckdb.DuckDBPyConnection, zone: str, batch_id: str, rows: range) -> None:
    extra = ", ['penalty.decisions.required.CF_WSH'], 'open'" if zone == "quarantine" else ""
    names = ", _failed_rules, _state" if zone == "quarantine" else ""
    connection.execute(
        f"""insert into lake.{zone}.penalty_decisions (CF_WSH, _batch_id, _source_row {names})
        select '文书' || range, ?, range {extra} from range(?, ?)""",
        [batch_id, rows.start, rows.stop],
    )


def sound_lake(root: Path, postgres: str = "") -> LakePaths:
    """Return a lake of two batches: 100 rows, 3 of them quarantined, and 50 rows, all good."""
    paths = LakePaths(root, postgres)
    add_batch(paths, BATCH_A, 1, validated=97, quarantined=3)
    add_batch(paths, BATCH_B, 2, validated=50, quarantined=0)
    return paths


def execute(paths: LakePaths, *statements: str) -> None:
    """Run statements as the lake's writer."""
    with writing(paths) as connection:
        for statement in statements:
            connection.execute(statement)


def rows_of(paths: LakePaths, table: str) -> list[tuple[object, ...]]:
    """Return all rows of ``schema.table``, sorted."""
    from creditlake.lake import reading

    with reading(paths) as connection:
        return connection.execute(f"select * from lake.{table} order by all").fetchall()

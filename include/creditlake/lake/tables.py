"""The tables of the lake that batches are loaded into; those of staging, intermediate and marts belong to dbt."""

from __future__ import annotations

import duckdb

from creditlake.contracts import Dataset, all_datasets
from creditlake.lake.attach import METADATA

LINEAGE = {
    "_batch_id": "varchar",
    "_source_row": "bigint",
    "_source_sha256": "varchar",
    "_batch_seq": "bigint",
    "_delivered_date": "date",
    "_valid_until": "date",
}
STATE = {
    "_failed_rules": "varchar[]",
    "_state": "varchar",
    "_state_batch_id": "varchar",
    "_state_by": "varchar",
    "_state_reason": "varchar",
    "_state_until": "date",
}
BATCHES = {
    "feed": "varchar",
    "dataset": "varchar",
    "batch_id": "varchar",
    "source_sha256": "varchar",
    "source_name": "varchar",
    "member": "varchar",
    "batch_seq": "bigint",
    "delivered_date": "date",
    "rows_landed": "bigint",
    "rows_validated": "bigint",
    "rows_quarantined": "bigint",
    "rows_refused": "bigint",
    "status": "varchar",
    "reason": "varchar",
}
WATERMARKS = {
    "feed": "varchar",
    "dataset": "varchar",
    "source": "varchar",
    "reached": "varchar",
    "batch_id": "varchar",
    "batch_seq": "bigint",
    "source_sha256": "varchar",
    "is_accepted": "boolean",
}
QUALITY_CHECKS = {
    "feed": "varchar",
    "dataset": "varchar",
    "batch_id": "varchar",
    "rule_id": "varchar",
    "title": "varchar",
    "severity": "varchar",
    "scope": "varchar",
    "evaluated_rows": "bigint",
    "failed_rows": "bigint",
}

SEALED_ROWS = {
    "feed": "varchar",
    "dataset": "varchar",
    "zone": "varchar",
    "record_id": "varchar",
    "group_id": "varchar",
    **LINEAGE,
    "publisher": "varchar",
    "provided_date": "date",
    "document_date": "date",
    "is_counted": "boolean",
    "is_unresolved": "boolean",
    "ended_by": "varchar",
    "ended_date": "date",
    "basis": "varchar",
    "answers_from": "date",
}
"""What is told of a row that left the lake because its record has ended (docs/decisions/0022): no content."""
SEALED_STATES = {"record_id": "varchar", "state": "varchar", "began_date": "date"}
SEALED_CASES = {
    "record_id": "varchar",
    "case_type": "varchar",
    "channel": "varchar",
    "applied_date": "date",
    "accepted_date": "date",
    "closed_date": "date",
    "outcome": "varchar",
}
"""What the index counts of a case that left the lake with its record: neither number nor subject."""
_UNFINISHED = "unfinished_tables"
"""Is there while the empty rows that gave tables their statistics have not gone."""


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def relations(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], bool]:
    """Return every relation of the lake as (schema, name), and whether it holds rows itself (is no view).

    The catalogue's own tables are asked: information_schema would plan every view, which takes a second and more.
    """
    rows = connection.execute(
        f"""select schema_name, table_name, true from {METADATA}.ducklake_table as tables
        inner join {METADATA}.ducklake_schema using (schema_id) where tables.end_snapshot is null
        union all
        select schema_name, view_name, false from {METADATA}.ducklake_view as views
        inner join {METADATA}.ducklake_schema using (schema_id) where views.end_snapshot is null
        order by all"""
    ).fetchall()
    return {(schema, name): is_table for schema, name, is_table in rows}


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas and tables that are missing; a lake that has them all is left alone."""
    have = relations(connection)
    missing = {name: columns for name, columns in _wanted().items() if name not in have}
    if not missing:
        return
    connection.execute("begin")
    for schema in ("validated", "quarantine", "ops"):
        connection.execute(f"create schema if not exists lake.{schema}")
    for (schema, table), columns in missing.items():
        listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        connection.execute(f"create table lake.{schema}.{table} ({listed})")
    connection.execute("commit")
    connection.execute("call lake.set_option('data_inlining_row_limit', 0)")


def ensure_statistics(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the catalogue know statistics of the tables that never held a row: each gets an empty row, which goes.

    Of such a table DuckLake knows none, and asks for them again for every column of every statement: a quarter of a
    second to plan what is planned in 15 ms (docs/decisions/0026). In one transaction the row would never have been.
    """
    have, wanted = relations(connection), _wanted()
    unfinished = ("ops", _UNFINISHED) in have  # by a process that was killed here
    unknown = wanted.keys() & _without_statistics(connection)
    if not unknown and not unfinished:
        return
    connection.execute("begin")
    connection.execute(f"create table if not exists lake.ops.{_UNFINISHED} (table_name varchar)")
    for schema, table in sorted(unknown):
        connection.execute(f"insert into lake.{schema}.{table} ({_never_null(wanted[schema, table])}) values (null)")
    connection.execute("commit")
    connection.execute("begin")
    for schema, table in sorted(wanted if unfinished else unknown):
        connection.execute(f"delete from lake.{schema}.{table} where {_never_null(wanted[schema, table])} is null")
    connection.execute(f"drop table lake.ops.{_UNFINISHED}")
    connection.execute("commit")


def _without_statistics(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    rows = connection.execute(
        f"""select schema_name, table_name from {METADATA}.ducklake_table as tables
        inner join {METADATA}.ducklake_schema using (schema_id)
        anti join {METADATA}.ducklake_table_stats using (table_id)
        where tables.end_snapshot is null"""
    ).fetchall()
    return {(schema, name) for schema, name in rows}


def _never_null(columns: dict[str, str]) -> str:
    """A column that every row of a table fills."""
    return "_batch_id" if "_batch_id" in columns else identifier(next(iter(columns)))


def _wanted() -> dict[tuple[str, str], dict[str, str]]:
    tables: dict[tuple[str, str], dict[str, str]] = {
        ("ops", "batches"): BATCHES,
        ("ops", "quality_checks"): QUALITY_CHECKS,
        ("ops", "watermarks"): WATERMARKS,
        ("ops", "sealed_rows"): SEALED_ROWS,
        ("ops", "sealed_states"): SEALED_STATES,
        ("ops", "sealed_cases"): SEALED_CASES,
    }
    for dataset in all_datasets():
        source = _source_columns(dataset)
        tables["validated", dataset.table] = source | LINEAGE
        tables["quarantine", dataset.table] = source | LINEAGE | STATE
    return tables


def _source_columns(dataset: Dataset) -> dict[str, str]:
    return dict.fromkeys(dataset.column_names, "varchar")

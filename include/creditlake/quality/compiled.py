"""The quarantine: the suite's own conditions compiled into one scan that names every failing row and all its rules.

The scan gives one row per combination of broken rules (a bit mask), how many rows broke just these, and which. The
mask is not filtered on, because DuckDB would push the filter below the view and compute every value once a rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from creditlake.quality.verdict import FAILED_ROWS_SCHEMA

BITS = 60
"""Rules in one mask column: an unsigned 64-bit integer holds them with room to spare."""

Combination = tuple[frozenset[int], int]


def scan_sql(conditions: Sequence[str], view: str) -> str:
    """Return the query of the combinations: mask columns, ``n`` rows, ``rows`` their numbers (none for no rule)."""
    chunks = [range(start, min(start + BITS, len(conditions))) for start in range(0, len(conditions), BITS)]
    masks = [
        " + ".join(
            f"case when {conditions[place]} then {1 << place - chunk.start}::ubigint else 0 end" for place in chunk
        )
        for chunk in chunks
    ]
    names = [f"mask_{number}" for number in range(len(chunks))]
    named = ",\n    ".join(f"{mask} as {name}" for mask, name in zip(masks, names, strict=True))
    some = " or ".join(f"{name} <> 0" for name in names)
    return (
        f"select {', '.join(names)}, count(*) as n, list(_source_row) filter (where {some}) as rows\n"
        f"from (select _source_row,\n    {named}\n  from {view})\ngroup by all"
    )


def scan(
    connection: duckdb.DuckDBPyConnection, conditions: Sequence[str], view: str
) -> tuple[list[Combination], pa.Table]:
    """Return the combinations of broken rules (places in ``conditions``, rows), and a table ``combination, rows``."""
    table = connection.execute(scan_sql(conditions, view)).to_arrow_table()
    masks = [column.to_pylist() for column in table.columns[:-2]]
    combinations = [
        (frozenset(_places(values)), int(n or 0))
        for values, n in zip(zip(*masks, strict=True), table["n"].to_pylist(), strict=True)
    ]
    return combinations, table.select(["rows"]).append_column("combination", pa.array(range(len(combinations))))


def counts(combinations: Sequence[Combination], rules: int) -> list[int]:
    """Return how many rows broke each rule."""
    failed = [0] * rules
    for places, n in combinations:
        for place in places:
            failed[place] += n
    return failed


def failed_rows(
    connection: duckdb.DuckDBPyConnection,
    combinations: Sequence[Combination],
    rows: pa.Table,
    rule_ids: Sequence[str],
    critical: frozenset[int],
) -> pa.Table:
    """Return every row that broke a critical rule with all the rules it broke, ordered by row."""
    chosen = [
        (number, [rule_ids[place] for place in sorted(places)])
        for number, (places, _) in enumerate(combinations)
        if places & critical
    ]
    if not chosen:
        return FAILED_ROWS_SCHEMA.empty_table()
    numbers, broken = zip(*chosen, strict=True)
    rules = pa.table(
        {"combination": pa.array(numbers, pa.int64()), "_failed_rules": pa.array(broken, pa.list_(pa.string()))}
    )
    connection.register("combination_rows", rows)
    connection.register("combination_rules", rules)
    try:
        found = connection.execute(
            "select unnest(rows) as _source_row, _failed_rules"
            " from combination_rows join combination_rules using (combination) order by _source_row"
        ).to_arrow_table()
    finally:
        connection.unregister("combination_rows")
        connection.unregister("combination_rules")
    return found.cast(FAILED_ROWS_SCHEMA)


def _places(masks: Sequence[int]) -> list[int]:
    return [
        number * BITS + bit for number, mask in enumerate(masks) for bit in range(mask.bit_length()) if mask >> bit & 1
    ]

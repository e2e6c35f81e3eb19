"""Repeats within a batch: of identical rows the first stays; rows of one key and day with different content all go.

One group-by over the keys' hashes finds the candidates; only these are compared, column by column.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from creditlake.contracts import Dataset
from creditlake.quality.normalise import identifier, literal
from creditlake.quality.view import PROVIDED, normalised_sql, repeats_name

TECHNICAL = ("前置库数据批次号", "前置库数据主键")
"""Columns that number a row in the agency's exchange database: they say nothing about the record."""


def find_repeats(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, bronze_file: Path, delivered_columns: Collection[str]
) -> None:
    """Fill the dataset's table of repeats: one row per row that is a repeat or in conflict.

    Two rows repeat when all columns but the technical ones agree; they are in conflict when key and 提供日期 agree and
    anything else does not. A key with a missing part is in conflict with nothing.
    """
    connection.execute(f"delete from {repeats_name(dataset)}")
    parts = [_key_part(columns) for columns in dataset.key]
    keyed = (
        f"select _source_row, hash({', '.join([*parts, identifier(PROVIDED)])}) as key_hash"
        f" from ({normalised_sql(dataset, bronze_file, delivered_columns)})"
    )
    connection.execute(
        f"create or replace temp table repeated_keys as select key_hash from ({keyed}) group by all having count(*) > 1"
    )
    if not connection.execute("select 1 from repeated_keys limit 1").fetchone():
        return
    connection.execute(
        f"create or replace temp table candidates as"
        f" select _source_row from ({keyed}) semi join repeated_keys using (key_hash)"
    )
    rows = normalised_sql(dataset, bronze_file, delivered_columns, "semi join candidates using (_source_row)")
    connection.execute(_compare_sql(dataset, parts, rows))


def _key_part(columns: Sequence[str]) -> str:
    return f"coalesce({', '.join(map(identifier, columns))})" if len(columns) > 1 else identifier(columns[0])


def _compare_sql(dataset: Dataset, parts: Sequence[str], rows: str) -> str:
    content = [name for name in dataset.column_names if name not in TECHNICAL]
    texts = ", ".join(f"coalesce({identifier(name)}, {literal(chr(30))})" for name in content)
    keys = ", ".join(f"part_{number}" for number in range(len(parts)))
    named = ", ".join(f"{part} as part_{number}" for number, part in enumerate(parts))
    complete = " and ".join(f"part_{number} is not null" for number in range(len(parts)))
    return f"""insert into {repeats_name(dataset)}
with compared as (
    select _source_row, {named}, {identifier(PROVIDED)} as provided, md5(concat_ws(chr(31), {texts})) as content
    from ({rows})
), marked as (
    select _source_row,
        row_number() over (partition by {keys}, provided, content order by _source_row) > 1 as is_repeat,
        {complete} and min(content) over of_key <> max(content) over of_key as is_conflict
    from compared
    window of_key as (partition by {keys}, provided)
)
select * from marked where is_repeat or is_conflict"""

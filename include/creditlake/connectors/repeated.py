"""Leave out of a pulled file the rows that earlier pulls of the same source brought: an overlap repeats them.

Only a hash of each row and its place are held, so memory grows by a few dozen bytes a row.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv

from creditlake.lake.tables import identifier

BLOCK_BYTES = 4 << 20
_PLACE = "_place"
_GONE = """
    select place
    from (select *, row_number() over (partition by key order by place) as time_no from came) as came
    semi join (select key, row_number() over (partition by key) as time_no from before) as before using (key, time_no)
"""


def leave_out(earlier: Sequence[Path], file: Path, connection: duckdb.DuckDBPyConnection) -> int:
    """Take the rows of earlier CSV files out of a CSV file and return how many those were.

    A row that the file holds more often than the earlier ones stays as often as it came on top. The order stays. A
    column that an earlier file does not have was empty then.
    """
    names = _header(file)
    connection.register("rows", _numbered(file))
    connection.execute(
        f"create or replace temp table came as select {_key(names, names)} as key, {_PLACE} as place from rows"
    )
    connection.execute("create or replace temp table before as select key from came limit 0")
    for path in earlier:
        connection.register("rows", _numbered(path))
        key = _key(names, _header(path))
        connection.execute(
            f"insert into before select key from (select {key} as key from rows) semi join came using (key)"
        )
    gone = connection.execute(_GONE).fetchnumpy()["place"]
    if len(gone):
        (came,) = connection.execute("select count(*) from came").fetchone() or (0,)
        stays = np.ones(came, np.bool_)
        stays[gone] = False
        _rewrite(file, stays, connection)
    return len(gone)


def _rewrite(file: Path, stays: npt.NDArray[np.bool_], connection: duckdb.DuckDBPyConnection) -> None:
    """Write a CSV file again with the rows that stay."""
    rows = _numbered(file)
    batches = (batch.filter(pa.array(stays[batch.column(_PLACE).to_numpy()])) for batch in rows)
    connection.register("rows", pa.RecordBatchReader.from_batches(rows.schema, batches))
    kept = file.with_name(f"{file.name}.new")
    target = str(kept).replace("'", "''")
    connection.execute(f"copy (select * exclude ({_PLACE}) from rows) to '{target}' (format csv, header)")
    os.replace(kept, file)


def _key(names: Sequence[str], have: Sequence[str]) -> str:
    """Return the expression for the hash of a row's fields, each after its length."""
    fields = [identifier(name) if name in have else "''" for name in names]
    return "md5_number(concat(" + ", ".join(f"strlen({field}), ':', {field}" for field in fields) + "))"


def _header(file: Path) -> list[str]:
    with open(file, encoding="utf-8", newline="") as handle:
        return next(csv.reader(handle))


def _numbered(file: Path) -> pa.RecordBatchReader:
    """Read a CSV file as the lake's own reader does, every field a text, and number the rows from 0."""
    reader = pacsv.open_csv(
        file,
        read_options=pacsv.ReadOptions(block_size=BLOCK_BYTES),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(_header(file), pa.string()), strings_can_be_null=False
        ),
    )

    def batches() -> Iterator[pa.RecordBatch]:
        first = 0
        for batch in reader:
            places = pa.array(np.arange(first, first + batch.num_rows))
            yield batch.append_column(_PLACE, places)
            first += batch.num_rows

    return pa.RecordBatchReader.from_batches(reader.schema.append(pa.field(_PLACE, pa.int64())), batches())

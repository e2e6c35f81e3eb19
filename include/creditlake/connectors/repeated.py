"""Leave out of a pulled file the rows that earlier pulls of the same source brought: an overlap repeats them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb

_NO_NULL = "\x01"
"""No text is this one, so an empty field stays the empty text."""


def leave_out(earlier: Sequence[Path], file: Path, connection: duckdb.DuckDBPyConnection) -> int:
    """Take the rows of earlier CSV files out of a CSV file and return how many those were.

    A row that the file holds more often than the earlier ones stays as often as it came on top. The order stays.
    """
    described = connection.execute(f"select * from {_csv('?')} limit 0", [str(file)]).description or ()
    names = [name for name, *_ in described]
    columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    kept = file.with_name(f"{file.name}.new")
    relation = f"""
        select {columns}
        from (
            select *, row_number() over () as place, row_number() over (partition by {columns}) as time_no
            from {_csv("?")}
        ) as came
        anti join (
            select {columns}, row_number() over (partition by {columns}) as time_no from {_csv("?")}
        ) as before using ({columns}, time_no)
        order by place
    """
    (total,) = connection.execute(f"select count(*) from {_csv('?')}", [str(file)]).fetchone() or (0,)
    connection.execute(
        f"copy ({relation}) to '{_doubled(kept)}' (format csv, header)", [str(file), [str(path) for path in earlier]]
    )
    (left,) = connection.execute(f"select count(*) from {_csv('?')}", [str(kept)]).fetchone() or (0,)
    os.replace(kept, file)
    return int(total) - int(left)


def _csv(place: str) -> str:
    options = "header = true, all_varchar = true, union_by_name = true, auto_detect = false, delim = ',', quote = '\"'"
    return f"read_csv({place}, {options}, escape = '\"', nullstr = '{_NO_NULL}')"


def _doubled(path: Path) -> str:
    return str(path).replace("'", "''")

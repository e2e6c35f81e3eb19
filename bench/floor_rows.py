"""Invented rows of penalty.decisions as bronze keeps them, millions in seconds, with faults of some per cent.

The same number of rows is the same file. Every fault has its place in a cycle of 500 rows, so a reader can count them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
from creditlake.identity.identifiers import org_code_check_character, uscc_check_character

PARTIES = 100_000


def write_rows(target: Path, rows: int, batch_id: str) -> None:
    """Write ``rows`` rows of one batch as Parquet; delivered on 2026-10-31 at the latest."""
    codes = [_code(f"{number:08d}") for number in range(PARTIES)]
    parties = pa.table({"place": pa.array(range(PARTIES), pa.int64()), "uscc": pa.array(codes, pa.string())})
    statements = (Path(__file__).parent / "floor_rows.sql").read_text(encoding="utf-8")
    for name, value in {"rows": rows, "parties": PARTIES, "batch": batch_id, "target": target}.items():
        statements = statements.replace("{" + name + "}", str(value))
    with duckdb.connect() as connection:
        connection.register("parties", parties)
        connection.execute(statements)


def _code(body: str) -> str:
    """A code that is valid and nobody's: its area 159999 does not exist."""
    stem = f"91159999{body}{org_code_check_character(body)}"
    return stem + uscc_check_character(stem)

"""Which marts are released, and their export as Parquet whose bytes depend on their content alone."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from creditlake.lake.tables import identifier

PREFIX = "mart_"
PARQUET = "format parquet, compression zstd, compression_level 3, row_group_size 100000"


@dataclass(frozen=True, slots=True)
class Mart:
    """A released mart.

    Attributes:
        grain: The columns that identify a row; also the total order of the exported file.
    """

    name: str
    grain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MartFile:
    """An exported mart: rows, and the hash of the file's bytes."""

    mart: Mart
    rows: int
    sha256: str


def released_marts(dbt_target: Path) -> list[Mart]:
    """Return the marts that the last dbt build promises to consumers, by name.

    Raises:
        ValueError: a mart declares no grain (``config.meta.grain``).
    """
    manifest = json.loads((dbt_target / "manifest.json").read_text(encoding="utf-8"))
    marts = []
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["name"].startswith(PREFIX):
            grain = node["config"].get("meta", {}).get("grain")
            if not grain:
                raise ValueError(f"{node['name']} declares no grain in its config.meta.grain")
            marts.append(Mart(node["name"], tuple(grain)))
    return sorted(marts, key=lambda mart: mart.name)


def export(connection: duckdb.DuckDBPyConnection, mart: Mart, folder: Path, relation: str | None = None) -> MartFile:
    """Write one mart into ``folder``: one file, a total order, no statistics of the day (docs/decisions/0003).

    Args:
        relation: Where its rows are; by default in the lake.
    """
    target = folder / f"{mart.name}.parquet"
    order = ", ".join(f"{identifier(column)} nulls last" for column in mart.grain)
    path = str(target).replace("'", "''")
    source = relation or f"lake.marts.{mart.name}"
    connection.execute(f"copy (select * from {source} order by {order}) to '{path}' ({PARQUET})")
    with open(target, "rb") as handle:
        os.fsync(handle.fileno())
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    row = connection.execute("select count(*) from read_parquet(?)", [str(target)]).fetchone()
    assert row is not None  # count(*) always has a row
    return MartFile(mart, int(row[0]), sha256)

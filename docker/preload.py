"""Lay out DuckDB's extensions in this environment, so that a running container writes nothing and fetches nothing."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from creditlake.lake import LakePaths
from creditlake.lake.attach import connect

with TemporaryDirectory() as folder:
    for catalogue in ("", "dbname=none"):
        connect(LakePaths(Path(folder), catalogue)).close()

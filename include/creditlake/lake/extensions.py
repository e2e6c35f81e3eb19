"""DuckDB with extensions: they come from Python packages, never from the network."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb
from duckdb_extensions import import_extension

THREADS_VARIABLE = "CREDITLAKE_THREADS"
_CHECKED: set[tuple[Path, str]] = set()
"""Folder and name of what this process has loaded: DuckDB checked the signature, and the library stays in memory."""


def threads() -> int:
    """How many threads one DuckDB uses: ``CREDITLAKE_THREADS``, else as many as DuckDB finds cores.

    Raises:
        ValueError: the variable holds no number from 1.
    """
    setting = os.environ.get(THREADS_VARIABLE)
    if not setting:
        with duckdb.connect() as connection:
            found = connection.execute("select current_setting('threads')").fetchone()
        assert found is not None  # a select without a table has one row
        return int(found[0])
    if not setting.isdecimal() or int(setting) < 1:
        raise ValueError(f"{THREADS_VARIABLE} is {setting!r}: it takes a number from 1")
    return int(setting)


def extension_directory() -> Path:
    """Folder of this environment's DuckDB extensions."""
    setting = os.environ.get("CREDITLAKE_EXTENSIONS")
    return Path(setting) if setting else Path(sys.prefix) / "share" / "creditlake" / "duckdb"


def with_extensions(memory_limit: str, scratch: Path, *names: str) -> duckdb.DuckDBPyConnection:
    """Return an empty DuckDB with the named extensions.

    A signature is checked when a process first loads the extension. DuckDB would hash the whole file again for every
    connection, a quarter of a CPU second, though what runs is the library that is in memory already.

    Args:
        memory_limit: As DuckDB writes it, ``4GB``.
        scratch: Where it spills to.
    """
    home = extension_directory()
    home.mkdir(parents=True, exist_ok=True)
    wanted = {(home, name) for name in names}
    connection = duckdb.connect(
        config={
            "extension_directory": str(home),
            "autoinstall_known_extensions": "false",
            "allow_unsigned_extensions": "false" if wanted - _CHECKED else "true",
            "memory_limit": memory_limit,
            "threads": threads(),
            "temp_directory": str(scratch),
        }
    )
    for name in names:
        _load(connection, name)
    connection.execute("set allow_unsigned_extensions = false")  # nothing else comes in
    _CHECKED.update(wanted)
    return connection


def _load(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    try:
        connection.load_extension(name)
    except duckdb.IOException:
        import_extension(name, con=connection)
        connection.load_extension(name)

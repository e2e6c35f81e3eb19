"""How the catalogue is attached: the only module that knows.

The options are rules, not tuning (docs/decisions/0002): no data inlining (it falsified history), WAL and a busy
time-out on SQLite (else "database is locked"), no download of extensions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb

from creditlake.lake.extensions import extension_directory, with_extensions
from creditlake.lake.lease import lease
from creditlake.lake.paths import LakePaths

ALIAS = "lake"
MEMORY_LIMIT = "4GB"
_SQLITE_OPTIONS = {"META_JOURNAL_MODE": "'WAL'", "META_BUSY_TIMEOUT": "10000"}


def connect(paths: LakePaths) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection with the extensions of this lake's catalogue, nothing attached yet."""
    return with_extensions(MEMORY_LIMIT, paths.scratch, "ducklake", "postgres" if paths.postgres else "sqlite_scanner")


def _target(paths: LakePaths) -> str:
    return f"ducklake:postgres:{paths.postgres}" if paths.postgres else f"ducklake:sqlite:{paths.catalog_file}"


def _options(paths: LakePaths) -> dict[str, str]:
    common = {"DATA_PATH": _quote(f"{paths.data}/"), "DATA_INLINING_ROW_LIMIT": "0", "OVERRIDE_DATA_PATH": "true"}
    return common if paths.postgres else common | _SQLITE_OPTIONS


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def attach(connection: duckdb.DuckDBPyConnection, paths: LakePaths, *, read_only: bool) -> None:
    """Attach the lake as ``lake`` and make it the default database."""
    options = [f"{name} {value}" for name, value in _options(paths).items()] + (["READ_ONLY"] if read_only else [])
    connection.execute(f"attach {_quote(_target(paths))} as {ALIAS} ({', '.join(options)})")
    connection.execute(f"use {ALIAS}")


@contextlib.contextmanager
def writing(paths: LakePaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """Hold the lease and yield a connection that may write; the lake and its tables are made on first use."""
    from creditlake.lake.tables import ensure_tables

    with lease(paths), contextlib.closing(connect(paths)) as connection:
        attach(connection, paths, read_only=False)
        ensure_tables(connection)
        yield connection


@contextlib.contextmanager
def reading(paths: LakePaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that can only read.

    Raises:
        FileNotFoundError: there is no lake at this place.
    """
    from creditlake.lake.catalogue import catalogue_place, has_catalogue

    if not has_catalogue(paths):
        raise FileNotFoundError(f"there is no lake at {paths.root} (no catalogue in {catalogue_place(paths)})")
    with contextlib.closing(connect(paths)) as connection:
        attach(connection, paths, read_only=True)
        yield connection


def dbt_attachment(paths: LakePaths) -> dict[str, str]:
    """Return the environment variables from which dbt_project/profiles.yml attaches this lake."""
    return {
        "CREDITLAKE_DBT_TARGET": "postgres" if paths.postgres else "sqlite",
        "CREDITLAKE_DBT_ATTACH": _target(paths),
        "CREDITLAKE_DBT_DATA_PATH": f"{paths.data}/",
        "CREDITLAKE_DBT_EXTENSIONS": str(extension_directory()),
        "CREDITLAKE_DBT_SCRATCH": str(paths.scratch),
        "CREDITLAKE_DBT_MEMORY": MEMORY_LIMIT,
    }

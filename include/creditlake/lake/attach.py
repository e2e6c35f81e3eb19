"""How the catalogue is attached: the only module that knows.

The options are rules, not tuning (docs/decisions/0002): no data inlining (it falsified history), WAL and a busy
time-out on SQLite (else "database is locked"), no download of extensions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb

from creditlake.lake.extensions import extension_directory, threads, with_extensions
from creditlake.lake.lease import lease
from creditlake.lake.objects import duckdb_settings
from creditlake.lake.paths import DATA_VARIABLE, LakePaths

ALIAS = "lake"
METADATA = f"__ducklake_metadata_{ALIAS}"
"""Where DuckDB shows the catalogue's own tables."""
MEMORY_LIMIT = "4GB"
_SQLITE_OPTIONS = {"META_JOURNAL_MODE": "'WAL'", "META_BUSY_TIMEOUT": "10000"}


def connect(paths: LakePaths) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection with the extensions of this lake's catalogue, nothing attached yet."""
    names = ["ducklake", "postgres" if paths.postgres else "sqlite_scanner", *(["httpfs"] if paths.objects else [])]
    connection = with_extensions(MEMORY_LIMIT, paths.scratch, *names)
    for name, value in (duckdb_settings() if paths.objects else {}).items():
        connection.execute(f"set global {name} = {_quote(value)}")  # DuckLake asks on connections of its own too
    return connection


def _target(paths: LakePaths) -> str:
    return f"ducklake:postgres:{paths.postgres}" if paths.postgres else f"ducklake:sqlite:{paths.catalog_file}"


def _options(paths: LakePaths) -> dict[str, str]:
    common = {"DATA_PATH": _quote(paths.data_path), "DATA_INLINING_ROW_LIMIT": "0", "OVERRIDE_DATA_PATH": "true"}
    return common if paths.postgres else common | _SQLITE_OPTIONS


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def attach(connection: duckdb.DuckDBPyConnection, paths: LakePaths, *, read_only: bool) -> None:
    """Attach the lake as ``lake`` and make it the default database.

    Raises:
        DataElsewhere: the catalogue remembers another place of the data, and one of the two is an object store.
    """
    options = [f"{name} {value}" for name, value in _options(paths).items()] + (["READ_ONLY"] if read_only else [])
    connection.execute(f"attach {_quote(_target(paths))} as {ALIAS} ({', '.join(options)})")
    connection.execute(f"use {ALIAS}")
    row = connection.execute(f"select value from {METADATA}.ducklake_metadata where key = 'data_path'").fetchone()
    remembered = row[0] if row else paths.data_path
    if remembered != paths.data_path and "s3://" in remembered + paths.data_path:
        raise DataElsewhere(
            f"the data of {paths.root} lie in {remembered}, but {DATA_VARIABLE} says {paths.objects or 'nothing'}"
        )


class DataElsewhere(OSError):
    """The environment names another place of a lake's data than its catalogue; nothing was read or written.

    Back-up and restore move a lake to or from an object store.
    """


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
    found = duckdb_settings() if paths.objects else {}
    return {
        "CREDITLAKE_DBT_TARGET": ("postgres" if paths.postgres else "sqlite") + ("_objects" if paths.objects else ""),
        "CREDITLAKE_DBT_ATTACH": _target(paths),
        "CREDITLAKE_DBT_DATA_PATH": paths.data_path,
        "CREDITLAKE_DBT_EXTENSIONS": str(extension_directory()),
        "CREDITLAKE_DBT_SCRATCH": str(paths.scratch),
        "CREDITLAKE_DBT_MEMORY": MEMORY_LIMIT,
        "CREDITLAKE_DBT_THREADS": str(threads()),
        **{f"CREDITLAKE_DBT_{name.upper()}": value for name, value in found.items()},
    }

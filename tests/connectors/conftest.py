"""What the tests of the connectors share: the servers, started once, and one empty table or folder at each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from creditlake.lake import LakePaths

from tests.connectors.databases import ExchangeServer, mariadb, postgres
from tests.connectors.exchange import Agency
from tests.connectors.servers import S3, Sftp, s3, sftp
from tests.connectors.stores import Agency as FileAgency
from tests.connectors.stores import on_s3, on_sftp


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[ExchangeServer]:
    """PostgreSQL of an agency."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    """MariaDB of an agency."""
    with mariadb(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture(params=["postgres", "mariadb"])
def exchange_server(request: pytest.FixtureRequest) -> ExchangeServer:
    """One after the other."""
    server: ExchangeServer = request.getfixturevalue(f"{request.param}_server")
    return server


@pytest.fixture
def agency(exchange_server: ExchangeServer, paths: LakePaths) -> Agency:
    """An empty table at each server and an empty lake."""
    made = Agency(exchange_server, paths)
    made.make()
    return made


@pytest.fixture(scope="session")
def sftp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sftp]:
    """An agency's SFTP server."""
    with sftp(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    """An agency's object store."""
    with s3() as server:
        yield server


@pytest.fixture(params=["sftp", "s3"])
def store_agency(request: pytest.FixtureRequest, tmp_path: Path) -> FileAgency:
    """A folder on each kind of server, one after the other."""
    if request.param == "sftp":
        return on_sftp(request.getfixturevalue("sftp_server"), tmp_path / "outgoing")
    name = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    return on_s3(request.getfixturevalue("s3_server"), f"outgoing/{name}")


@pytest.fixture
def postgres_agency(postgres_server: ExchangeServer, paths: LakePaths) -> Agency:
    """An empty table at PostgreSQL and an empty lake."""
    made = Agency(postgres_server, paths)
    made.make()
    return made


@pytest.fixture
def mariadb_agency(mariadb_server: ExchangeServer, paths: LakePaths) -> Agency:
    """An empty table at MariaDB and an empty lake."""
    made = Agency(mariadb_server, paths)
    made.make()
    return made

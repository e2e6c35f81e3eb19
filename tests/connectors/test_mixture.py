"""Six feeds by five connectors and the drop folder: the release of the same data dropped as files, byte for byte, also
when every connector is killed in the middle of a pull (law L8)."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
import yaml
from creditlake.connectors.endpoint import Endpoint
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.lake.fsck import fsck
from creditlake.release import current

from tests import preloaded
from tests.architecture.tree import ROOT
from tests.connectors.databases import ExchangeServer
from tests.connectors.fault_server import LOGIN, PASSWORD, Agency, serving
from tests.connectors.servers import S3, Sftp
from tests.e2e.conftest import once, village
from tests.e2e.harness import AS_OF, City, lasting, mart_hashes, run_arguments

__all__ = ["once", "village"]
PULLED = ("licensing", "penalty", "registration", "social_security", "tax")
PATIENCE_SECONDS = 120.0
BATCH, PLACE = "PCH", "XH"
Rows = dict[str, list[dict[str, str]]]
"""Rows by the name that the file of them would have, without its ending."""


@dataclass(frozen=True)
class Ways:
    """The agencies' servers, and the same data as files.

    Attributes:
        drop: Everything, as files.
        own: What is dropped even so: the feed that is not pulled.
        library: A copy of the library whose contracts name the servers.
        environment: The Airflow connections, and what both runs share.
        said: What the last run said.
    """

    drop: Path
    own: Path
    library: Path
    environment: dict[str, str]
    said: Path

    def start(self, paths: LakePaths, *, pulling: bool) -> ForkServerProcess:
        """Start a run over the files, or over the servers."""
        drop = self.own if pulling else self.drop
        library = {"PYTHONPATH": str(self.library)} if pulling else {}
        arguments = ["--quiet", "run", *run_arguments(paths, drop)]
        return preloaded.start("creditlake.cli", arguments, self.said, self.environment | library)

    def run(self, paths: LakePaths, *, pulling: bool) -> str:
        """Run to the end; return what it said."""
        code = preloaded.end(self.start(paths, pulling=pulling))
        said = self.said.read_text(encoding="utf-8")
        assert code == 0, said
        return said


@dataclass(frozen=True)
class Servers:
    """The agencies' servers, one of each kind but the service."""

    sftp: Sftp
    s3: S3
    postgres: ExchangeServer
    mariadb: ExchangeServer


@pytest.fixture
def servers(
    sftp_server: Sftp, s3_server: S3, postgres_server: ExchangeServer, mariadb_server: ExchangeServer
) -> Servers:
    """The servers of the other tests."""
    return Servers(sftp_server, s3_server, postgres_server, mariadb_server)


@pytest.fixture
def ways(village: City, tmp_path: Path, servers: Servers) -> Iterator[Ways]:
    """The village's deliveries, each feed where its agency keeps it."""
    drop, own = tmp_path / "drop", tmp_path / "own"
    for feed in ("registration", "social_security", "lending"):
        shutil.copytree(village.drop / feed, drop / feed)
    shutil.copytree(drop / "lending", own / "lending")
    for file in sorted((drop / "social_security").iterdir()):
        servers.s3.put(f"outgoing/mixture/{file.name}", file.read_bytes())
    with serving(permits(village.drop, drop)) as port:
        connectors = {
            "registration": {"kind": "sftp", "folder": str(drop / "registration"), "settle": "0s"},
            "social_security": {"kind": "s3", "folder": f"{servers.s3.bucket}/outgoing/mixture", "settle": "0s"},
            "penalty": {"kind": "postgresql"},
            "tax": {"kind": "mysql"},
            "licensing": {"kind": "http", "auth": {"kind": "token", "path": "/token"}},
        }
        pulls = {
            "penalty": fill(servers.postgres, "penalty", village.drop, drop),
            "tax": fill(servers.mariadb, "tax", village.drop, drop),
            "licensing": {
                "permits": {"path": "/page", "rows": "data.list", "paging": {"kind": "page", "total": "data.total"}},
            },
        }
        endpoints = {
            "registration": servers.sftp.endpoint(),
            "social_security": servers.s3.endpoint(),
            "penalty": servers.postgres.endpoint(),
            "tax": servers.mariadb.endpoint(),
            "licensing": Endpoint("", "127.0.0.1", port, LOGIN, PASSWORD, database="http"),
        }
        library = library_of(tmp_path / "library", connectors, pulls)
        yield Ways(drop, own, library, settings(tmp_path, endpoints), tmp_path / "said")


def settings(folder: Path, endpoints: dict[str, Endpoint]) -> dict[str, str]:
    """The environment of both runs: the Airflow connections, and one key of persons."""
    return {f"AIRFLOW_CONN_{feed.upper()}_SOURCE": as_json(one) for feed, one in endpoints.items()} | {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "CREDITLAKE_HOME": str(ROOT),
        "CREDITLAKE_PERSON_KEY": "k" * 32,
    }


def permits(source: Path, drop: Path) -> Agency:
    """Put the permits behind a service, two on a page, and as JSON lines into the drop."""
    rows = [row for rows in read_rows(source / "licensing").values() for row in rows]
    (drop / "licensing").mkdir()
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (drop / "licensing" / "permits-to-20261031.jsonl").write_text(lines, encoding="utf-8")
    service = Agency(list(rows), page_size=2)
    service.auth = "token"
    return service


def read_rows(folder: Path) -> Rows:
    """The rows of every whole file of a feed: what is no table cannot lie in one."""
    rows: Rows = {}
    for path in sorted(folder.glob("*.csv")):
        if "重报" in path.name:  # how the generator calls its broken files
            continue
        content = path.read_bytes()
        text = decoded(content).removeprefix("\ufeff")
        rows[path.stem] = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    return rows


def decoded(content: bytes) -> str:
    """The text of a file in one of the two encodings that agencies use."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def fill(server: ExchangeServer, feed: str, source: Path, drop: Path) -> dict[str, Any]:
    """Put a feed's rows into tables of an exchange database, and as plain CSV into the drop; return the pulls."""
    (drop / feed).mkdir()
    rows = read_rows(source / feed)
    pulls: dict[str, Any] = {}
    for dataset in load_feeds()[feed].datasets:
        table, columns = f"share.{dataset.name}", [*dataset.column_names, BATCH]
        listed = ", ".join(f"{server.quote(name)} text" for name in columns)
        server.execute(f"drop table if exists {table}")
        server.execute(f"create table {table} ({listed}, {server.quote(PLACE)} bigint)")
        pulls[dataset.name] = {"table": table, "batch": BATCH, "order": PLACE}
        for stem in (stem for stem in rows if stem.startswith(dataset.name)):
            number = stem.removeprefix(f"{dataset.name}-")
            for place, row in enumerate(rows[stem]):
                values = {name: value or None for name, value in row.items()} | {BATCH: number, PLACE: place}
                names = ", ".join(server.quote(name) for name in values)
                places = ", ".join(["%s"] * len(values))
                server.execute(f"insert into {table} ({names}) values ({places})", list(values.values()))
            write_csv(drop / feed / f"{stem}.csv", list(dataset.column_names), rows[stem])
    return pulls


def write_csv(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """Write rows as RFC 4180 has it, with the line ends of Unix."""
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def as_json(endpoint: Endpoint) -> str:
    """An Airflow connection as it stands in the environment."""
    facts = {
        "conn_type": "generic",
        "host": endpoint.host,
        "port": endpoint.port,
        "login": endpoint.login,
        "password": endpoint.password,
        "schema": endpoint.database,
        "extra": dict(endpoint.extra),
    }
    return json.dumps(facts)


def library_of(folder: Path, connectors: dict[str, dict[str, Any]], pulls: dict[str, dict[str, Any]]) -> Path:
    """Copy the library and let its contracts say where the agencies keep their data."""
    library = shutil.copytree(ROOT / "include", folder, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for feed, connector in connectors.items():
        path = library / "creditlake" / "feeds" / f"{feed}.yml"
        contract = yaml.safe_load(path.read_text(encoding="utf-8"))
        contract["connector"] = {"connection": f"{feed}_source", **connector}
        for dataset, pull in pulls.get(feed, {}).items():
            contract["datasets"][dataset]["pull"] = pull
        path.write_text(yaml.safe_dump(contract, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return library


def kill_while_it_pulls(ways: Ways, paths: LakePaths, feed: str) -> None:
    """Start a run and kill it while it pulls from one feed's source."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    process = ways.start(paths, pulling=True)
    while not any(paths.scratch.glob(f"pulling-{feed}")):
        assert process.is_alive(), ways.said.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, f"{feed} is not pulled"
        time.sleep(0.001)
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    assert preloaded.end(process) == -signal.SIGKILL


def test_a_mixture_of_all_connectors_killed_in_each_gives_the_release_of_dropped_files(
    ways: Ways, tmp_path: Path
) -> None:
    dropped, mixed = LakePaths(tmp_path / "dropped"), LakePaths(tmp_path / "mixed")
    ways.run(dropped, pulling=False)

    for feed in PULLED:
        kill_while_it_pulls(ways, mixed, feed)
    said = ways.run(mixed, pulling=True)

    assert mart_hashes(mixed) == mart_hashes(dropped)
    assert lasting(current(mixed)) == lasting(current(dropped))
    assert current(mixed).manifest["as_of"] == AS_OF.isoformat()
    assert fsck(mixed) == []
    assert not any(path for feed in PULLED for path in (mixed.inbox / feed).glob("*"))
    assert PASSWORD not in said

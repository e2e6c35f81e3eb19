"""One Airflow for all DAG tests, a village, and its lake by way of the DAGs; whoever writes takes a copy."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from creditlake.lake import LakePaths
from creditlake.orchestration.environment import environment

from tests.architecture.tree import ROOT
from tests.e2e.conftest import Once, once
from tests.e2e.harness import AS_OF, City, generate

__all__ = ["once"]
RELEASING = ("build_profiles", "publish_release")


@dataclass(frozen=True, slots=True)
class Airflow:
    """An Airflow in another process; see ``tests/dags/stage.py``."""

    process: subprocess.Popen[str]
    log: Path

    def ask(self, what: str, environment: dict[str, str] | None = None, **about: Any) -> Any:
        """Put one question and return the answer."""
        assert self.process.stdin and self.process.stdout
        question = {"ask": what, "about": about, "environment": environment or {}}
        print(json.dumps(question), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        assert line, f"Airflow ended: {self.log.read_text(encoding='utf-8')[-3000:]}"
        return json.loads(line)

    def run(
        self, dag_id: str, paths: LakePaths, drop: Path, home: Path = ROOT, as_of: str = AS_OF.isoformat(), **conf: Any
    ) -> dict[str, Any]:
        """Run one DAG over a lake and a drop folder, without people; return its state, tasks and their answers."""
        settings = {
            "CREDITLAKE_LAKE": str(paths.root),
            "CREDITLAKE_DROP": str(drop),
            "CREDITLAKE_HOME": str(home),
            "CREDITLAKE_APPROVAL": "automatic",
        }
        ran: dict[str, Any] = self.ask("run", settings, dag_id=dag_id, as_of=as_of, conf=conf)
        return ran


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    """An Airflow with an empty metadata database."""
    with airflow_at(tmp_path_factory.mktemp("airflow"), {}) as made:
        yield made


@contextlib.contextmanager
def airflow_at(home: Path, more: Mapping[str, str]) -> Iterator[Airflow]:
    """Start an Airflow with an empty metadata database in a folder, and more in its environment."""
    settings = os.environ | environment(home, home / "lake", home / "drop") | more
    with open(home / "log", "w", encoding="utf-8") as log:
        migrate = [sys.executable, "-m", "airflow", "db", "migrate"]
        subprocess.run(migrate, env=settings, stdout=log, stderr=log, check=True)
        stage = [sys.executable, "-m", "tests.dags.stage"]
        pipe = subprocess.PIPE
        with subprocess.Popen(stage, env=settings, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=log, text=True) as process:
            yield Airflow(process, home / "log")
            assert process.stdin
            process.stdin.close()


@pytest.fixture(scope="session")
def village(once: Once) -> City:  # the fixture
    """A city of 100 subjects and one month, with every kind of fault."""

    def make(folder: Path) -> None:
        generate(folder, subjects=100, seed=11, months=1)

    folder = once("dag_village", make)
    return City(folder / "drop", folder / "truth")


@pytest.fixture(scope="session")
def lake(airflow: Airflow, village: City, once: Once) -> LakePaths:  # the fixture
    """The lake that the DAGs make of the village, released; only to be read."""

    def make(folder: Path) -> None:
        ingest = [dag_id for dag_id in airflow.ask("facts")["dags"] if dag_id.startswith("ingest_")]
        for dag_id in (*sorted(ingest), *RELEASING):
            ran = airflow.run(dag_id, LakePaths(folder), village.drop)
            assert ran["state"] == "success", (ran, airflow.log)

    return LakePaths(once("dag_village_lake", make))

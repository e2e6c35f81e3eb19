"""An Airflow in a process of its own, asked by JSON lines: ``python -m tests.dags.stage`` (see ``conftest.Airflow``).

Airflow changes logging and settings of the process that imports it, so the tests' own process never does.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HEAVY = ("duckdb", "pyarrow", "pandas", "great_expectations", "dbt")


class Stage:
    """The DAGs of the project, ready to be run and asked about."""

    def __init__(self) -> None:
        import airflow.models  # what Airflow itself costs is not the DAG files' cost

        before = {name for name in HEAVY if name in sys.modules}
        folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
        import airflow.dag_processing.dagbag
        import airflow.providers.standard.operators.hitl
        import airflow.providers.standard.operators.python  # noqa: F401
        from creditlake.orchestration.local import Dags

        started = time.perf_counter()
        self.dags = Dags(folder)
        self.seconds = time.perf_counter() - started
        self.heavy = sorted({name for name in HEAVY if name in sys.modules} - before)

    def facts(self) -> dict[str, Any]:
        """What the DAG files declare."""
        dags = {dag_id: _dag(dag) for dag_id, dag in self.dags.bag.dags.items()}
        return {"dags": dags, "errors": self.dags.bag.import_errors, "heavy": self.heavy, "seconds": self.seconds}

    def run(self, dag_id: str, as_of: str, conf: dict[str, Any]) -> dict[str, Any]:
        """Run one DAG."""
        return asdict(self.dags.run(dag_id, date.fromisoformat(as_of), **conf))

    def backfill(self, arguments: list[str]) -> list[dict[str, Any]]:
        """Create a backfill by the command line and run it; return its runs."""
        from tests.dags import backfilling

        return backfilling.create(self.dags.bag, arguments)

    def events(self, asset: str) -> list[dict[str, Any]]:
        """The extras of an asset's events, oldest first."""
        from airflow.models.asset import AssetEvent, AssetModel
        from airflow.utils.session import create_session
        from sqlalchemy import select

        query = select(AssetEvent.extra).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
        with create_session() as session:
            return list(session.scalars(query.where(AssetModel.name == asset).order_by(AssetEvent.id)))

    def day(self, run: dict[str, Any]) -> str:
        """The business date of a run with these attributes."""
        from creditlake.orchestration.context import date_of

        moments = {name: datetime.fromisoformat(run[name]) for name in ("logical_date", "run_after") if run.get(name)}
        return date_of(SimpleNamespace(**run | moments)).isoformat()

    def call(self, function: str, arguments: list[Any]) -> dict[str, Any]:
        """Call a function of the orchestration; return its answer, or the name and words of what it raised."""
        module, _, name = function.rpartition(".")
        try:
            answer = getattr(importlib.import_module(f"creditlake.orchestration.{module}"), name)(*arguments)
        except Exception as error:  # noqa: BLE001  # told to the test, which expects it or fails
            return {"raised": type(error).__name__, "words": str(error)}
        return {"answer": answer}


def _dag(dag: Any) -> dict[str, Any]:
    return {
        "title": dag.dag_display_name,
        "doc": dag.doc_md or "",
        "tags": sorted(dag.tags),
        "form": sorted(dag.params),
        "choices": {name: dag.params.get_param(name).schema.get("values_display") for name in dag.params},
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "tells": [type(callback).__name__ for callback in _callbacks(dag)],
        "schedule": str(getattr(dag.timetable, "expression", "") or getattr(dag.timetable, "_expression", "")),
        "tasks": {task.task_id: _task(task) for task in dag.tasks},
    }


def _task(task: Any) -> dict[str, Any]:
    return {
        "title": task.task_display_name,
        "owner": task.owner,
        "pool": task.pool,
        "at_once": task.max_active_tis_per_dag,
        "retries": task.retries,
        "retry_seconds": task.retry_delay.total_seconds(),
        "tells": [type(callback).__name__ for callback in _callbacks(task)],
    }


def _callbacks(of: Any) -> list[Any]:
    callbacks = of.on_failure_callback or []
    return callbacks if isinstance(callbacks, list) else [callbacks]


def main() -> None:
    """Answer one question a line until stdin ends; everything that others print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    stage = Stage()
    for line in sys.stdin:
        question = json.loads(line)
        kept = {name: os.environ.get(name) for name in question["environment"]}
        os.environ.update(question["environment"])
        answer = getattr(stage, question["ask"])(**question["about"])
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        print(json.dumps(answer, default=str), file=answers, flush=True)


if __name__ == "__main__":
    main()

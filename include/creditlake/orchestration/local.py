"""Run DAGs in this process, with real tasks and no scheduler: the demo and the tests.

Environment and AIRFLOW_HOME must be set before the first import of Airflow, and the metadata database migrated.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from airflow.sdk import get_current_context

from creditlake.orchestration.defaults import WRITER_POOL


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a DAG.

    Attributes:
        states: State of each task.
        xcoms: What each task returned.
        summaries: What each task concluded.
    """

    dag_id: str
    state: str
    states: dict[str, str]
    xcoms: dict[str, Any]
    summaries: dict[str, str | None]

    @property
    def failed(self) -> list[str]:
        """The tasks that failed by themselves."""
        return sorted(task for task, state in self.states.items() if state == "failed")


class TaskLogs(logging.Handler):
    """Writes what tasks say to where the UI looks for it; a run without a scheduler would show empty logs there.

    The place and form are those of Airflow's own task logs: JSON lines, one file an attempt.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.INFO)
        self.folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        """Add one line to the file of the running task; what is said between tasks is nobody's."""
        try:
            task = get_current_context()["ti"]
        except RuntimeError:
            return
        place = f"dag_id={task.dag_id}/run_id={task.run_id}/task_id={task.task_id}/attempt={task.try_number}.log"
        said = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
        }
        (self.folder / place).parent.mkdir(parents=True, exist_ok=True)
        with open(self.folder / place, "a", encoding="utf-8") as file:
            file.write(json.dumps(said, ensure_ascii=False) + "\n")


class Dags:
    """The DAG files as the bundle scanner reads them, ready to be run in this process."""

    def __init__(self, folder: Path) -> None:
        from airflow.dag_processing.dagbag import BundleDagBag
        from airflow.models.pool import Pool

        self.bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
        if self.bag.import_errors:
            raise ImportError(f"DAG files with errors: {self.bag.import_errors}")
        Pool.create_or_update_pool(WRITER_POOL, 1, "数据湖唯一写入者", include_deferred=False)

    @property
    def ids(self) -> list[str]:
        """Ids of all DAGs, in order."""
        return sorted(self.bag.dags)

    def run(self, dag_id: str, as_of: date, **conf: Any) -> Ran:
        """Run one DAG to its end; the run stays in the metadata database, where the UI shows it."""
        run = self.bag.dags[dag_id].test(run_conf={"as_of": as_of.isoformat(), **conf})
        tasks = run.get_task_instances()
        states = {task.task_id: str(task.state) for task in tasks}
        xcoms = {task.task_id: task.xcom_pull(task_ids=task.task_id) for task in tasks}
        summaries = {task.task_id: task.xcom_pull(task_ids=task.task_id, key="summary") for task in tasks}
        return Ran(dag_id, str(run.state), states, xcoms, summaries)

"""Run DAGs in this process, with real tasks and no scheduler: the demo and the tests.

Environment and AIRFLOW_HOME must be set before the first import of Airflow, and the metadata database migrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from creditlake.orchestration.defaults import WRITER_POOL


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a DAG.

    Attributes:
        states: State of each task.
        xcoms: What each task returned.
    """

    dag_id: str
    state: str
    states: dict[str, str]
    xcoms: dict[str, Any]

    @property
    def failed(self) -> list[str]:
        """The tasks that failed by themselves."""
        return sorted(task for task, state in self.states.items() if state == "failed")


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
        return Ran(dag_id, str(run.state), states, xcoms)

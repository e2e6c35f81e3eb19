"""A backfill by Airflow's own command, and its runs one after the other as the scheduler starts them."""

from __future__ import annotations

from typing import Any

from airflow import settings
from airflow.cli.cli_parser import get_parser
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import sync_bag_to_db
from airflow.models.backfill import Backfill, BackfillDagRun
from airflow.models.dagrun import DagRun
from airflow.models.serialized_dag import SerializedDagModel
from airflow.sdk import timezone
from airflow.sdk.definitions.dag import _run_task
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from sqlalchemy import select, update


def create(bag: Any, arguments: list[str]) -> list[dict[str, Any]]:
    """Run ``airflow backfill create`` and then what it queued, by its own order; return day and state of each run."""
    with create_session() as session:
        DagBundlesManager().sync_bundles_to_db(session=session)
    sync_bag_to_db(bag, "dags-folder", None)
    command = get_parser().parse_args(["backfill", "create", *arguments])
    command.func(command)
    with create_session() as session:
        made = session.scalars(select(Backfill).order_by(Backfill.id.desc())).first()
        assert made is not None
        at_once, number = made.max_active_runs, made.id
        placed = select(BackfillDagRun.partition_key, DagRun.id, BackfillDagRun.exception_reason)
        placed = placed.outerjoin(DagRun, BackfillDagRun.dag_run_id == DagRun.id)
        found = session.execute(
            placed.where(BackfillDagRun.backfill_id == number).order_by(BackfillDagRun.sort_ordinal)
        ).all()
    runs = [
        {"day": day, "at_once": at_once, "state": _run(bag, run) if run else str(reason)} for day, run, reason in found
    ]
    with create_session() as session:
        session.execute(update(Backfill).where(Backfill.id == number).values(completed_at=timezone.utcnow()))
    return runs


def _run(bag: Any, number: int) -> str:
    """Bring one queued run to its end, as ``dag.test`` does with a run that it makes itself; return its state."""
    session = settings.Session()
    run = session.get(DagRun, number)
    dag, serialized = bag.dags[run.dag_id], SerializedDagModel.get(run.dag_id, session=session)
    run.dag = serialized.dag
    run.state = DagRunState.RUNNING
    run.start_date = timezone.utcnow()
    session.commit()
    while run.state == DagRunState.RUNNING:
        session.expire_all()
        ready, _ = run.update_state(session=session)
        for task in ready:
            task.try_number += 1
            task.state = TaskInstanceState.SCHEDULED
        session.commit()
        for task in [
            one for one in run.get_task_instances(session=session) if one.state == TaskInstanceState.SCHEDULED
        ]:
            _run_task(ti=task, task=dag.task_dict[task.task_id], run_triggerer=True)
    return str(run.state)

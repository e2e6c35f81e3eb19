"""What every DAG must say of itself: policy as a test, read through the bundle scanner."""

from __future__ import annotations

import re
from typing import Any

import pytest
from creditlake.contracts import load_feeds

from tests.dags.conftest import Airflow

CHINESE = re.compile("[\u4e00-\u9fff]")
WRITERS = {"validate", "dbt_build", "release", "maintain", "back_up", "rebuild", "replay"}
BY_HAND = {"rebuild_lake", "replay_quarantine", "review_identity"}


@pytest.fixture(scope="module")
def facts(airflow: Airflow) -> Any:
    """What the DAG files declare."""
    return airflow.ask("facts")


@pytest.fixture(scope="module")
def tasks(facts: Any) -> dict[str, Any]:
    """Every task by ``<dag>.<task>``."""
    return {f"{dag_id}.{name}": task for dag_id, dag in facts["dags"].items() for name, task in dag["tasks"].items()}


def test_every_declared_feed_has_its_dag_by_its_own_schedule_and_owner(facts: Any) -> None:
    ingest = {name.removeprefix("ingest_"): dag for name, dag in facts["dags"].items() if name.startswith("ingest_")}

    assert ingest.keys() == load_feeds().keys()
    for feed in load_feeds().values():
        assert ingest[feed.name]["schedule"] == feed.schedule
        assert {task["owner"] for task in ingest[feed.name]["tasks"].values()} == {feed.owner}
        assert list(ingest[feed.name]["tasks"]) == ["land", "load_bronze", "validate"]


def test_no_dag_file_has_an_error_and_reading_them_loads_nothing_heavy(facts: Any, record_property: Any) -> None:
    record_property("seconds to read all DAG files", facts["seconds"])

    assert (facts["errors"], facts["heavy"]) == ({}, [])


def test_every_dag_has_a_chinese_name_tags_and_says_what_to_do_when_it_fails(facts: Any) -> None:
    for dag_id, dag in facts["dags"].items():
        assert CHINESE.search(dag["title"]), dag_id
        assert dag["tags"] and all(CHINESE.search(tag) for tag in dag["tags"]), dag_id
        assert "失败时" in dag["doc"], dag_id
        assert (dag["max_active_runs"], dag["catchup"], dag["tells"]) == (1, False, ["RunAlert"]), dag_id
        assert ("手工" in dag["tags"]) == (dag_id in BY_HAND), dag_id


def test_every_task_has_a_chinese_name_an_owner_another_try_soon_and_an_alert(tasks: dict[str, Any]) -> None:
    for name, task in tasks.items():
        assert CHINESE.search(task["title"]), name
        assert CHINESE.search(task["owner"]), name
        assert task["retries"] >= 1 and task["retry_seconds"] <= 30, name
        assert task["tells"] == ["Alert"], name


def test_exactly_the_tasks_that_write_to_the_lake_wait_for_its_one_slot(tasks: dict[str, Any]) -> None:
    waiting = {name.split(".")[1] for name, task in tasks.items() if task["pool"] == "catalogue"}

    assert waiting == WRITERS

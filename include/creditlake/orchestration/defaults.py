"""What all DAGs share: zone, pool, retries, owner, the notifier, and the two kinds of schedule."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import CronPartitionTimetable, CronTriggerTimetable, Param
from airflow.sdk.exceptions import AirflowFailException

from creditlake.orchestration.context import ZONE
from creditlake.orchestration.notifier import Alert, RunAlert

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITER_POOL = "catalogue"
"""One slot: tasks that write to the lake wait here instead of at the lease, which alone is the lock."""
DUTY = "平台值班"
START = datetime(2026, 1, 1, tzinfo=ZoneInfo(ZONE))


def settings(title: str, doc: str, tags: list[str], owner: str = DUTY, *, paused: bool = False) -> dict[str, Any]:
    """Return the arguments that every DAG is made with.

    Args:
        title: The DAG's name for people, in Chinese.
        doc: Markdown in Chinese: what it does, and what to do when it fails.
        paused: Whether it waits for somebody to switch it on: what runs by the clock does.
    """
    return {
        "dag_display_name": title,
        "doc_md": doc,
        "tags": tags,
        "start_date": START,
        "catchup": False,
        "max_active_runs": 1,
        "is_paused_upon_creation": paused,
        "on_failure_callback": RunAlert(),
        "default_args": {
            "owner": owner,
            "retries": 1,
            "retry_delay": timedelta(seconds=15),
            "on_failure_callback": Alert(),
        },
    }


def daily_by_date(cron: str) -> CronPartitionTimetable:
    """A schedule whose runs carry their day as partition key."""
    return CronPartitionTimetable(cron, timezone=ZONE, key_format="%Y-%m-%d")


def daily(cron: str) -> CronTriggerTimetable:
    """A schedule for upkeep: the day does not matter."""
    return CronTriggerTimetable(cron, timezone=ZONE)


def as_of_param() -> dict[str, Param]:
    """The form field of runs started by hand."""
    field = Param(
        None,
        type=["null", "string"],
        format="date",
        title="业务日期",
        description="留空时取分区键，否则取运行的逻辑日期（北京时间）",
    )
    return {"as_of": field}


@contextmanager
def final(*verdicts: type[Exception]) -> Iterator[None]:
    """Fail the task without another try when one of these is raised: the same data would get the same verdict."""
    try:
        yield
    except verdicts as verdict:
        raise AirflowFailException(f"{type(verdict).__name__}: {verdict}") from verdict

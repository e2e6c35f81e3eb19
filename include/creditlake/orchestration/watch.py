"""The steps of ``watch_sources``: look into the lake once, then let each feed's task fail where its sources are odd."""

from __future__ import annotations

import logging

from airflow.sdk import get_current_context

from creditlake.contracts import load_feeds
from creditlake.orchestration.context import business_date, conclude, lake
from creditlake.orchestration.defaults import final
from creditlake.orchestration.notifier import SourceAlarm, tell
from creditlake.watch.bounds import MoveDamaged
from creditlake.watch.report import keep, look
from creditlake.watch.standing import KINDS

log = logging.getLogger(__name__)
Alarms = dict[str, list[dict[str, str]]]
"""What is wrong, by feed; sentences and days, never a value of a row."""


def look_around() -> Alarms:
    """Look how every source stands, keep it for the portal's page, and return the alarms."""
    paths, as_of = lake(), business_date()
    with final(MoveDamaged):
        report = look(paths, as_of)
    keep(paths, report)
    alarms: Alarms = {feed: [] for feed in load_feeds()}
    for finding in report.findings:
        alarms[finding.feed].append({
            "dataset": finding.dataset,
            "alarm": finding.kind,
            "owner": finding.owner,
            "since": finding.since.isoformat(),
            "sentence": finding.sentence,
        })  # fmt: skip
    owners = "、".join(sorted({finding.owner for finding in report.findings}))
    conclude(
        f"截至 {as_of}：{len(report.standings)} 个数据集，告警 {len(report.findings)} 项；责任人：{owners or '无'}"
    )
    return alarms


def judge(feed: str, alarms: Alarms) -> int:
    """Tell the alarms of one feed, each by its owner's name; return 0 where all came as expected.

    Raises:
        AirflowFailException: something did not; the message is what and since when.
    """
    own = alarms[feed]
    if not own:
        conclude(f"{load_feeds()[feed].title}：均按约定报送")
        return 0
    for alarm in own:
        tell({"kind": "source_alarm", "feed": feed, **alarm, **_task()})
    names = "、".join(KINDS[kind] for kind in KINDS if any(alarm["alarm"] == kind for alarm in own))
    conclude(f"{load_feeds()[feed].title}：{names}")
    with final(SourceAlarm):
        raise SourceAlarm("；".join(alarm["sentence"] for alarm in own))


def _task() -> dict[str, str]:
    task = get_current_context()["ti"]
    return {"dag_id": task.dag_id, "task_id": task.task_id, "run_id": task.run_id}

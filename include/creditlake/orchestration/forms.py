"""Form fields of runs started by hand that depend on a feed's contract. Loads nothing that reads the lake."""

from __future__ import annotations

from airflow.sdk import Param

from creditlake.connectors.again import is_pulled_by_time
from creditlake.contracts import Feed


def pull_again_form(feed: Feed) -> dict[str, Param]:
    """Return the fields by which a dataset is pulled again from a time; none where no dataset is pulled by time."""
    titles = {dataset.name: dataset.title for dataset in feed.datasets if is_pulled_by_time(dataset)}
    if not titles:
        return {}
    which = Param(
        None,
        type=["null", "string"],
        enum=[None, *titles],
        values_display={"null": "不补拉"} | titles,
        title="补拉数据集",
        description="与“补拉起点”同时填写",
    )
    since = Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="补拉起点",
        description="从这一变更时间（北京时间）起再拉一次；此前已拉到的行不会重复，水位不后退",
    )
    return {"pull_dataset": which, "pull_from": since}

"""The step of ``replay_quarantine``: corrected rows come back as a batch of their own (docs/decisions/0006)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from creditlake import pipeline
from creditlake.bronze import Batch
from creditlake.connectors.files import Delivery
from creditlake.contracts import Dataset, all_datasets
from creditlake.lake import LakePaths
from creditlake.orchestration.context import business_date, conclude, conf, lake, run_name
from creditlake.orchestration.defaults import final

FOLDER = "corrections"
"""Where corrected files wait, below the lake: the form takes a name, never a path of the server."""


class ReplayRefused(ValueError):
    """There is no such dataset or file, or the corrected delivery was refused; nothing was changed."""


def replay() -> dict[str, Any]:
    """Take the corrected file that the form names and return what became of its rows.

    Raises:
        AirflowFailException: says why it was refused.
    """
    paths = lake()
    with final(ReplayRefused):
        dataset = _dataset(str(conf().get("dataset")))
        file = _file(paths, str(conf().get("file")))
        landed = pipeline.land(paths, Delivery(dataset.feed, dataset.name, file, from_team=True))
        batches = pipeline.load_bronze(paths, landed, business_date())
        return [_take(paths, batch, file.name) for batch in batches][-1]


def _take(paths: LakePaths, batch: pipeline.Batch | pipeline.Postponed, name: str) -> dict[str, Any]:
    if not isinstance(batch, Batch):
        raise ReplayRefused(f"{name} 属于 {batch.delivered}，晚于业务日期")
    entry = pipeline.validate(paths, batch, run_name()).entry
    if entry.status == "refused":
        raise ReplayRefused(f"{name} 被拒收：{entry.reason}")
    conclude(f"批次 {entry.batch_id}：{entry.rows_validated} 行入湖，{entry.rows_quarantined} 行仍在隔离")
    return {
        "batch_id": entry.batch_id,
        "rows_validated": entry.rows_validated,
        "rows_quarantined": entry.rows_quarantined,
    }


def _dataset(label: str) -> Dataset:
    for dataset in all_datasets():
        if f"{dataset.feed}.{dataset.name}" == label:
            return dataset
    raise ReplayRefused(f"没有数据契约声明 {label!r}")


def _file(paths: LakePaths, name: str) -> Path:
    file = paths.root / FOLDER / name
    if Path(name).name != name or not file.is_file():
        raise ReplayRefused(f"{paths.root / FOLDER} 中没有文件 {name!r}")
    return file

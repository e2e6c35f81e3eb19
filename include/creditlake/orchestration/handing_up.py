"""The step of ``report_upward``: hand up to the regional platform what the last receipt does not name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from creditlake.lake import LakePaths
from creditlake.orchestration.context import business_date, conclude, conf, lake
from creditlake.orchestration.defaults import final
from creditlake.submission import BadReceipt, Before, SubmissionRefused, before_day, read_receipt, submit
from creditlake.submission.receipt import RECEIPT


def hand_up() -> dict[str, Any]:
    """Write the hand-over of the business date into ``<lake>/submissions/<day>/``; return its counts.

    The same day again writes the same bytes, or nothing.

    Raises:
        AirflowFailException: no receipt and no first day, a later day handed up, or a lake that does not add up.
    """
    paths, day = lake(), business_date()
    with final(BadReceipt, SubmissionRefused):
        done = submit(paths, _before(paths, day), day, paths.submissions / day.isoformat())
    told = done.receipt["datasets"]
    counts = {name: sum(entry[name] for entry in told) for name in ("rows", "inserted", "updated", "withdrawn")}
    conclude(
        f"{done.receipt['from']} 至 {day}：上报 {counts['rows']} 行（新增 {counts['inserted']}、"
        f"变更 {counts['updated']}、撤销 {counts['withdrawn']}），回执在 {done.folder / RECEIPT}"
    )
    return counts


def _before(paths: LakePaths, day: date) -> Before:
    handed_up = sorted(folder.name for folder in paths.submissions.glob("*-*-*"))
    if later := [name for name in handed_up if name > day.isoformat()]:
        raise SubmissionRefused(f"{later[-1]} 已经上报，{day} 不能在其后补报；当日的变化已在后一次上报之中")
    if earlier := [name for name in handed_up if name < day.isoformat()]:
        return read_receipt(Path(paths.submissions, earlier[-1], RECEIPT))
    first = conf().get("first_day")
    if not first:
        raise SubmissionRefused("还没有任何回执：第一次上报请手工启动，并填写起始日")
    return before_day(date.fromisoformat(first))

"""Handing up by DAG: the first day is asked for once, later days go on after the last receipt, each day once."""

from __future__ import annotations

import json
from pathlib import Path

from creditlake.lake import LakePaths

from tests.dags.conftest import Airflow
from tests.e2e.harness import AS_OF, City, copy_of


def test_the_first_hand_over_asks_for_its_first_day_and_the_next_goes_on_after_it(
    airflow: Airflow, lake: LakePaths, village: City, tmp_path: Path
) -> None:
    mine = copy_of(lake, tmp_path / "lake")

    refused = airflow.run("report_upward", mine, village.drop)
    first = airflow.run("report_upward", mine, village.drop, first_day="2026-10-01", as_of="2026-10-30")
    second = airflow.run("report_upward", mine, village.drop)
    again = airflow.run("report_upward", mine, village.drop)
    too_late = airflow.run("report_upward", mine, village.drop, as_of="2026-10-29")

    assert [ran["state"] for ran in (refused, first, second, again, too_late)] == [
        "failed", "success", "success", "success", "failed",
    ]  # fmt: skip
    folders = sorted(folder.name for folder in mine.submissions.iterdir())
    assert folders == ["2026-10-30", AS_OF.isoformat()]
    receipts = [json.loads((mine.submissions / name / "receipt.json").read_text(encoding="utf-8")) for name in folders]
    assert [receipt["from"] for receipt in receipts] == ["2026-10-01", "2026-10-31"]
    assert receipts[1]["after_receipt_sha256"]
    assert first["xcoms"]["hand_up"]["rows"] > 0
    assert again["xcoms"]["hand_up"] == second["xcoms"]["hand_up"]

"""The DAG of the source watch: the feed of a late agency is red, its owner is named, the page says until when."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.orchestration.overview import overview
from creditlake.orchestration.watch_page import watch_body
from creditlake.watch.bounds import write_move

from tests.dags.conftest import Airflow
from tests.dags.test_release import alerts
from tests.e2e.harness import City, copy_of
from tests.unit.watched import moved

JUDGES = {f"judge_{feed}" for feed in load_feeds()}


@pytest.fixture
def mine(lake: LakePaths, tmp_path: Path) -> LakePaths:
    """A copy of the released village's lake, in which nothing was told before."""
    paths = copy_of(lake, tmp_path / "lake")
    shutil.rmtree(paths.root / "alerts", ignore_errors=True)
    return paths


def test_a_village_that_delivered_is_green_and_has_its_next_deadlines_on_the_page(
    airflow: Airflow, village: City, mine: LakePaths
) -> None:
    ran = airflow.run("watch_sources", mine, village.drop)

    page = watch_body(mine.root)
    assert ran["state"] == "success"
    assert set(ran["states"]) == JUDGES | {"look"} and set(ran["states"].values()) == {"success"}
    assert "各来源均按约定报送" in page
    assert "2026-12-09" in page and "双公示专员" in page  # November's, seven working days after its end
    assert "无告警" in overview(mine.root)
    assert alerts(mine) == []


def test_the_feed_of_a_silent_agency_is_red_and_its_owner_is_told_by_name(
    airflow: Airflow, village: City, mine: LakePaths
) -> None:
    write_move(mine, moved("due", "0", "2026-10-01"))

    ran = airflow.ask(
        "run",
        {"CREDITLAKE_LAKE": str(mine.root), "CREDITLAKE_DROP": str(village.drop)},
        dag_id="watch_sources", as_of="2026-12-01", conf={},
    )  # fmt: skip

    red = {task for task, state in ran["states"].items() if state == "failed"}
    told = alerts(mine)
    page = watch_body(mine.root)
    assert (ran["state"], red) == ("failed", {"judge_penalty"})
    assert [(one["kind"], one["feed"], one["owner"], one["alarm"], one["task_id"]) for one in told] == [
        ("source_alarm", "penalty", "双公示专员", "silence", "judge_penalty")
    ]
    # the village has no penalty: October was due on its last day, once the seven days of grace were taken away
    assert "应于 2026-10-31 前报送2026年10月、2026年11月" in told[0]["sentence"] and told[0]["sentence"] in page
    assert "王芳" in page and "年度例行调整" in page
    assert "1 项告警" in overview(mine.root)


def test_the_tab_of_a_feeds_dag_shows_its_own_sources_and_any_other_dags_shows_all(
    airflow: Airflow, village: City, mine: LakePaths
) -> None:
    airflow.run("watch_sources", mine, village.drop)

    of_tax, of_all = (watch_body(mine.root, dag_id) for dag_id in ("ingest_tax", "watch_sources"))

    assert "欠税公告" in of_tax and "行政处罚" not in of_tax
    assert "欠税公告" in of_all and "行政处罚" in of_all


def test_the_approver_is_told_the_alarms_and_the_page_keeps_the_latest_day(
    airflow: Airflow, village: City, mine: LakePaths
) -> None:
    file = mine.root / "watch" / "report.json"
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"as_of": ""}

    ran = airflow.run("publish_release", mine, village.drop)

    assert ran["xcoms"]["audit"]["alarms"] == []
    assert json.loads(file.read_text(encoding="utf-8"))["as_of"] == max("2026-10-31", before["as_of"])

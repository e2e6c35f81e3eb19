"""By way of the DAGs: the same release as ``creditlake run``, nothing built twice, nothing published over a failure."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from creditlake.contracts import all_datasets
from creditlake.corrections import write_open_rows
from creditlake.lake import LakePaths, reading
from creditlake.release import current

from tests.architecture.tree import ROOT
from tests.dags.conftest import Airflow
from tests.e2e.harness import City, copy_of, lasting, mart_hashes, readable, run

FILLED = "补录"


@pytest.fixture
def mine(lake: LakePaths, tmp_path: Path) -> LakePaths:
    """A copy of the released lake."""
    return copy_of(lake, tmp_path / "lake")


def alerts(paths: LakePaths) -> list[dict[str, Any]]:
    """What the lake's alerts say, oldest first."""
    files = sorted((paths.root / "alerts").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def correct_one_row(paths: LakePaths) -> tuple[str, str, int]:
    """Write the correction of a row that lacks one required text; return its dataset, batch and row."""
    target = paths.root / "corrections" / "one.csv"
    target.parent.mkdir()
    for dataset in all_datasets():
        with reading(paths) as connection:
            write_open_rows(connection, dataset, target)
        with open(target, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        texts = {f"{dataset.feed}.{dataset.name}.required.{name}": name for name in dataset.of_kind("text")}
        for row in rows:
            if row["_failed_rules"] in texts:
                row[texts[row["_failed_rules"]]] = FILLED
                with open(target, "w", encoding="utf-8", newline="") as file:
                    csv.DictWriter(file, row).writerows([dict(zip(row, row, strict=True)), row])
                return f"{dataset.feed}.{dataset.name}", row["_corrects_batch_id"], int(row["_corrects_row"])
    raise AssertionError("the village has no row that lacks one required text")


def state_of(paths: LakePaths, dataset: str, batch_id: str, row: int) -> str:
    """State of a quarantined row."""
    statement = (
        f"select _state from lake.quarantine.{dataset.replace('.', '_')} where _batch_id = ? and _source_row = ?"
    )
    with reading(paths) as connection:
        return str(connection.execute(statement, [batch_id, row]).fetchall()[0][0])


def broken_project(folder: Path) -> Path:
    """Return a copy of the project's judgement in which the first mart cannot be built."""
    for name in ("dbt_project", "expectations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("target", "logs"))
    model = folder / "dbt_project/models/staging/registration/stg_registration__subjects.sql"
    model.write_text("select * from nowhere\n", encoding="utf-8")
    return folder


def test_the_dags_give_the_same_release_as_the_command(lake: LakePaths, village: City, tmp_path: Path) -> None:
    by_command = LakePaths(tmp_path / "lake")

    assert run(by_command, village.drop) == 0

    assert mart_hashes(by_command) == mart_hashes(lake)
    assert lasting(current(by_command)) == lasting(current(lake))


def test_what_is_built_is_not_built_again_and_publishing_again_changes_nothing(
    airflow: Airflow, village: City, mine: LakePaths
) -> None:
    before = readable(mine)

    again = [airflow.run(dag_id, mine, village.drop) for dag_id in ("build_profiles", "publish_release")]

    assert again[0]["states"]["dbt_build"] == "skipped"
    assert [ran["state"] for ran in again] == ["success", "success"]
    assert readable(mine) == before


def test_a_rebuilt_lake_is_built_again(airflow: Airflow, village: City, mine: LakePaths) -> None:
    before = mart_hashes(mine)

    states = [airflow.run("rebuild_lake", mine, village.drop, **said)["state"] for said in ({}, {"confirm": True})]
    states += [airflow.run(dag_id, mine, village.drop)["state"] for dag_id in ("build_profiles", "publish_release")]

    assert states == ["failed", "success", "success", "success"]
    assert mart_hashes(mine) == before


def test_a_replay_closes_its_row_and_a_build_that_fails_publishes_nothing(
    airflow: Airflow, village: City, mine: LakePaths, tmp_path: Path
) -> None:
    before = readable(mine)
    corrected = correct_one_row(mine)
    broken = broken_project(tmp_path / "project")

    replay = airflow.run("replay_quarantine", mine, village.drop, dataset=corrected[0], file="one.csv")
    build = airflow.run("build_profiles", mine, village.drop, home=broken)
    publish = airflow.run("publish_release", mine, village.drop)

    assert replay["xcoms"]["replay"]["rows_validated"] == 1
    assert state_of(mine, *corrected) == "corrected"
    assert (build["state"], build["states"]["dbt_build"], build["states"]["report"]) == ("failed", "failed", "success")
    assert (publish["state"], publish["states"]["audit"]) == ("failed", "failed")
    assert publish["states"]["release"] == "upstream_failed"
    assert readable(mine) == before
    told = [(alert["dag_id"], alert["task_id"], alert["try_number"]) for alert in alerts(mine) if "dag_id" in alert]
    assert told == [("build_profiles", "dbt_build", 1), ("publish_release", "audit", 1)]
    assert [alert["error"] for alert in alerts(mine) if "dag_id" in alert] == ["DbtFailed", "DbtFailed"]
    assert airflow.ask("events", asset="dbt_stg_registration__subjects")[-1]["status"] == "error"
    assert airflow.ask("events", asset="dbt_mart_subjects")[-1]["status"] == "skipped"


@pytest.mark.parametrize("file", ["absent.csv", "../catalog.sqlite"])
def test_a_replay_takes_files_of_its_own_folder_alone(
    airflow: Airflow, village: City, mine: LakePaths, file: str
) -> None:
    ran = airflow.run("replay_quarantine", mine, village.drop, dataset="penalty.decisions", file=file)

    assert ran["state"] == "failed"
    assert "没有文件" in alerts(mine)[-1]["message"]

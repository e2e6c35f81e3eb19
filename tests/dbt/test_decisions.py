"""The dbt project on a lake that has received nothing: it builds, and every unit test that is declared decides."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from creditlake import pipeline
from creditlake.home import dbt_project
from creditlake.lake import LakePaths, dbt_attachment, reading
from creditlake.modelling import BuildResult, unit_test
from creditlake.workdays import load_calendar

AS_OF = date(2026, 10, 31)
EMPTY_WITHOUT_DATA = {
    "mart_subjects", "mart_credit_records", "mart_subject_profiles", "mart_subject_portraits", "mart_portrait_tags",
    "mart_loan_scores", "mart_loan_score_points", "mart_quality_checks", "mart_batch_ledger", "mart_agency_timeliness",
    "mart_evaluation_points", "mart_profile_reasons",
    "mart_subject_merges",
}  # fmt: skip


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """A lake into which no file ever came."""
    return LakePaths(tmp_path_factory.mktemp("lake"))


@pytest.fixture(scope="module")
def built(paths: LakePaths) -> BuildResult:
    """The build of that lake; it raises where a model or a data test fails."""
    return pipeline.build(paths, AS_OF)


def declared_unit_tests() -> set[str]:
    """Return the names of the unit tests that the project's YAML declares."""
    documents: list[dict[str, Any]] = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in (dbt_project() / "models").rglob("*.yml")
    ]
    return {test["name"] for document in documents for test in document.get("unit_tests", [])}


def test_without_any_data_every_mart_is_there_and_nothing_is_invented(built: BuildResult) -> None:
    rows = {node.name: node.rows for node in built.nodes if node.kind == "model" and node.name.startswith("mart_")}

    assert {name for name, count in rows.items() if count == 0} == EMPTY_WITHOUT_DATA
    assert set(rows) - EMPTY_WITHOUT_DATA == {"mart_city_credit_index", "mart_metric_catalog", "mart_code_lists"}


def test_without_any_data_every_indicator_is_unavailable(built: BuildResult, paths: LakePaths) -> None:
    with reading(paths) as connection:
        found = connection.execute(
            """select source_mode, cast(sum(points) as integer), count(value)
               from lake.marts.mart_city_credit_index group by source_mode"""
        ).fetchall()

    assert found == [("unavailable", 0, 0)]


def test_every_declared_unit_test_ran(built: BuildResult, paths: LakePaths, tmp_path: Path) -> None:
    ran = unit_test(dbt_attachment(paths), dbt_project(), tmp_path, AS_OF)

    assert set(ran) == declared_unit_tests()


def test_the_models_count_working_days_as_the_rules_do(built: BuildResult, paths: LakePaths) -> None:
    calendar = load_calendar()

    with reading(paths) as connection:
        days = connection.execute("select day, working_days from lake.intermediate.int_working_days").fetchall()

    assert len(days) == len(calendar.ordinals)
    assert {day: count for day, count in days if count != calendar.ordinals[(day - calendar.first_day).days]} == {}

"""A project is parsed once for each content of it, and what was kept never hides a change or another business date."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from creditlake.modelling import DbtFailed, unit_test

DAY, OTHER_DAY = date(2026, 10, 31), date(2026, 9, 30)
PROJECT = {
    "dbt_project.yml": "{name: small, version: '1.0.0', config-version: 2, profile: small}",
    "profiles.yml": "{small: {target: one, outputs: {one: {type: duckdb, path: ':memory:', threads: 1}}}}",
    "models/today.sql": "select cast('{{ var(\"as_of\") }}' as date) as today",
    "models/today.yml": """
unit_tests:
  - name: today_is_the_last_of_october
    model: today
    given: []
    expect:
      rows: [{today: 2026-10-31}]
""",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one model and one unit test, which holds on one day only."""
    monkeypatch.delenv("CREDITLAKE_CACHE")
    for name, text in PROJECT.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "project"


def kept(target: Path) -> dict[str, int]:
    """Name and time of writing of what was kept."""
    return {path.name: path.stat().st_mtime_ns for path in target.glob("parsed-*")}


def test_the_same_content_is_parsed_once(project: Path, tmp_path: Path) -> None:
    first = unit_test({}, project, tmp_path / "target", DAY)
    parsed = kept(tmp_path / "target")

    assert (first, unit_test({}, project, tmp_path / "target", DAY)) == (("today_is_the_last_of_october",),) * 2
    assert len(parsed) == 1
    assert kept(tmp_path / "target") == parsed


def test_another_business_date_holds_for_what_was_kept(project: Path, tmp_path: Path) -> None:
    unit_test({}, project, tmp_path / "target", DAY)

    with pytest.raises(DbtFailed, match="today_is_the_last_of_october"):
        unit_test({}, project, tmp_path / "target", OTHER_DAY)


def test_a_changed_model_is_parsed_again(project: Path, tmp_path: Path) -> None:
    unit_test({}, project, tmp_path / "target", DAY)
    before = kept(tmp_path / "target")
    (project / "models" / "today.sql").write_text("select date '2000-01-01' as today", encoding="utf-8")

    with pytest.raises(DbtFailed, match="today_is_the_last_of_october"):
        unit_test({}, project, tmp_path / "target", DAY)

    assert len(kept(tmp_path / "target")) == 1
    assert set(kept(tmp_path / "target")).isdisjoint(before)


def test_a_project_that_cannot_be_parsed_says_why(project: Path, tmp_path: Path) -> None:
    (project / "models" / "today.sql").write_text("select {{ ref('nowhere') }}", encoding="utf-8")

    with pytest.raises(DbtFailed, match=r"(?s)could not parse .*nowhere"):
        unit_test({}, project, tmp_path / "target", DAY)

    assert kept(tmp_path / "target") == {}


def test_lakes_may_share_what_is_parsed_and_another_project_leaves_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setenv("CREDITLAKE_CACHE", str(shared))
    unit_test({}, project, tmp_path / "one", DAY)
    before = kept(shared)

    unit_test({}, project, tmp_path / "two", DAY)
    assert (len(before), kept(shared)) == (1, before)
    assert (kept(tmp_path / "one"), kept(tmp_path / "two")) == ({}, {})

    other = shutil.copytree(project, tmp_path / "other")
    unit_test({}, other, tmp_path / "three", DAY)
    assert len(kept(shared)) == 2

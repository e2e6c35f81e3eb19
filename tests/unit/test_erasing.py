"""Which rows of ended records may leave the lake, on a lake of a few rows with hand-made verdicts of the models."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest
from creditlake.contracts import load_feeds
from creditlake.erasing import EraseFailed, LookedBack, VaultLacks, bring_back, choose, erase_rows, refuse_looking_back
from creditlake.keys import record_id_sql
from creditlake.lake import LakePaths, reading, writing
from creditlake.lake.fsck import fsck

from tests.unit.small_lake import BATCH_A, BATCH_B, add_batch, execute, rows_of, sound_lake

DAY = date(2026, 10, 31)
RECORD_ID = record_id_sql(load_feeds()["penalty"].dataset("decisions"))
ROWS = f"""create table lake.intermediate.int_ended_rows as
    select 'penalty' as feed, 'decisions' as dataset, {RECORD_ID} as record_id, _batch_id as batch_id,
        _source_row as source_row, '新城局' as publisher, date '2026-05-08' as provided_date,
        date '2026-05-06' as document_date, _batch_id = '{BATCH_B}' as is_counted, false as is_unresolved
    from lake.validated.penalty_decisions where _source_row = 7"""
VERDICTS = (
    # row 7 of both batches is one record in two versions; the three quarantined rows have its key
    "create schema lake.intermediate",
    "update lake.quarantine.penalty_decisions set CF_WSH = '文书7', _delivered_date = date '2026-10-31'",
    "update lake.validated.penalty_decisions set _delivered_date = date '2026-10-30'",
    f"""create table lake.intermediate.int_ended_records as
        select distinct {RECORD_ID} as record_id, {RECORD_ID} as group_id, 'repaired' as ended_by,
            date '2026-10-15' as ended_date, '第三条' as basis
        from lake.validated.penalty_decisions where _source_row = 7""",
    ROWS,
    """create table lake.intermediate.int_record_states as
        select record_id, 'repaired' as state, ended_date as began_date from lake.intermediate.int_ended_records""",
    """create table lake.intermediate.int_cases as
        select record_id, 'repair' as case_type, '线上' as channel, date '2026-10-08' as applied_date,
            date '2026-10-09' as accepted_date, ended_date as closed_date, 'granted' as outcome
        from lake.intermediate.int_ended_records
        union all select 'open', 'repair', '线上', date '2026-10-08', null, null, null""",
    """create table lake.intermediate.int_reported_days as
        select 'penalty' as feed, 'decisions' as dataset, '新城局' as publisher""",
)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """The small lake with a record that the models say is repaired; only to be copied."""
    paths = sound_lake(tmp_path_factory.mktemp("judged") / "lake")
    execute(paths, *VERDICTS)
    return paths


@pytest.fixture
def lake(judged: LakePaths, tmp_path: Path) -> LakePaths:
    """That lake, to be changed."""
    return LakePaths(shutil.copytree(judged.root, tmp_path / "lake"))


@contextmanager
def chosen(
    paths: LakePaths, day: date = DAY, shown: str = "select 'none' as record_id"
) -> Iterator[tuple[int, duckdb.DuckDBPyConnection]]:
    """How many rows may go while the current release shows what ``shown`` selects."""
    file = paths.scratch / "shown.parquet"
    with writing(paths) as connection:
        connection.execute(f"copy ({shown}) to '{file}' (format parquet)")
        yield choose(connection, file, day), connection


def lines(paths: LakePaths) -> list[tuple[object, ...]]:
    """What is told of the rows that left."""
    names = "zone, _batch_id, _source_row, publisher, is_counted, answers_from"
    with reading(paths) as connection:
        return connection.execute(f"select {names} from lake.ops.sealed_rows order by all").fetchall()


def test_all_versions_and_quarantined_rows_of_the_key_leave_their_line(lake: LakePaths) -> None:
    with chosen(lake) as (count, connection):
        erase_rows(connection)

    assert count == 5
    assert lines(lake) == [
        ("quarantine", BATCH_A, 98, None, False, DAY),
        ("quarantine", BATCH_A, 99, None, False, DAY),
        ("quarantine", BATCH_A, 100, None, False, DAY),
        ("validated", BATCH_A, 7, "新城局", False, date(2026, 10, 30)),
        ("validated", BATCH_B, 7, "新城局", True, date(2026, 10, 30)),
    ]
    assert len(rows_of(lake, "validated.penalty_decisions")) == 97 + 50 - 2
    assert rows_of(lake, "quarantine.penalty_decisions") == []
    assert len(rows_of(lake, "ops.sealed_states")) == len(rows_of(lake, "ops.sealed_cases")) == 1
    assert [problem.kind for problem in fsck(lake)] == []


def test_a_line_without_its_row_having_left_is_found_by_fsck(lake: LakePaths) -> None:
    with chosen(lake) as (_, connection):
        connection.execute("insert into lake.ops.sealed_rows select * from doomed")

    assert {problem.kind for problem in fsck(lake)} == {"conservation"}


def test_what_the_current_release_shows_stays(lake: LakePaths) -> None:
    with chosen(lake, shown="select record_id from lake.intermediate.int_ended_records") as (count, _):
        assert count == 0


@pytest.mark.parametrize(("day", "left"), [(date(2026, 10, 14), 0), (date(2026, 10, 29), 0), (date(2026, 10, 30), 2)])
def test_what_had_not_ended_or_not_come_by_the_day_stays(lake: LakePaths, day: date, left: int) -> None:
    with chosen(lake, day) as (count, _):
        assert count == left


def test_a_version_that_came_after_the_build_keeps_the_record(lake: LakePaths) -> None:
    add_batch(lake, "c" * 20, 3, validated=10, quarantined=0)

    with chosen(lake) as (count, _):
        assert count == 0


def test_a_version_let_in_by_a_waiver_that_has_ended_keeps_nothing(lake: LakePaths) -> None:
    add_batch(lake, "c" * 20, 3, validated=7, quarantined=0)
    execute(
        lake,
        f"""update lake.validated.penalty_decisions set _valid_until = date '2026-10-30',
        _delivered_date = date '2026-09-30' where _batch_id = '{"c" * 20}'""",
    )

    with chosen(lake) as (count, _):
        assert count == 6


def test_a_row_that_the_models_count_and_the_key_does_not_find_stops_everything(lake: LakePaths) -> None:
    execute(lake, "update lake.intermediate.int_ended_rows set source_row = 8")

    with pytest.raises(EraseFailed, match="2 rows"), chosen(lake):
        pass


def test_a_day_before_the_last_record_left_is_refused(lake: LakePaths) -> None:
    with chosen(lake) as (_, connection):
        erase_rows(connection)
        refuse_looking_back(connection, DAY)

        with pytest.raises(LookedBack, match="answers from 2026-10-31 on"):
            refuse_looking_back(connection, date(2026, 10, 30))


def test_news_of_an_erased_record_whose_batch_the_vault_lacks_is_refused(lake: LakePaths) -> None:
    with chosen(lake) as (_, connection):
        erase_rows(connection)
        assert bring_back(lake, connection) == 0
    add_batch(lake, "c" * 20, 3, validated=10, quarantined=0)

    with writing(lake) as connection, pytest.raises(VaultLacks, match="bronze holds no batch"):
        bring_back(lake, connection)

"""The daily maintenance: its order, its ages, and that rows stay as they are."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from creditlake.lake import LakePaths, reading
from creditlake.lake.backup import damages, read_backup
from creditlake.lake.fsck import fsck
from creditlake.lake.maintenance import MaintenanceFailed, maintenance

from tests.unit.small_lake import add_batch, execute, rows_of, sound_lake

STEPS = [
    "merge_adjacent_files",
    "rewrite_data_files",
    "expire_snapshots",
    "cleanup_old_files",
    "delete_orphaned_files",
    "scratch",
    "backup",
    "fsck",
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    paths = sound_lake(tmp_path_factory.mktemp("sound") / "lake")
    add_batch(paths, "c" * 20, 3, validated=10, quarantined=0)
    execute(paths, "create schema lake.marts", "create table lake.marts.mart_x as select range as id from range(100)")
    execute(paths, "delete from lake.marts.mart_x where id >= 50")
    return paths


@pytest.fixture
def lake(sound: LakePaths, tmp_path: Path) -> LakePaths:
    return LakePaths(shutil.copytree(sound.root, tmp_path / "lake"))


def latest(paths: LakePaths) -> datetime:
    """The moment of the lake's last snapshot."""
    with reading(paths) as connection:
        row = connection.execute("select epoch(max(snapshot_time)) from ducklake_snapshots('lake')").fetchone()
    assert row is not None
    return datetime.fromtimestamp(row[0], UTC)


def snapshots(paths: LakePaths) -> int:
    with reading(paths) as connection:
        return len(connection.execute("from ducklake_snapshots('lake')").fetchall())


def files(paths: LakePaths, table: str) -> int:
    return len(list((paths.data / table).glob("*.parquet")))


def test_maintenance_goes_through_its_steps_in_order_and_keeps_every_row(lake: LakePaths) -> None:
    before = rows_of(lake, "validated.penalty_decisions")

    done = maintenance(lake, latest(lake))

    assert [step.name for step in done] == STEPS
    assert rows_of(lake, "validated.penalty_decisions") == before
    assert rows_of(lake, "marts.mart_x") == [(number,) for number in range(50)]


def test_a_snapshot_younger_than_seven_days_is_never_expired(lake: LakePaths) -> None:
    before = snapshots(lake)

    maintenance(lake, latest(lake) + timedelta(days=6, hours=23))

    assert snapshots(lake) >= before


def test_a_file_out_of_use_is_deleted_only_after_two_days(lake: LakePaths) -> None:
    start = latest(lake)
    maintenance(lake, start)  # merges three small files into one
    numbers = list(range(snapshots(lake) - 1))
    execute(lake, f"call ducklake_expire_snapshots('lake', versions => {numbers})")  # the three are out of use now

    maintenance(lake, start + timedelta(days=1, hours=23))
    kept = files(lake, "validated/penalty_decisions")
    maintenance(lake, start + timedelta(days=4))

    assert kept == 3 + 1
    assert files(lake, "validated/penalty_decisions") == 1


def test_after_the_ages_have_passed_old_snapshots_and_their_files_go(lake: LakePaths) -> None:
    start = latest(lake)
    maintenance(lake, start)
    assert files(lake, "validated/penalty_decisions") == 3 + 1  # the three small ones are kept beside the merged one

    maintenance(lake, start + timedelta(days=8))
    maintenance(lake, start + timedelta(days=12))

    assert snapshots(lake) == 1
    assert files(lake, "validated/penalty_decisions") == 1
    assert len(rows_of(lake, "validated.penalty_decisions")) == 157


def test_an_orphan_is_deleted_only_when_it_is_two_days_old(lake: LakePaths) -> None:
    orphan = lake.data / "validated" / "penalty_decisions" / "ducklake-orphan.parquet"
    orphan.write_bytes(b"left by a crash")
    written = datetime.fromtimestamp(orphan.stat().st_mtime, UTC)

    maintenance(lake, written + timedelta(days=1, hours=23))
    kept = orphan.exists()
    maintenance(lake, written + timedelta(days=2, hours=1))

    assert kept
    assert not orphan.exists()


def test_maintenance_leaves_a_backup_that_is_whole_and_keeps_the_newest_seven(lake: LakePaths, tmp_path: Path) -> None:
    start = latest(lake)
    unfinished = tmp_path / "backups" / "20200101T000000"
    unfinished.mkdir(parents=True)
    (tmp_path / "backups" / "notes").mkdir()
    for run in range(8):
        maintenance(lake, start + timedelta(seconds=run), tmp_path / "backups")

    kept = sorted(path.name for path in (tmp_path / "backups").iterdir())

    assert kept == [f"{start + timedelta(seconds=run):%Y%m%dT%H%M%S}" for run in range(1, 8)] + ["notes"]
    assert damages(read_backup(tmp_path / "backups" / kept[0])) == []


def test_what_a_killed_process_left_in_scratch_goes_after_two_days(lake: LakePaths) -> None:
    half = lake.scratch / "pulling-tax-4711" / "ratings-2026-10.csv"
    half.parent.mkdir()
    half.write_bytes(b"half a file")
    written = datetime.fromtimestamp(half.stat().st_mtime, UTC)

    maintenance(lake, written + timedelta(days=1, hours=23))
    kept = half.exists()
    maintenance(lake, written + timedelta(days=2, minutes=1))

    assert kept
    assert list(lake.scratch.iterdir()) == []


def test_maintenance_stops_at_the_step_that_fails_and_names_it(lake: LakePaths) -> None:
    moment = latest(lake)
    (lake.root / "backups").write_text("a file where the folder should be")

    with pytest.raises(MaintenanceFailed, match="stopped at backup") as failed:
        maintenance(lake, moment)

    assert failed.value.step == "backup"
    assert fsck(lake) == []


def test_a_lake_that_is_not_sound_fails_its_maintenance_with_the_problem(lake: LakePaths) -> None:
    execute(lake, "delete from lake.validated.penalty_decisions where _source_row = 5")

    with pytest.raises(MaintenanceFailed, match="行数与账本不符") as failed:
        maintenance(lake, latest(lake))

    assert failed.value.step == "fsck"


def test_a_moment_without_time_zone_is_refused(lake: LakePaths) -> None:
    with pytest.raises(ValueError, match="time zone"):
        maintenance(lake, datetime(2026, 11, 1))  # noqa: DTZ001 - what is refused here

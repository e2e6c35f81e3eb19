"""Landed bytes in an object store: kept there for good, let go by the folder, fetched and proved when they are read."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from creditlake.bronze import Batch
from creditlake.ingest import validate
from creditlake.lake import LakePaths
from creditlake.lake.backup import backup, damages, restore
from creditlake.lake.maintenance import maintenance
from creditlake.lake.received import content, let_go, place_of
from creditlake.landing import land

from tests.connectors.servers import S3
from tests.unit.deliveries import bronze_of, drop_ratings, ratings_csv

AS_OF = date(2026, 10, 31)
CONTENT = ratings_csv({}).encode()
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY = f"{SHA256[:2]}/{SHA256}"


@pytest.fixture
def landing(s3_server: S3, paths: LakePaths, monkeypatch: pytest.MonkeyPatch) -> Iterator[LakePaths]:
    """An empty lake whose landed bytes go to a prefix of their own."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-key-of-the-lake")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-secret-of-the-lake")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{s3_server.port}")
    prefix = hashlib.sha256(str(paths.root).encode()).hexdigest()[:12]
    monkeypatch.setenv("CREDITLAKE_LANDING", f"s3://{s3_server.bucket}/landing/{prefix}")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    yield LakePaths.at(paths.root)


def stored(server: S3, paths: LakePaths, key: str = KEY) -> bytes:
    prefix = paths.landing_objects.removeprefix(f"s3://{server.bucket}/")
    found: bytes = server.client.get_object(Bucket=server.bucket, Key=f"{prefix}/{key}")["Body"].read()
    return found


def lake_with_a_batch(paths: LakePaths, folder: Path) -> None:
    (batch,) = bronze_of(paths, drop_ratings(folder, CONTENT), AS_OF)
    assert isinstance(batch, Batch)
    assert validate(paths, batch, "test").entry.status == "accepted"


def test_what_is_landed_lies_in_the_store_under_its_hash(s3_server: S3, landing: LakePaths, tmp_path: Path) -> None:
    land(landing, drop_ratings(tmp_path, CONTENT))

    assert stored(s3_server, landing) == CONTENT


def test_bytes_that_the_folder_let_go_are_read_from_the_store(landing: LakePaths, tmp_path: Path) -> None:
    landed = land(landing, drop_ratings(tmp_path, CONTENT))
    written = place_of(landing, SHA256).stat().st_mtime

    assert let_go(landing, bound=written) == 0
    assert let_go(landing, bound=written + 1) == 1
    assert not place_of(landing, SHA256).exists()
    assert landed.content(landing).read_bytes() == CONTENT
    assert land(landing, drop_ratings(tmp_path, CONTENT, "again.csv")) == landed


def test_bytes_that_the_store_has_not_got_are_never_let_go(s3_server: S3, landing: LakePaths, tmp_path: Path) -> None:
    land(landing, drop_ratings(tmp_path, CONTENT))
    s3_server.put(f"{landing.landing_objects.removeprefix(f's3://{s3_server.bucket}/')}/{KEY}", CONTENT[:-1])

    assert let_go(landing, bound=datetime.now(UTC).timestamp() + 60) == 0
    assert place_of(landing, SHA256).read_bytes() == CONTENT


def test_other_bytes_in_the_store_are_an_error_that_names_them(
    s3_server: S3, landing: LakePaths, tmp_path: Path
) -> None:
    land(landing, drop_ratings(tmp_path, CONTENT))
    s3_server.put(f"{landing.landing_objects.removeprefix(f's3://{s3_server.bucket}/')}/{KEY}", b"x" * len(CONTENT))
    place_of(landing, SHA256).unlink()

    with pytest.raises(OSError, match=f"{KEY} holds other bytes than were received"):
        content(landing, SHA256)


def test_a_store_that_is_away_lands_nothing(
    landing: LakePaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        land(landing, drop_ratings(tmp_path, CONTENT))
    assert not place_of(landing, SHA256).with_suffix(".json").exists()


def test_maintenance_lets_go_and_a_backup_is_whole_all_the_same(
    s3_server: S3, landing: LakePaths, tmp_path: Path
) -> None:
    lake_with_a_batch(landing, tmp_path)
    three_days_ago = datetime.now(UTC) - timedelta(days=3)
    os.utime(place_of(landing, SHA256), (three_days_ago.timestamp(),) * 2)

    steps = maintenance(landing, datetime.now(UTC), tmp_path / "backups")
    made = backup(landing, tmp_path / "backups" / "by-hand")

    assert ("landing", 1) in {(step.name, step.count) for step in steps}
    assert not place_of(landing, SHA256).exists()
    assert (made.folder / "landing" / KEY).read_bytes() == CONTENT
    assert damages(made) == []


def test_a_restored_lake_keeps_its_bytes_in_its_own_place(s3_server: S3, landing: LakePaths, tmp_path: Path) -> None:
    lake_with_a_batch(landing, tmp_path)
    made = backup(landing, tmp_path / "backups" / "1")
    shutil.rmtree(landing.root)
    elsewhere = replace(landing, landing_objects=f"{landing.landing_objects}-restored")

    restore(made.folder, elsewhere)

    assert stored(s3_server, elsewhere) == CONTENT


def test_data_and_landed_bytes_do_not_share_a_place(landing: LakePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITLAKE_DATA", landing.landing_objects)

    with pytest.raises(ValueError, match="name one place"):
        LakePaths.at(landing.root)

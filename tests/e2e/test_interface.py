"""The public interface, as those see it who run the commands: same content, same release, whatever the order."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths, writing
from creditlake.modelling import last_build
from creditlake.pipeline import ingest_feed
from creditlake.release import AuditFailed, current, list_releases, publish, verify

from tests.e2e.harness import ACCEPTANCE, AS_OF, NOON, City, copy_of, lasting, mart_hashes, readable, run


@pytest.mark.skipif(not ACCEPTANCE.exists(), reason="../shared/acceptance/check_release.py is not on this machine")
def test_the_release_passes_the_acceptance_check(lake: LakePaths) -> None:
    done = subprocess.run([sys.executable, ACCEPTANCE, lake.root], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.splitlines()[-1].split(", ")[1]) == (0, "0 failed"), done.stdout


def test_a_release_is_whole_and_every_check_has_a_result(lake: LakePaths) -> None:
    release = current(lake)

    assert verify(release) == []
    assert len(release.manifest["marts"]) == 17
    assert {check["kind"] for check in release.manifest["checks"]} == {"gx", "dbt", "release"}


def test_the_same_run_again_on_more_threads_is_the_same_release(
    village: City, village_lake: LakePaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current(village_lake)
    again = copy_of(village_lake, tmp_path / "again")
    shutil.rmtree(again.releases)
    monkeypatch.setenv("CREDITLAKE_THREADS", "2")

    assert run(again, village.drop, created_at=NOON.replace(year=2027)) == 0

    assert current(again).release_id == before.release_id
    assert lasting(current(again)) == lasting(before)
    assert mart_hashes(again) == mart_hashes(village_lake)


def test_order_and_names_of_deliveries_do_not_matter(village: City, village_lake: LakePaths, tmp_path: Path) -> None:
    paths = LakePaths(tmp_path / "lake")
    october = tmp_path / "october"
    for path in sorted(village.drop.glob("*/*-2026-10*"), reverse=True):
        target = october / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    for feed in reversed(load_feeds().values()):
        ingest_feed(paths, october, feed, AS_OF, "later month first")
    again = shutil.copytree(village.drop, tmp_path / "again")
    for path in sorted(again.glob("*/*-2026-09*")):
        shutil.copy(path, path.with_name(path.name.replace("2026-09", "2026-09-again")))

    assert run(paths, again) == 0

    assert mart_hashes(paths) == mart_hashes(village_lake)


def test_what_lies_after_as_of_is_left_for_later_and_listed(
    village: City, september_lake: LakePaths, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paths = copy_of(september_lake, tmp_path / "lake")
    later = {path.name for path in village.drop.glob("*/*-2026-10*")}

    with caplog.at_level(logging.INFO, "creditlake.pipeline"):
        feeds = load_feeds().values()
        ingested = [ingest_feed(paths, village.drop, feed, current(paths).as_of, "again") for feed in feeds]

    assert later
    assert {postponed.source_name for feed in ingested for postponed in feed.postponed} == later
    assert all(name in caplog.text for name in later)
    assert not any(outcome.is_new for feed in ingested for outcome in feed.outcomes)


def test_a_drop_of_one_dataset_releases_every_mart(village: City, tmp_path: Path) -> None:
    paths = LakePaths(tmp_path / "lake")
    source = village.drop / "penalty" / "decisions-2026-10.csv"
    target = tmp_path / "drop" / "penalty" / source.name
    target.parent.mkdir(parents=True)
    shutil.copy(source, target)

    assert run(paths, tmp_path / "drop") == 0

    release = current(paths)
    assert verify(release) == []
    rows = {entry["name"]: entry["rows"] for entry in release.manifest["marts"]}
    assert len(rows) == 17
    assert (rows["mart_subjects"], rows["mart_batch_ledger"]) == (0, 1)
    assert rows["mart_city_credit_index"] > 0


def test_a_drop_of_broken_files_publishes_nothing(
    village_lake: LakePaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = copy_of(village_lake, tmp_path / "lake")
    before = readable(paths)
    folder = tmp_path / "drop" / "tax"
    folder.mkdir(parents=True)
    (folder / "ratings-2026-10.csv").write_text("<html><body>登录超时</body></html>", encoding="utf-8")
    (folder / "arrears-2026-10.csv").write_bytes(b"")

    assert run(paths, tmp_path / "drop") == 1

    assert readable(paths) == before
    assert "no batch of" in capsys.readouterr().err


def test_a_failed_audit_leaves_the_old_release_current(village_lake: LakePaths, tmp_path: Path) -> None:
    paths = copy_of(village_lake, tmp_path / "lake")
    before = readable(paths)
    with writing(paths) as connection:
        connection.execute("update lake.marts.mart_credit_records set visible_until = date '2020-01-01'")

    with pytest.raises(AuditFailed, match="no_record_is_shown_past_its_term"):
        publish(paths, last_build(paths.dbt), AS_OF, NOON)

    assert readable(paths) == before
    assert len(list_releases(paths)) == 1


def test_a_damaged_lake_publishes_nothing(
    village: City, village_lake: LakePaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = copy_of(village_lake, tmp_path / "lake")
    before = readable(paths)
    next((paths.data / "validated" / "registration_subjects").rglob("*.parquet")).unlink()

    assert run(paths, village.drop) == 1

    assert readable(paths) == before
    assert "nothing published" in capsys.readouterr().err

"""Sealing of older releases: which, what stays of them, and what is refused from then on."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from creditlake.erasing import Ending
from creditlake.lake import LakePaths
from creditlake.modelling import BuildResult
from creditlake.release import AuditFailed, load_release, publish, rollback, verify
from creditlake.release.seal import proofs, record_sha256, seal_older, shown_records
from creditlake.release.store import make_current

from tests.unit.small_release import release

JULY, AUGUST, OCTOBER = "2026-07-31-aaaaaaaaaaaa", "2026-08-31-bbbbbbbbbbbb", "2026-10-31-cccccccccccc"
DAY, NIGHT = date(2026, 10, 31), datetime(2026, 11, 1, 19, tzinfo=UTC)
NOTHING_OF_IT = (
    "delete from mart_portrait_tags",
    "delete from mart_profile_reasons",
    "delete from mart_profile_deltas where item = 'R1'",
)
REPAIRED = {"R1": Ending("repaired", date(2026, 10, 15), "第三条")}


@pytest.fixture
def lake(paths: LakePaths) -> LakePaths:
    """Three releases: of July and October, which show R1, and of August, which does not; October is current."""
    release(paths, JULY)
    release(paths, AUGUST, "delete from mart_credit_records", *NOTHING_OF_IT)
    release(paths, OCTOBER)
    make_current(paths, OCTOBER)
    return paths


def files(paths: LakePaths, release_id: str) -> set[str]:
    return {path.suffix for path in (paths.releases / release_id).iterdir()}


def test_only_older_releases_that_show_an_ended_record_are_sealed(lake: LakePaths) -> None:
    sealed = seal_older(lake, REPAIRED, DAY, NIGHT)

    assert sealed == [JULY]
    assert files(lake, JULY) == {".json"}
    assert files(lake, AUGUST) == files(lake, OCTOBER) == {".json", ".parquet"}


def test_a_record_that_goes_on_seals_nothing(lake: LakePaths) -> None:
    assert seal_older(lake, {"R9": REPAIRED["R1"]}, DAY, NIGHT) == []
    assert verify(load_release(lake, JULY)) == []


def test_the_seal_holds_hashes_days_and_basis_and_is_written_once(lake: LakePaths) -> None:
    hashes = shown_records(load_release(lake, JULY))
    seal_older(lake, REPAIRED, DAY, NIGHT)
    written = (lake.releases / JULY / "seal.json").read_bytes()
    again = seal_older(lake, REPAIRED, date(2026, 11, 30), datetime(2026, 12, 1, tzinfo=UTC))

    document = json.loads(written)
    assert document["ended"] == [
        {"record_id": "R1", "ended_by": "repaired", "ended_date": "2026-10-15", "basis": "第三条"}
    ]
    assert document["records"] == hashes
    assert (document["as_of"], document["sealed_at"]) == ("2026-10-31", "2026-11-01T19:00:00+00:00")
    assert again == []
    assert (lake.releases / JULY / "seal.json").read_bytes() == written


def test_the_hash_of_a_record_is_that_of_its_columns_as_json() -> None:
    # printf '%s' '[["record_id","R1"],["severity",null]]' | sha256sum
    assert record_sha256({"record_id": "R1", "severity": None}) == (
        "df5a4a25d14f0257f3a0cc2d6ff553ef17f8238c81aa156dc114cde528dc854a"
    )


def test_a_killed_sealing_is_finished(lake: LakePaths) -> None:
    seal_older(lake, REPAIRED, DAY, NIGHT)
    (lake.releases / JULY / "mart_subjects.parquet").write_bytes(b"left")

    assert "mart_subjects.parquet is there" in verify(load_release(lake, JULY))[1]
    seal_older(lake, REPAIRED, DAY, NIGHT)

    assert files(lake, JULY) == {".json"}


def test_a_sealed_release_cannot_become_current(lake: LakePaths) -> None:
    seal_older(lake, REPAIRED, DAY, NIGHT)

    with pytest.raises(AuditFailed, match=r"is sealed since 2026-11-01.*\(1 repaired\)"):
        rollback(lake, JULY)

    assert rollback(lake, AUGUST).release_id == AUGUST


def test_a_manifest_that_was_changed_after_the_sealing_is_found(lake: LakePaths) -> None:
    seal_older(lake, REPAIRED, DAY, NIGHT)
    with open(lake.releases / JULY / "manifest.json", "a", encoding="utf-8") as manifest:
        manifest.write(" ")

    assert verify(load_release(lake, JULY))[1:] == ["manifest.json is not the one that was sealed"]


def test_the_proof_names_each_sealed_release_that_showed_the_record(lake: LakePaths) -> None:
    hashes = shown_records(load_release(lake, JULY))
    seal_older(lake, REPAIRED, DAY, NIGHT)

    (found,) = proofs(lake, "R1")

    assert (found[0].release_id, found[1]) == (JULY, hashes["R1"])
    assert found[2] is not None
    assert found[2]["ended_date"] == "2026-10-15"
    assert list(proofs(lake, "R9")) == []


def test_nothing_is_published_as_of_a_day_before_a_seal(lake: LakePaths) -> None:
    seal_older(lake, REPAIRED, DAY, NIGHT)
    eve = date(2026, 10, 30)

    with pytest.raises(AuditFailed, match="sealed as of 2026-10-31"):
        publish(lake, BuildResult(eve, ()), eve, NIGHT)

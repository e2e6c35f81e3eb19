"""Releases: bytes that depend on content alone, findings that name what is wrong, and a pointer that is never torn."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from creditlake.lake import LakePaths
from creditlake.modelling import BuildResult
from creditlake.release import AuditFailed, NoRelease, current, list_releases, load_release, publish, rollback, verify
from creditlake.release.invariants import INVARIANTS
from creditlake.release.marts import export, released_marts
from creditlake.release.store import make_current

from tests.unit.small_release import exported, mart, release

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_the_bytes_of_a_mart_do_not_depend_on_the_order_of_its_rows(tmp_path: Path) -> None:
    files = []
    for number, order in enumerate(("asc", "desc")):
        folder = tmp_path / str(number)
        folder.mkdir()
        with duckdb.connect() as connection:
            connection.execute("attach ':memory:' as lake")
            connection.execute("create schema lake.marts")
            connection.execute(
                "create table lake.marts.mart_subjects as select 'S' || n as subject_id, n as x"
                f" from range(1000) as rows(n) order by n {order}"
            )
            files.append(export(connection, mart("mart_subjects"), folder))

    assert files[0] == files[1]
    assert files[0].rows == 1000


def test_an_empty_mart_is_a_file_with_its_columns(tmp_path: Path) -> None:
    files = exported(tmp_path / "out", "delete from mart_portrait_tags")
    (file,) = [file for file in files if file.mart.name == "mart_portrait_tags"]

    found = duckdb.read_parquet(str(tmp_path / "out" / "mart_portrait_tags.parquet"))
    assert (file.rows, found.columns) == (0, ["subject_id", "tag_code", "evidence_record_id"])


def test_a_mart_without_a_grain_cannot_be_released(tmp_path: Path) -> None:
    node = {"resource_type": "model", "name": "mart_subjects", "config": {"meta": {}}}
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": {"model.creditlake.mart_subjects": node}}))

    with pytest.raises(ValueError, match="mart_subjects declares no grain"):
        released_marts(tmp_path)


def test_a_sound_release_has_no_findings(paths: LakePaths) -> None:
    assert verify(release(paths, "2026-10-31-aaaaaaaaaaaa")) == []


BREACHES = [
    ("ledger_closes", "update mart_batch_ledger set rows_landed = 4"),
    ("ledger_closes", "update mart_batch_ledger set rows_validated = 4, rows_quarantined = -1"),
    ("record_comes_from_an_accepted_batch", "update mart_credit_records set source_row = 4"),
    ("record_comes_from_an_accepted_batch", "update mart_credit_records set source_row = 0"),
    ("record_comes_from_an_accepted_batch", "update mart_credit_records set source_sha256 = 'h2'"),
    ("record_comes_from_an_accepted_batch", "update mart_credit_records set batch_id = 'b2'"),
    ("every_subject_has_a_profile", "insert into mart_subjects values ('S3', 'V')"),
    ("subject_exists_mart_credit_records", "update mart_credit_records set subject_id = 'S9'"),
    ("subject_exists_mart_subject_profiles", "insert into mart_subject_profiles values ('S9', null, null, false)"),
    ("subject_exists_mart_subject_portraits", "update mart_subject_portraits set subject_id = 'S9'"),
    ("subject_exists_mart_portrait_tags", "update mart_portrait_tags set subject_id = 'S9'"),
    ("subject_exists_mart_loan_scores", "insert into mart_loan_scores values ('S9', 'M', 500, null, null, 'stop')"),
    ("subject_exists_mart_loan_score_points", "insert into mart_loan_score_points values ('S9', 'M', 'f1', 1)"),
    ("no_record_is_shown_past_its_term", "update mart_credit_records set visible_until = date '2026-10-30'"),
    ("no_record_is_of_the_future", "update mart_credit_records set occurred_date = date '2026-11-01'"),
    ("no_record_is_of_the_future", "update mart_credit_records set occurred_date = null"),
    ("minor_penalties_are_not_shown", "update mart_credit_records set severity = 'minor'"),
    ("tag_evidence_is_a_released_record", "update mart_portrait_tags set subject_id = 'S2'"),
    ("tag_evidence_is_a_released_record", "update mart_portrait_tags set evidence_record_id = 'R2'"),
    ("subject_exists_mart_evaluation_points", "update mart_evaluation_points set subject_id = 'S9'"),
    ("subject_exists_mart_profile_reasons", "update mart_profile_reasons set subject_id = 'S9'"),
    ("evaluation_score_is_the_sum_of_its_points", "delete from mart_evaluation_points where points = 40"),
    ("evaluation_score_is_the_sum_of_its_points", "insert into mart_evaluation_points values ('S2', 'S00', 900)"),
    ("subject_exists_mart_profile_deltas", "update mart_profile_deltas set subject_id = 'S9'"),
    ("delta_says_nothing_of_a_removed_record", "update mart_profile_deltas set item = 'R0' where item <> 'R1'"),
    ("delta_says_nothing_of_a_removed_record", "update mart_profile_deltas set batch_id = 'b1'"),
    ("delta_says_nothing_of_a_removed_record", "update mart_profile_deltas set source_row = 2"),
    ("delta_names_released_records_alone", "update mart_profile_deltas set item = 'R2' where item = 'R1'"),
    ("delta_names_released_records_alone", "update mart_profile_deltas set subject_id = 'S2'"),
    ("delta_codes_are_explained", "update mart_profile_deltas set cause_code = 'whim'"),
    ("delta_codes_are_explained", "delete from mart_code_lists where code = 'removed'"),
    ("reason_is_a_released_record", "update mart_profile_reasons set record_id = 'R2'"),
    ("index_points_in_bounds", "update mart_city_credit_index set points = 61 where indicator_code = 'T1'"),
    ("index_points_in_bounds", "update mart_city_credit_index set points = -1 where indicator_code = 'T2'"),
    ("index_children_sum_to_the_parent", "update mart_city_credit_index set points = 13 where indicator_code = 'T'"),
    ("index_children_sum_to_the_parent", "delete from mart_city_credit_index where indicator_code = 'T2'"),
    ("index_total_has_100_points", "update mart_city_credit_index set points_max = 99 where level = 0"),
    ("unavailable_indicators_earn_nothing", "update mart_city_credit_index set points = 1 where points = 0"),
    ("loan_score_is_base_plus_points", "update mart_loan_scores set score = 531"),
    ("loan_score_is_base_plus_points", "delete from mart_loan_score_points"),
    ("loan_subject_is_scored_or_stopped", "update mart_loan_scores set score = null"),
    ("loan_subject_has_each_feature_once", "insert into mart_loan_scores values ('S2', 'M', 500, 550, 'A', null)"),
    ("loan_points_are_of_a_judged_subject", "insert into mart_loan_score_points values ('S2', 'M', 'f1', 1)"),
    ("nothing_is_scored_after_a_hard_stop", "update mart_loan_scores set hard_stop_code = 'stop'"),
    ("grade_follows_from_the_released_bands", "update mart_subject_profiles set evaluation_score = 799.99"),
    ("grade_follows_from_the_released_bands", "update mart_subject_profiles set evaluation_grade = 'B'"),
    ("grain_mart_subjects", "insert into mart_subjects values ('S1', 'V')"),
    ("grain_mart_credit_records", "update mart_credit_records set record_id = null"),
]


@pytest.mark.parametrize(("rule", "change"), BREACHES, ids=[f"{rule}-{at}" for at, (rule, _) in enumerate(BREACHES)])
def test_every_breach_of_an_invariant_is_found(paths: LakePaths, rule: str, change: str) -> None:
    findings = verify(release(paths, "2026-10-31-aaaaaaaaaaaa", change))

    assert rule in [finding.split(":")[0] for finding in findings]


def test_every_invariant_has_a_breach_that_it_finds() -> None:
    assert {invariant.name for invariant in INVARIANTS} <= {rule for rule, _ in BREACHES}


def test_a_d_forced_by_a_serious_list_needs_no_band(paths: LakePaths) -> None:
    listed = (
        "update mart_subject_profiles set evaluation_grade = 'D', is_on_serious_list = true where subject_id = 'S1'"
    )

    assert verify(release(paths, "2026-10-31-aaaaaaaaaaaa", listed)) == []


def test_a_release_of_before_a_mart_is_judged_by_what_it_promised(paths: LakePaths) -> None:
    found = release(paths, "2026-10-31-aaaaaaaaaaaa", "update mart_credit_records set severity = 'minor'")
    later = ("mart_evaluation_points", "mart_profile_reasons", "mart_profile_deltas")
    found.manifest["marts"] = [entry for entry in found.manifest["marts"] if entry["name"] not in later]
    for name in later:
        found.mart(name).unlink()

    assert verify(found) == ["minor_penalties_are_not_shown: 1 of 1 rows break it"]


def test_a_changed_file_a_missing_file_and_a_foreign_file_are_found(paths: LakePaths) -> None:
    found = release(paths, "2026-10-31-aaaaaaaaaaaa")
    found.mart("mart_subjects").write_bytes(found.mart("mart_code_lists").read_bytes())
    found.mart("mart_portrait_tags").unlink()
    found.mart("mart_extra").write_bytes(b"")

    problems = verify(found)

    assert [problem.split(".parquet")[0] for problem in problems] == [
        "mart_extra",
        "mart_portrait_tags",
        "mart_subjects",
    ]


def test_a_ledger_that_the_manifest_does_not_know_is_found(paths: LakePaths) -> None:
    found = release(paths, "2026-10-31-aaaaaaaaaaaa")
    found.manifest["batches"][0]["rows_validated"] = 3

    assert verify(found) == ["the ledger mart and the manifest disagree on 2 batches"]


def test_nothing_is_current_before_the_first_release(paths: LakePaths) -> None:
    with pytest.raises(NoRelease, match="published nothing"):
        current(paths)


def test_rollback_makes_an_older_release_current(paths: LakePaths) -> None:
    old, new = release(paths, "2026-09-30-aaaaaaaaaaaa"), release(paths, "2026-10-31-bbbbbbbbbbbb")
    make_current(paths, new.release_id)

    rollback(paths, old.release_id)

    assert current(paths).release_id == old.release_id
    pointer = json.loads((paths.releases / "current.json").read_text(encoding="utf-8"))
    assert pointer == {"release_id": old.release_id, "path": old.release_id}
    assert {found.release_id for found in list_releases(paths)} == {old.release_id, new.release_id}


def test_a_damaged_release_does_not_become_current(paths: LakePaths) -> None:
    old, new = release(paths, "2026-09-30-aaaaaaaaaaaa"), release(paths, "2026-10-31-bbbbbbbbbbbb")
    make_current(paths, new.release_id)
    old.mart("mart_subjects").write_bytes(b"damaged")

    with pytest.raises(AuditFailed, match=r"mart_subjects\.parquet has the hash"):
        rollback(paths, old.release_id)

    assert current(paths).release_id == new.release_id


@pytest.mark.parametrize("name", ["2026-10-31-cccccccccccc", "../releases/2026-10-31-aaaaaaaaaaaa", "", ".."])
def test_a_release_that_is_not_there_is_not_loaded(paths: LakePaths, name: str) -> None:
    release(paths, "2026-10-31-aaaaaaaaaaaa")

    with pytest.raises(NoRelease):
        load_release(paths, name)


def test_the_instant_of_a_release_has_a_time_zone(paths: LakePaths) -> None:
    with pytest.raises(ValueError, match="time zone"):
        publish(paths, BuildResult(date(2026, 10, 31), ()), date(2026, 10, 31), NOON.replace(tzinfo=None))


def test_the_marts_of_another_day_are_not_published(paths: LakePaths) -> None:
    with pytest.raises(ValueError, match="built as of 2026-09-30, not 2026-10-31"):
        publish(paths, BuildResult(date(2026, 9, 30), ()), date(2026, 10, 31), NOON)

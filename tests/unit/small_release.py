"""A release of a few hand-made rows, sound as it is; a test changes one thing before it is exported."""

from __future__ import annotations

from pathlib import Path

import duckdb
from creditlake.lake import LakePaths
from creditlake.release.marts import Mart, MartFile, export
from creditlake.release.store import MANIFEST, Release, load_release, write_durably

LEDGER = ("feed", "dataset", "batch_id", "source_sha256", "rows_landed", "rows_validated", "rows_quarantined")
MARTS: dict[str, tuple[str, str]] = {
    "mart_subjects": ("subject_id", "select unnest(['S1', 'S2']) as subject_id, 'U' as uscc"),
    "mart_credit_records": (
        "record_id",
        "select 'R1' as record_id, 'S1' as subject_id, 'penalty' as feed, 'decisions' as dataset,"
        " 'general' as severity, date '2026-03-02' as occurred_date, date '2027-03-02' as visible_until,"
        " 'b1' as batch_id, 'h1' as source_sha256, 2 as source_row",
    ),
    "mart_subject_profiles": (
        "subject_id",
        "select unnest(['S1', 'S2']) as subject_id, unnest([820e0, null]) as evaluation_score,"
        " unnest(['A', null]) as evaluation_grade, false as is_on_serious_list",
    ),
    "mart_evaluation_points": (
        "subject_id item_code",
        "select 'S1' as subject_id, * from (values ('S00', 900), ('S01-4', -120), ('S03-1', 40))"
        " as rows(item_code, points)",
    ),
    "mart_profile_reasons": (
        "subject_id item_code record_id",
        "select 'S1' as subject_id, 'S01-4' as item_code, 'R1' as record_id",
    ),
    "mart_profile_deltas": (
        "subject_id item_type item change_type cause_code",
        "select 'S1' as subject_id, 'record' as item_type, * from (values ('R1', 'added', 'source', 'b1', 2),"
        " (sha256('R0'), 'removed', 'repair', null, null))"
        " as rows(item, change_type, cause_code, batch_id, source_row)",
    ),
    "mart_subject_portraits": ("subject_id dimension_code", "select 'S1' as subject_id, 'D1' as dimension_code"),
    "mart_portrait_tags": (
        "subject_id tag_code",
        "select 'S1' as subject_id, 'T1' as tag_code, 'R1' as evidence_record_id",
    ),
    "mart_city_credit_index": (
        "period area_code spec_version indicator_code",
        "select '2026-10' as period, '150100' as area_code, 'v' as spec_version, * from (values"
        " ('T', null, 0, 100.0, 12.0, 'computed'), ('T1', 'T', 1, 60.0, 12.0, 'computed'),"
        " ('T2', 'T', 1, 40.0, 0.0, 'unavailable'))"
        " as rows(indicator_code, parent_code, level, points_max, points, source_mode)",
    ),
    "mart_loan_scores": (
        "subject_id model_id",
        "select 'S1' as subject_id, 'M' as model_id, 500 as base, 530 as score, 'A' as grade,"
        " cast(null as varchar) as hard_stop_code",
    ),
    "mart_loan_score_points": (
        "subject_id model_id feature",
        "select 'S1' as subject_id, 'M' as model_id, unnest(['f1', 'f2']) as feature, unnest([50, -20]) as points",
    ),
    "mart_quality_checks": (
        "feed dataset batch_id rule_id",
        "select 'penalty' as feed, 'decisions' as dataset, 'b1' as batch_id, 'r' as rule_id",
    ),
    "mart_batch_ledger": (
        "feed dataset batch_id",
        "select 'penalty' as feed, 'decisions' as dataset, 'b1' as batch_id, 'h1' as source_sha256, 3 as rows_landed,"
        " 2 as rows_validated, 1 as rows_quarantined, 0 as rows_refused",
    ),
    "mart_agency_timeliness": (
        "period publisher feed dataset",
        "select '2026-10' as period, 'p' as publisher, 'penalty' as feed, 'decisions' as dataset",
    ),
    "mart_subject_merges": (
        "decision_no",
        "select '' as decision_no, '' as decision_kind, '' as subject_id, '' as merged_into, date '2026-10-31' as"
        " decided_date, date '2026-10-31' as reversed_date where false",
    ),
    "mart_metric_catalog": ("metric_code spec_version", "select 'T' as metric_code, 'v' as spec_version"),
    "mart_code_lists": (
        "column_name code",
        "select * from (values ('evaluation_grade', 'A', 800.0, null), ('evaluation_grade', 'B', 600.0, 800.0),"
        " ('item_type', 'record', null, null), ('change_type', 'added', null, null),"
        " ('change_type', 'removed', null, null), ('cause_code', 'source', null, null),"
        " ('cause_code', 'repair', null, null)) as rows(column_name, code, lower, upper)",
    ),
}


def mart(name: str) -> Mart:
    return Mart(name, tuple(MARTS[name][0].split()))


def exported(folder: Path, *changes: str) -> list[MartFile]:
    """Make the marts, change them, and export them into a new folder."""
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as lake")
        connection.execute("create schema lake.marts")
        connection.execute("use lake.marts")
        for name, (_, statement) in MARTS.items():
            connection.execute(f"create table {name} as {statement}")
        for change in changes:
            connection.execute(change)
        return [export(connection, mart(name), folder) for name in MARTS]


def release(paths: LakePaths, release_id: str, *changes: str) -> Release:
    """Write a whole release by hand, as of the day its id begins with; it is not made current."""
    folder = paths.releases / release_id
    files = exported(folder, *changes)
    batch = dict(zip(LEDGER, ("penalty", "decisions", "b1", "h1", 3, 2, 1), strict=True)) | {"rows_refused": 0}
    manifest = {
        "release_id": release_id,
        "as_of": release_id[:10],
        "created_at": f"{release_id[:10]}T20:00:00+08:00",
        "code_version": "0",
        "seeds_sha256": "0",
        "batches": [batch],
        "checks": [],
        "marts": [
            {"name": file.mart.name, "rows": file.rows, "sha256": file.sha256, "grain": list(file.mart.grain)}
            for file in files
        ],
    }
    write_durably(folder / MANIFEST, manifest)
    return load_release(paths, release_id)

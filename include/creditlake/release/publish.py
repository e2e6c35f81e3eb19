"""Publish: export, audit, and switch readers over in one atomic step.

A release is written beside and renamed; ``current.json`` changes last. Whatever fails before that leaves the old
release current and whole.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from creditlake.checks import Check
from creditlake.home import code_version, seeds_sha256
from creditlake.lake import LakePaths, lease
from creditlake.lake.attach import attach, connect
from creditlake.lake.fsck import fsck
from creditlake.lake.ledger import entries
from creditlake.modelling import BuildResult, DbtFailed, last_build
from creditlake.release.deltas import BaseDamaged, base_of, write_deltas
from creditlake.release.invariants import check_release
from creditlake.release.marts import MartFile, export, released_marts
from creditlake.release.seal import last_seal, why_sealed
from creditlake.release.store import MANIFEST, Release, load_release, make_current, sync_folder, write_durably
from creditlake.release.verify import verify
from creditlake.watch.bounds import MoveDamaged
from creditlake.watch.report import checks_of, look_at

log = logging.getLogger(__name__)


class AuditFailed(RuntimeError):
    """A critical check failed, so nothing was published and the old release stays current."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


def publish(paths: LakePaths, built: BuildResult, as_of: date, created_at: datetime) -> Release:
    """Audit what dbt built and make it the current release; the same content is the same release, published once.

    Args:
        built: The dbt build whose marts are in the lake.
        created_at: The instant to write into the manifest; it has a time zone.

    Raises:
        AuditFailed: names every critical check that failed, or says that the lake holds the marts of another build.
            Or that releases were sealed as of a later day: nothing older is published beside them.
        ValueError: ``created_at`` has no time zone, or the marts were built for another day.
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at must have a time zone")
    if built.as_of != as_of:
        raise ValueError(f"the marts in the lake were built as of {built.as_of}, not {as_of}")
    _refuse_looking_back(paths, as_of)
    candidate = paths.scratch / f"release-{os.getpid()}"
    shutil.rmtree(candidate, ignore_errors=True)
    candidate.mkdir(parents=True)
    try:
        with lease(paths), duckdb_on(paths) as connection:
            _refuse_if_built_again(paths, built)
            _refuse_if_damaged(paths)
            files = [export(connection, mart, candidate) for mart in released_marts(paths.dbt)]
            deltas, base = _deltas(connection, paths, candidate, as_of)
            files = sorted([*files, deltas], key=lambda file: file.mart.name)
            checks = [*_checks(candidate, files, built), *_watched(connection, paths, as_of)]
            manifest = _manifest(connection, candidate, files, checks, as_of, created_at) | {"base": base}
            return _switch(paths, candidate, manifest)
    finally:
        shutil.rmtree(candidate, ignore_errors=True)


def _refuse_looking_back(paths: LakePaths, as_of: date) -> None:
    sealed = last_seal(paths)
    if sealed is not None and as_of < sealed:
        raise AuditFailed(
            [f"releases were sealed as of {sealed}; a release as of {as_of} would show again what has ended"]
        )


def rollback(paths: LakePaths, release_id: str) -> Release:
    """Make an older release current again, after its files were found whole.

    Raises:
        NoRelease: there is no such release.
        AuditFailed: it is sealed, or its files are not what its manifest says.
    """
    release = load_release(paths, release_id)
    problems = verify(release)
    if problems:
        raise AuditFailed(problems)
    make_current(paths, release_id)
    return release


def duckdb_on(paths: LakePaths) -> duckdb.DuckDBPyConnection:
    """Return a reading connection for the export; the caller holds the lease, so nothing moves under it."""
    connection = connect(paths)
    attach(connection, paths, read_only=True)
    return connection


def _refuse_if_built_again(paths: LakePaths, built: BuildResult) -> None:
    """A later build, also a failed one, has put other marts into the lake than those whose tests were passed."""
    try:
        recorded = last_build(paths.dbt)
    except DbtFailed as error:
        raise AuditFailed([str(error)]) from error
    if recorded != built:
        raise AuditFailed([f"the marts in the lake are of another build, as of {recorded.as_of}"])


def _refuse_if_damaged(paths: LakePaths) -> None:
    problems = fsck(paths)
    if problems:
        raise AuditFailed([str(problem) for problem in problems])


def _deltas(
    connection: duckdb.DuckDBPyConnection, paths: LakePaths, candidate: Path, as_of: date
) -> tuple[MartFile, dict[str, Any] | None]:
    try:
        return write_deltas(connection, base_of(paths, as_of), candidate, as_of)
    except BaseDamaged as error:
        raise AuditFailed([str(error)]) from error


def _manifest(
    connection: duckdb.DuckDBPyConnection,
    candidate: Path,
    files: Sequence[MartFile],
    checks: Iterable[Check],
    as_of: date,
    created_at: datetime,
) -> dict[str, Any]:
    return {
        "release_id": _release_id(as_of, files),
        "as_of": as_of.isoformat(),
        "created_at": created_at.isoformat(),
        "lake_snapshot": _snapshot(connection),
        "code_version": code_version(),
        "seeds_sha256": seeds_sha256(),
        "batches": _batches(candidate),
        "checks": [asdict(check) for check in sorted(checks, key=lambda check: (check.kind, check.name))],
        "marts": [_mart_entry(file) for file in files],
    }


def _checks(candidate: Path, files: Sequence[MartFile], built: BuildResult) -> list[Check]:
    """Return the checks of the rules, the models and the release; raise AuditFailed when a critical one failed."""
    checks = [
        *_gx_checks(candidate),
        *built.checks,
        *check_release(candidate, [f.mart for f in files], built.as_of.isoformat()),
    ]
    failed = [
        f"{c.name}: {c.failed} of {c.evaluated} rows"
        for c in checks
        if c.kind != "gx" and c.status == "failed" and c.severity == "critical"
    ]
    if failed:
        raise AuditFailed(failed)
    return checks


def _watched(connection: duckdb.DuckDBPyConnection, paths: LakePaths, as_of: date) -> list[Check]:
    """Return what the source watch says of the deliveries; its alarms are told and keep nothing back."""
    try:
        return checks_of(look_at(entries(connection), paths, as_of))
    except MoveDamaged as error:
        raise AuditFailed([str(error)]) from error


def _mart_entry(file: MartFile) -> dict[str, Any]:
    return {"name": file.mart.name, "rows": file.rows, "sha256": file.sha256, "grain": list(file.mart.grain)}


def _release_id(as_of: date, files: Iterable[MartFile]) -> str:
    parts = [f"{file.mart.name} {file.sha256}" for file in files] + [code_version(), seeds_sha256()]
    return f"{as_of.isoformat()}-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:12]}"


def _gx_checks(candidate: Path) -> list[Check]:
    """One check a rule, over all batches of the release."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            """select rule_id, min(severity), cast(sum(evaluated_rows) as bigint), cast(sum(failed_rows) as bigint)
               from read_parquet(?) group by rule_id order by rule_id""",
            [str(candidate / "mart_quality_checks.parquet")],
        ).fetchall()
    outcome = {"critical": "failed", "warning": "warned"}
    return [
        Check(rule, "gx", severity, outcome[severity] if failed else "passed", evaluated, failed)
        for rule, severity, evaluated, failed in rows
    ]


def _snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("select max(snapshot_id) from ducklake_snapshots('lake')").fetchone()
    assert row is not None  # an aggregate always has a row
    return int(row[0])


def _batches(candidate: Path) -> list[dict[str, Any]]:
    columns = (
        "feed",
        "dataset",
        "batch_id",
        "source_sha256",
        "rows_landed",
        "rows_validated",
        "rows_quarantined",
        "rows_refused",
    )
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {', '.join(columns)} from read_parquet(?) order by feed, dataset, batch_id",
            [str(candidate / "mart_batch_ledger.parquet")],
        ).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _switch(paths: LakePaths, candidate: Path, manifest: dict[str, Any]) -> Release:
    release_id = str(manifest["release_id"])
    target = paths.releases / release_id
    paths.releases.mkdir(exist_ok=True)
    if target.exists():
        release = load_release(paths, release_id)
        if sealed := why_sealed(release):
            raise AuditFailed([sealed])
        problems = verify(release)
        if problems:
            raise AuditFailed([f"release {release_id} exists and is damaged: {problem}" for problem in problems])
    else:
        write_durably(candidate / MANIFEST, manifest)
        sync_folder(candidate)
        os.replace(candidate, target)
        sync_folder(paths.releases)
    make_current(paths, release_id)
    log.info("release %s is current", release_id)
    return load_release(paths, release_id)

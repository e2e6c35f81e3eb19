"""Re-check a published release offline: bytes, rows, ledger, grains and invariants. It needs no lake."""

from __future__ import annotations

import hashlib
from typing import Any

import duckdb

from creditlake.release.invariants import check_release
from creditlake.release.marts import Mart
from creditlake.release.seal import broken_seal, why_sealed
from creditlake.release.store import Release


def verify(release: Release) -> list[str]:
    """Return what is wrong with a release, one sentence a finding; empty when it is whole. A sealed one is not."""
    if sealed := why_sealed(release):
        return [sealed, *broken_seal(release)]
    problems = _wrong_files(release)
    if problems:
        return problems  # the rules below would judge other bytes than those that were published
    marts = [Mart(entry["name"], tuple(entry["grain"])) for entry in release.manifest["marts"]]
    for check in check_release(release.folder, marts, release.manifest["as_of"]):
        if check.failed:
            problems.append(f"{check.name}: {check.failed} of {check.evaluated} rows break it")
    return problems + _wrong_ledger(release)


def _wrong_files(release: Release) -> list[str]:
    listed = {entry["name"]: entry for entry in release.manifest["marts"]}
    found = {path.stem for path in release.folder.glob("*.parquet")}
    problems = [f"{name}.parquet is in the folder but not in the manifest" for name in sorted(found - set(listed))]
    problems += [f"{name}.parquet is in the manifest but not in the folder" for name in sorted(set(listed) - found)]
    for name in sorted(found & set(listed)):
        problems += _wrong_file(release, name, listed[name])
    return problems


def _wrong_file(release: Release, name: str, entry: dict[str, Any]) -> list[str]:
    with open(release.mart(name), "rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    if digest == entry["sha256"]:
        return []
    return [f"{name}.parquet has the hash {digest[:12]}…, the manifest says {entry['sha256'][:12]}…"]


def _wrong_ledger(release: Release) -> list[str]:
    if not release.manifest["batches"]:
        return []
    columns = list(release.manifest["batches"][0])
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {', '.join(columns)} from read_parquet(?)", [str(release.mart("mart_batch_ledger"))]
        ).fetchall()
    listed = {tuple(batch[column] for column in columns) for batch in release.manifest["batches"]}
    if set(rows) == listed:
        return []
    return [f"the ledger mart and the manifest disagree on {len(set(rows) ^ listed)} batches"]

"""Sealing: an older release that shows a record which has ended since loses its marts, and keeps the proof of them.

``seal.json`` stays beside the manifest: the id and the hash of every record that the release showed, and which of them
have ended by what and when. It has no content, is written once and proves to who holds a record that it was shown.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import duckdb

from creditlake.erasing.rows import Ending
from creditlake.lake import LakePaths
from creditlake.release.store import MANIFEST, SEAL, Release, current, list_releases, sync_folder, write_durably

RECORDS = "mart_credit_records"


def seal_older(paths: LakePaths, endings: Mapping[str, Ending], as_of: date, now: datetime) -> list[str]:
    """Seal every release but the current one that shows a record which has ended; return the ids of those sealed now.

    Args:
        endings: Why each record that may not be shown any more has ended, by record_id.
        as_of: The business date by which they had.
        now: The moment to write into the seal.

    Raises:
        duckdb.Error: a release is damaged, so that nobody can say what it shows.
    """
    kept = current(paths).release_id
    return [
        release.release_id
        for release in list_releases(paths)
        if release.release_id != kept and _seal(release, endings, as_of, now)
    ]


def _seal(release: Release, endings: Mapping[str, Ending], as_of: date, now: datetime) -> bool:
    """Seal one release if it must be; the proof is on disk before the first mart goes."""
    is_new = release.seal is None
    if is_new:
        shown = shown_records(release)
        ended = {record_id: endings[record_id] for record_id in sorted(shown.keys() & endings.keys())}
        if not ended:
            return False
        write_durably(release.folder / SEAL, _document(release, shown, ended, as_of, now))
    for file in release.folder.glob("*.parquet"):  # also what a killed sealing left
        file.unlink()
    sync_folder(release.folder)
    return is_new


def _document(
    release: Release, shown: Mapping[str, str], ended: Mapping[str, Ending], as_of: date, now: datetime
) -> dict[str, Any]:
    told = [
        {"record_id": key, **asdict(ending), "ended_date": ending.ended_date.isoformat()}
        for key, ending in ended.items()
    ]
    return {
        "release_id": release.release_id,
        "manifest_sha256": _manifest_sha256(release),
        "sealed_at": now.isoformat(),
        "as_of": as_of.isoformat(),
        "ended": told,
        "records": dict(shown),
    }


def shown_records(release: Release) -> dict[str, str]:
    """Return the hash of every record that a release shows, by record_id.

    The hash is the sha256 of the record as a JSON array of [column, value as text or null], in the mart's column order,
    in UTF-8 without blanks: whoever holds the record can make it again.
    """
    with duckdb.connect() as connection:
        cursor = connection.execute(
            "select columns(*)::varchar from read_parquet(?) order by record_id", [str(release.mart(RECORDS))]
        )
        names = [column[0] for column in cursor.description or []]
        place = names.index("record_id")
        return {row[place]: record_sha256(dict(zip(names, row, strict=True))) for row in cursor.fetchall()}


def record_sha256(record: Mapping[str, str | None]) -> str:
    """Return the hash of one record as ``shown_records`` makes it."""
    text = json.dumps(list(record.items()), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def why_sealed(release: Release) -> str | None:
    """Say that a release is sealed and why, for people; None for one that can be read."""
    seal = release.seal
    if seal is None:
        return None
    kinds = Counter(entry["ended_by"] for entry in seal["ended"])
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return (
        f"{release.release_id} is sealed since {seal['sealed_at'][:10]}: by {seal['as_of']} records that it showed had"
        f" ended ({counts}); its marts are gone, manifest, hashes and {SEAL} stay"
    )


def broken_seal(release: Release) -> list[str]:
    """Return what is wrong with a sealed release; empty when it is as it was sealed."""
    seal = release.seal
    if seal is None:
        return []
    problems = [f"{path.name} is there although the release is sealed" for path in release.folder.glob("*.parquet")]
    if seal["manifest_sha256"] != _manifest_sha256(release):
        problems.append(f"{MANIFEST} is not the one that was sealed")
    return sorted(problems)


def last_seal(paths: LakePaths) -> date | None:
    """Return the latest business date by which a release was sealed; None when none is."""
    days = [date.fromisoformat(seal["as_of"]) for release in list_releases(paths) if (seal := release.seal)]
    return max(days, default=None)


def proofs(paths: LakePaths, record_id: str) -> Iterator[tuple[Release, str, Mapping[str, str] | None]]:
    """Yield each sealed release that showed a record, the record's hash in it, and why it ended if it had by then."""
    for release in list_releases(paths):
        seal = release.seal
        if seal and record_id in seal["records"]:
            ended = [entry for entry in seal["ended"] if entry["record_id"] == record_id]
            yield release, seal["records"][record_id], ended[0] if ended else None


def _manifest_sha256(release: Release) -> str:
    return hashlib.sha256((release.folder / MANIFEST).read_bytes()).hexdigest()

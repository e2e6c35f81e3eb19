"""mart_profile_deltas: what a release says otherwise than the one before it, and why.

One row a subject, item, change and cause, key ``subject_id, item_type, item, change_type, cause_code``. Of a record
that is shown no more it says that one was removed, why and since when, under the sha256 of its record_id, and nothing
that the record said or made (信用修复管理办法, 第36号令: what is repaired or revoked is neither published nor used).
Old values are in no row. Subjects that are in the newer release no more have no rows; the manifest counts them.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from creditlake.home import code_version, seeds_sha256
from creditlake.lake import LakePaths
from creditlake.release.comparing import VIEWS, Side, ask_the_lake, compare, open_sides
from creditlake.release.marts import Mart, MartFile, export
from creditlake.release.store import SEAL, Release, list_releases

DELTAS = Mart("mart_profile_deltas", ("subject_id", "item_type", "item", "change_type", "cause_code"))
_TABLE = """create temp table mart_profile_deltas (
    subject_id varchar, item_type varchar, item varchar, change_type varchar, cause_code varchar,
    since_date date, batch_id varchar, source_row bigint)"""
_ROWS = """insert into mart_profile_deltas
select subject_id, 'record', case when change_type = 'removed' then sha256(record_id) else record_id end,
    change_type, cause_code, since_date, batch_id, source_row
from record_changes
semi join new_subjects using (subject_id)
union all
select subject_id, 'profile', number, 'changed', cause_code, since_date, null, null from number_changes
union all
select subject_id, 'subject', item, change_type, cause_code, null, null, null from subject_changes"""


class BaseDamaged(ValueError):
    """The release that the deltas must be made against is not what was published."""


def base_of(paths: LakePaths, as_of: date) -> Release | None:
    """Return the release that a release of a day is compared with: the newest one of an earlier day that is not sealed.

    Which release is current plays no part, and neither do those of the same day: publishing the same content again,
    after a rollback or beside a release of another code, compares with the same base (docs/decisions/0025).
    """
    earlier = [one for one in list_releases(paths) if one.as_of < as_of and not (one.folder / SEAL).exists()]
    return earlier[-1] if earlier else None


def write_deltas(
    connection: duckdb.DuckDBPyConnection, base: Release | None, candidate: Path, as_of: date
) -> tuple[MartFile, dict[str, Any] | None]:
    """Write the mart into the candidate's folder; return it, and what the manifest says of the base.

    Args:
        connection: The lake is attached to it, built as of the day; it is left with temporary tables.
        candidate: Holds the other marts of the release in the making.

    Raises:
        BaseDamaged: the base's marts are not those of its manifest.
    """
    connection.execute(_TABLE)
    if base is None:
        return export(connection, DELTAS, candidate, DELTAS.name), None
    prove(base)
    names = frozenset(path.stem for path in candidate.glob("*.parquet"))
    open_sides(connection, Side.of(base), Side(candidate, as_of, names, (code_version(), seeds_sha256())))
    ask_the_lake(connection)
    compare(connection)
    connection.execute(_ROWS)
    gone = connection.execute("select count(*) from old_subjects anti join new_subjects using (subject_id)").fetchone()
    assert gone is not None  # an aggregate always has a row
    told = {"release_id": base.release_id, "as_of": base.as_of.isoformat(), "subjects_gone": int(gone[0])}
    return export(connection, DELTAS, candidate, DELTAS.name), told


def prove(base: Release) -> None:
    """Check the marts that are compared against the manifest's hashes.

    Raises:
        BaseDamaged: one is not what was published.
    """
    for entry in base.manifest["marts"]:
        if entry["name"] not in VIEWS.values():
            continue
        with open(base.mart(entry["name"]), "rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        if digest != entry["sha256"]:
            raise BaseDamaged(f"{entry['name']} of {base.release_id} is not what was published; no deltas against it")

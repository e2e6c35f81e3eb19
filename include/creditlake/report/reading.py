"""Read what a release says about one subject: from its marts alone, after their bytes are proved by the manifest.

Columns are named one by one, so that whatever a mart may hold beside them cannot reach a report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from creditlake.identity.identifiers import is_uscc
from creditlake.release import Release, why_sealed
from creditlake.report.dossier import (
    Batch,
    Code,
    Dimension,
    Dossier,
    Mart,
    Point,
    Profile,
    Reason,
    Record,
    Subject,
    Tag,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MARTS = (
    "mart_subjects",
    "mart_subject_profiles",
    "mart_evaluation_points",
    "mart_profile_reasons",
    "mart_credit_records",
    "mart_subject_portraits",
    "mart_portrait_tags",
    "mart_batch_ledger",
    "mart_code_lists",
)
"""The marts a report rests on."""


class UnknownSubject(LookupError):
    """The release has no subject with that code."""


class DamagedRelease(ValueError):
    """A mart is not the one that was published, or the release is sealed."""


Row = TypeVar("Row", bound="DataclassInstance")


def read_dossier(release: Release, uscc: str) -> Dossier:
    """Return what a release says about the subject with a code.

    Raises:
        UnknownSubject: the release has none.
        DamagedRelease: a mart's bytes are not those of the manifest, or a subject lacks its profile.
    """
    marts = _proved(release)
    with duckdb.connect() as connection:
        reading = _Reading(connection, release)
        subjects = reading.rows(Subject, "mart_subjects", "uscc = ?", [uscc])
        if not subjects:
            hint = "" if is_uscc(uscc) else "; its check character is wrong: a slip of the pen?"
            raise UnknownSubject(f"release {release.release_id} has no subject with the code {uscc}{hint}")
        of_it: tuple[str, list[object]] = ("subject_id = ?", [subjects[0].subject_id])
        profiles = reading.rows(Profile, "mart_subject_profiles", *of_it)
        if not profiles:
            raise DamagedRelease(f"release {release.release_id} has no profile of {uscc}")
        return Dossier(
            release_id=release.release_id,
            as_of=release.as_of,
            code_version=str(release.manifest["code_version"]),
            marts=marts,
            subject=subjects[0],
            profile=profiles[0],
            points=reading.rows(Point, "mart_evaluation_points", *of_it, order="item_code"),
            reasons=reading.rows(Reason, "mart_profile_reasons", *of_it, order="item_code, record_id"),
            records=reading.rows(Record, "mart_credit_records", *of_it, order="occurred_date desc, record_id"),
            dimensions=reading.rows(Dimension, "mart_subject_portraits", *of_it, order="dimension_code"),
            tags=reading.rows(Tag, "mart_portrait_tags", *of_it, order="tag_code"),
            batches=reading.rows(Batch, "mart_batch_ledger", order="feed, dataset, delivered_date desc, batch_id"),
            codes=reading.rows(Code, "mart_code_lists", order="column_name, code"),
        )


def _proved(release: Release) -> tuple[Mart, ...]:
    """The marts of the report with their hashes, each computed anew and equal to the manifest's."""
    if sealed := why_sealed(release):
        raise DamagedRelease(sealed)
    listed: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in release.manifest["marts"]}
    for name in MARTS:
        if name not in listed or not release.mart(name).is_file():
            raise DamagedRelease(f"release {release.release_id} has no {name}")
        with open(release.mart(name), "rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        if digest != listed[name]["sha256"]:
            raise DamagedRelease(f"{name} of release {release.release_id} is not what was published")
    return tuple(Mart(name, int(listed[name]["rows"]), str(listed[name]["sha256"])) for name in MARTS)


@dataclass(frozen=True, slots=True)
class _Reading:
    connection: duckdb.DuckDBPyConnection
    release: Release

    def rows(
        self, kind: type[Row], mart: str, where: str = "true", values: Sequence[object] = (), *, order: str = "all"
    ) -> tuple[Row, ...]:
        """The rows of a mart as dataclasses: their fields are its columns, but those with a default that it has not."""
        path = str(self.release.mart(mart))
        there = {name for name, *_ in self.connection.execute("describe from read_parquet(?)", [path]).fetchall()}
        columns = [field.name for field in fields(kind) if field.default is MISSING or field.name in there]
        statement = f"select {', '.join(columns)} from read_parquet(?) where {where} order by {order}"
        found = self.connection.execute(statement, [path, *values]).fetchall()
        return tuple(kind(**dict(zip(columns, row, strict=True))) for row in found)

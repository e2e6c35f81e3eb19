"""Any number of a release back to its records, rows and files.

Everything is read from the release; only the names of files come from the lake's ledger, and a row's own text from
bronze, without the columns that name persons.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow.parquet as pq

from creditlake.bronze import read_batch
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths, reading
from creditlake.lake.ledger import LedgerEntry, entries
from creditlake.release import Release
from creditlake.release.seal import proofs
from creditlake.text import table

RECORD_COLUMNS = (
    "record_type",
    "occurred_date",
    "severity",
    "amount_yuan",
    "authority",
    "document_no",
    "visible_until",
    "legal_basis",
    "match_method",
)


def subject(paths: LakePaths, release: Release, uscc: str) -> str:
    """Return a subject's profile, each loan point and each record with its file and row.

    Raises:
        LookupError: the release has no subject of that code.
    """
    with _marts(release) as marts:
        found = _one(marts, "select * from mart_subjects where uscc = ?", [uscc.upper()])
        if found is None:
            raise LookupError(f"release {release.release_id} has no subject with the code {uscc!r}")
        key = [found["subject_id"]]
        profile = _one(marts, "select * from mart_subject_profiles where subject_id = ?", key) or {}
        points = marts.execute(
            """select feature, bin_no, points, reason_code from mart_loan_score_points where subject_id = ?
               order by feature""",
            key,
        ).fetchall()
        records = marts.execute(
            f"""select record_id, {", ".join(RECORD_COLUMNS)}, batch_id, source_row from mart_credit_records
                where subject_id = ? order by occurred_date, record_id""",
            key,
        ).fetchall()
    parts = [_facts(found), "profile\n" + _facts(profile), "records\n" + _record_table(paths, records)]
    if points:
        parts.append("loan score\n" + table(("feature", "bin", "points", "reason"), points))
    return f"\n{'-' * 60}\n".join(parts)


def record(paths: LakePaths, release: Release, record_id: str) -> str:
    """Return a record, the file and row it comes from, and that row as it was received.

    Of one that has ended: which sealed releases showed it, by its hash, and why it ended.

    Raises:
        LookupError: the release shows no such record, and no sealed one did.
    """
    with _marts(release) as marts:
        found = _one(marts, "select * from mart_credit_records where record_id = ?", [record_id])
    if found is None:
        if proof := _proof(paths, record_id):
            return proof
        raise LookupError(f"release {release.release_id} shows no record {record_id!r}, and no seal proves one")
    entry = _ledger(paths)[found["batch_id"]]
    where = f"row {found['source_row']} of {_file(entry)} (sha256 {entry.source_sha256})"
    return "\n".join([_facts(found), "", f"from {where}", _facts(_source_row(paths, found))])


def _proof(paths: LakePaths, record_id: str) -> str:
    """What the seals prove of a record that the current release does not show: when it was shown, and why not now."""
    found = list(proofs(paths, record_id))
    if not found:
        return ""
    rows = [(release.release_id, release.as_of, release.manifest["created_at"], sha256) for release, sha256, _ in found]
    endings = [ended for _, _, ended in found if ended]
    why = {name: endings[-1][name] if endings else None for name in ("ended_by", "ended_date", "basis")}
    head = "the current release does not show it; of its content the seals hold the hash alone"
    return "\n".join(
        [head, _facts({"record_id": record_id} | why), "", table(("shown by", "as of", "created at", "sha256"), rows)]
    )


def batch(paths: LakePaths, release: Release, batch_id: str) -> str:
    """Return what became of one file: its ledger row, the rules its rows broke, and what of it the release shows.

    Raises:
        LookupError: the lake has no such batch.
    """
    entry = _ledger(paths).get(batch_id)
    if entry is None:
        raise LookupError(f"the lake has no batch {batch_id!r}")
    with _marts(release) as marts:
        broken = marts.execute(
            """select rule_id, title, severity, failed_rows from mart_quality_checks
               where batch_id = ? and failed_rows > 0 order by rule_id""",
            [batch_id],
        ).fetchall()
        shown = marts.execute(
            """select record_type, count(*), count(distinct subject_id) from mart_credit_records
               where batch_id = ? group by record_type order by record_type""",
            [batch_id],
        ).fetchall()
    counts = {
        name: getattr(entry, name) for name in ("rows_landed", "rows_validated", "rows_quarantined", "rows_refused")
    }
    head = {
        "file": _file(entry),
        "sha256": entry.source_sha256,
        "delivered": entry.delivered_date,
        "status": entry.status,
    }
    return "\n\n".join(
        [
            _facts(head | counts | ({"reason": entry.reason} if entry.reason else {})),
            "rules its rows broke\n" + table(("rule", "title", "severity", "rows"), broken),
            "what the release shows of it\n" + table(("record type", "records", "subjects"), shown),
        ]
    )


def indicator(paths: LakePaths, release: Release, code: str, area: str, period: str) -> str:
    """Return an indicator's value, its way up to the total, its definition, and the batches that came for it.

    Raises:
        LookupError: the release has no such indicator for that area and month.
    """
    with _marts(release) as marts:
        row = _index_row(marts, code, area, period)
        if row is None:
            raise LookupError(f"release {release.release_id} has no indicator {code!r} for {area} in {period}")
        path = [row]
        while path[-1]["parent_code"] is not None:
            parent = _index_row(marts, path[-1]["parent_code"], area, period)
            assert parent is not None  # the audit proved that every parent is there
            path.append(parent)
        definition = _one(marts, "select * from mart_metric_catalog where metric_code = ?", [code]) or {}
    columns = ("indicator_code", "level", "points", "points_max", "numerator", "denominator", "value", "source_mode")
    return "\n\n".join(
        [
            table(columns, [[step[column] for column in columns] for step in path]),
            "definition\n" + _facts(definition),
            "batches\n" + _batch_table(paths, release),
        ]
    )


def _index_row(marts: duckdb.DuckDBPyConnection, code: str, area: str, period: str) -> dict[str, Any] | None:
    statement = "select * from mart_city_credit_index where indicator_code = ? and area_code = ? and period = ?"
    return _one(marts, statement, [code, area, period])


@contextlib.contextmanager
def _marts(release: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for entry in release.manifest["marts"]:
            path = str(release.mart(entry["name"])).replace("'", "''")
            connection.execute(f"create view {entry['name']} as select * from read_parquet('{path}')")
        yield connection


def _one(connection: duckdb.DuckDBPyConnection, statement: str, values: list[Any]) -> dict[str, Any] | None:
    result = connection.execute(statement, values)
    names = [column[0] for column in result.description or []]
    row = result.fetchone()
    return None if row is None else dict(zip(names, row, strict=True))


def _ledger(paths: LakePaths) -> dict[str, LedgerEntry]:
    with reading(paths) as connection:
        return {entry.batch_id: entry for entry in entries(connection)}


def _file(entry: LedgerEntry) -> str:
    return f"{entry.feed}/{entry.source_name}" + (f" » {entry.member}" if entry.member else "")


def _record_table(paths: LakePaths, records: list[tuple[Any, ...]]) -> str:
    ledger = _ledger(paths)
    rows = [(*row[:-2], f"{_file(ledger[row[-2]])}:{row[-1]}") for row in records]
    return table(("record_id", *RECORD_COLUMNS, "file:row"), rows)


def _batch_table(paths: LakePaths, release: Release) -> str:
    """The batches of the release; the lake may hold others, of later days."""
    released = {batch["batch_id"] for batch in release.manifest["batches"]}
    rows = [
        (entry.feed, entry.dataset, _file(entry), entry.rows_validated, entry.rows_quarantined, entry.status)
        for entry in _ledger(paths).values()
        if entry.batch_id in released
    ]
    return table(("feed", "dataset", "file", "accepted", "quarantined", "status"), rows)


def _source_row(paths: LakePaths, found: dict[str, Any]) -> dict[str, Any]:
    """The row as received, without the columns that name persons."""
    folder = paths.bronze / found["feed"] / found["dataset"] / found["batch_id"]
    dataset = load_feeds()[found["feed"]].dataset(found["dataset"])
    hidden = {*dataset.of_kind("person_name"), *dataset.of_kind("person_id")}
    names = [name for name in pq.read_schema(read_batch(folder).rows_file(paths)).names if name not in hidden]
    rows = pq.read_table(
        folder / "rows.parquet", columns=names, filters=[("_source_row", "=", found["source_row"])]
    ).to_pylist()
    return {name: value for name, value in rows[0].items() if value and not name.startswith("_")}


def _facts(facts: dict[str, Any]) -> str:
    return "\n".join(f"  {name:26} {'–' if value is None else value}" for name, value in facts.items())

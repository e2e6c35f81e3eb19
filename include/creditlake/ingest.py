"""From a batch in bronze to rows in the lake: one verdict, one transaction."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq

from creditlake.bronze import Batch
from creditlake.contracts import Dataset, load_feeds
from creditlake.corrections import Settlement, close, let_waived_in, refuse_unless_open, settlements, waiver_ends
from creditlake.lake import LakePaths, Writer
from creditlake.lake.ledger import LedgerEntry, QualityCheck, find_entry, write_checks, write_entry
from creditlake.lake.tables import identifier
from creditlake.lake.watermarks import Watermark, write_watermark
from creditlake.refusal import Refusal

if TYPE_CHECKING:
    from creditlake.quality import RuleResult, Verdict

log = logging.getLogger(__name__)
BACK_OFF_SECONDS = (1, 5, 25)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one batch in this run.

    Attributes:
        is_new: False when the lake had taken the batch before; its ledger row is returned all the same.
    """

    entry: LedgerEntry
    is_new: bool


def validate(paths: LakePaths, batch: Batch, run_name: str, writer: Writer | None = None) -> Outcome:
    """Judge one batch and take it into the lake, or find that it was taken before.

    Args:
        writer: The connection to use when many batches follow each other; the lease is held for this batch only.

    After a failed commit the connection is thrown away, the ledger is asked, and only then the whole batch is
    tried again: COMMIT alone is never repeated (reference: docs/decisions/0002).

    Raises:
        duckdb.Error: the batch could not be written in four tries; nothing of it is in the lake.
    """
    with Writer(paths) if writer is None else contextlib.nullcontext(writer) as used:
        return _validate(paths, batch, run_name, used)


def _validate(paths: LakePaths, batch: Batch, run_name: str, writer: Writer) -> Outcome:
    for pause in (*BACK_OFF_SECONDS, None):
        try:
            return _validate_once(paths, batch, run_name, writer)
        except (duckdb.TransactionException, duckdb.IOException) as error:
            if pause is None:
                raise
            log.warning(
                "%s.%s, batch %s: %s; trying again in %d s", batch.feed, batch.dataset, batch.batch_id, error, pause
            )
            time.sleep(pause)
    raise AssertionError("unreachable: the last try returns or raises")


def _validate_once(paths: LakePaths, batch: Batch, run_name: str, writer: Writer) -> Outcome:
    with writer.turn() as connection:
        known = find_entry(connection, batch.feed, batch.dataset, batch.batch_id)
        if known is not None:
            return Outcome(known, is_new=False)
        if batch.refusal:
            return Outcome(_refuse(connection, batch, batch.refusal, ()), is_new=True)
        return Outcome(_judge(paths, connection, batch, run_name), is_new=True)


def _judge(paths: LakePaths, connection: duckdb.DuckDBPyConnection, batch: Batch, run_name: str) -> LedgerEntry:
    from creditlake.quality import judge

    dataset = load_feeds()[batch.feed].dataset(batch.dataset)
    try:
        settled = settlements(batch.rows_file(paths), batch.delivered, batch.from_team)
        refuse_unless_open(connection, dataset, settled)
    except Refusal as refusal:
        return _refuse(connection, batch, refusal.told(f"{_place(batch)}: "), ())
    verdict = judge(batch.rows_file(paths), dataset, batch.delivered, run_name, batch.batch_id)
    keep_verdict(paths, batch, verdict.document)
    if verdict.refused:
        code, _, message = verdict.refused.partition(": ")
        checks = [_check(batch, result) for result in verdict.results]
        return _refuse(connection, batch, f"{code}: {_place(batch)}: {message}", checks)
    return _accept(paths, connection, batch, verdict, settled)


def _place(batch: Batch) -> str:
    file = f"{batch.source_name}/{batch.member}" if batch.member else batch.source_name
    return f"{batch.feed}.{batch.dataset}, {file}"


def _check(batch: Batch, result: RuleResult, waived: frozenset[str] = frozenset()) -> QualityCheck:
    return QualityCheck(
        feed=batch.feed,
        dataset=batch.dataset,
        batch_id=batch.batch_id,
        rule_id=result.rule_id,
        title=result.title,
        severity="warning" if result.rule_id in waived else result.severity,
        scope=result.scope,
        evaluated_rows=result.evaluated,
        failed_rows=result.failed,
    )


def keep_verdict(paths: LakePaths, batch: Batch, document: object) -> None:
    """Keep the verdict's document, from which the data docs are built."""
    target = paths.quality / batch.feed / batch.dataset / f"{batch.batch_id}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, target)


def _refuse(
    connection: duckdb.DuckDBPyConnection, batch: Batch, reason: str, checks: Sequence[QualityCheck]
) -> LedgerEntry:
    entry = _entry(batch, validated=0, quarantined=0, refused=batch.rows, reason=reason)
    connection.execute("begin")
    write_checks(connection, checks)
    _write_entry(connection, batch, entry)
    connection.execute("commit")
    return entry


def _accept(
    paths: LakePaths,
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    verdict: Verdict,
    settled: Sequence[Settlement],
) -> LedgerEntry:
    dataset = load_feeds()[batch.feed].dataset(batch.dataset)
    critical = frozenset(result.rule_id for result in verdict.results if result.severity == "critical")
    failed_rows = let_waived_in(verdict.failed_rows, critical, settled)
    failed = set(failed_rows.column("_source_row").to_pylist())
    connection.execute("begin")  # first: outside a transaction each registration looks the lake up anew
    connection.register("failed_rows", failed_rows)
    connection.register("waiver_ends", waiver_ends(settled))
    _insert_validated(connection, paths, batch, dataset)
    if failed:
        _insert_quarantine(connection, paths, batch, dataset)
    close(connection, batch, dataset, [s for s in settled if s.source_row not in failed])
    entry = _entry(batch, validated=batch.rows - len(failed), quarantined=len(failed), refused=0)
    waived = frozenset[str]().union(*(settlement.waived for settlement in settled))
    write_checks(connection, [_check(batch, result, waived) for result in verdict.results])
    _write_entry(connection, batch, entry)
    connection.execute("commit")
    return entry


def _write_entry(connection: duckdb.DuckDBPyConnection, batch: Batch, entry: LedgerEntry) -> None:
    """Add the ledger row and, of what was pulled, the watermark: both in the transaction of the rows."""
    write_entry(connection, entry)
    if batch.reached:
        mark = Watermark(
            feed=batch.feed,
            dataset=batch.dataset,
            source=batch.source,
            reached=batch.reached,
            batch_id=batch.batch_id,
            batch_seq=batch.batch_seq,
            source_sha256=batch.source_sha256,
            is_accepted=entry.status == "accepted",
        )
        write_watermark(connection, mark)


def _insert_validated(connection: duckdb.DuckDBPyConnection, paths: LakePaths, batch: Batch, dataset: Dataset) -> None:
    from creditlake.quality import normalised_columns_sql

    delivered = pq.read_schema(batch.rows_file(paths)).names
    connection.execute(
        f"""insert into lake.validated.{dataset.table}
            select {normalised_columns_sql(dataset, delivered)}, _batch_id, _source_row, _source_sha256,
                cast(? as bigint), cast(? as date), waiver_ends.until
            from read_parquet(?) anti join failed_rows using (_source_row)
            left join waiver_ends using (_source_row)""",
        [batch.batch_seq, batch.counts_from, str(batch.rows_file(paths))],
    )


def _insert_quarantine(connection: duckdb.DuckDBPyConnection, paths: LakePaths, batch: Batch, dataset: Dataset) -> None:
    delivered = set(pq.read_schema(batch.rows_file(paths)).names)
    columns = ", ".join(
        identifier(name) if name in delivered else f"cast(null as varchar) as {identifier(name)}"
        for name in dataset.column_names
    )
    connection.execute(
        f"""insert into lake.quarantine.{dataset.table}
            select {columns}, _batch_id, _source_row, _source_sha256, cast(? as bigint), cast(? as date), null,
                failed_rows._failed_rules, 'open', null, null, null, null
            from read_parquet(?) join failed_rows using (_source_row)""",
        [batch.batch_seq, batch.counts_from, str(batch.rows_file(paths))],
    )


def _entry(batch: Batch, *, validated: int, quarantined: int, refused: int, reason: str | None = None) -> LedgerEntry:
    return LedgerEntry(
        feed=batch.feed,
        dataset=batch.dataset,
        batch_id=batch.batch_id,
        source_sha256=batch.source_sha256,
        source_name=batch.source_name,
        member=batch.member,
        batch_seq=batch.batch_seq,
        delivered_date=batch.counts_from,
        rows_landed=batch.rows,
        rows_validated=validated,
        rows_quarantined=quarantined,
        rows_refused=refused,
        status="refused" if reason else "accepted",
        reason=reason,
    )

"""One hand-over to the regional platform: select, write, count, put in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from creditlake.contracts import Dataset, Reporting, all_datasets
from creditlake.home import code_version
from creditlake.lake import LakePaths, reading
from creditlake.lake.ledger import LedgerEntry, entries
from creditlake.submission.files import differing, put_in_place, write_document, write_rows, written_beside
from creditlake.submission.receipt import RECEIPT, Before
from creditlake.submission.selection import (
    NOTHING,
    Selection,
    columns_left_empty,
    header,
    rows,
    select_rows,
    show_received,
)


class SubmissionRefused(RuntimeError):
    """Nothing was written: the period makes no sense, the lake does not add up, or other content is in the way."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A hand-over as it lies in its folder.

    Attributes:
        receipt: The receipt as written.
        is_new: False when the folder held the very same bytes already.
    """

    folder: Path
    receipt: dict[str, Any]
    is_new: bool


@dataclass(frozen=True, slots=True)
class _HandOver:
    """What all datasets of one hand-over share.

    Attributes:
        paths: The lake, whose vault holds the rows that left with an ended record.
        ledger: All that was delivered by its last day.
        folder: Where its files are written.
    """

    paths: LakePaths
    before: Before
    to: date
    ledger: Sequence[LedgerEntry]
    folder: Path


def submit(paths: LakePaths, before: Before, to: date, out: Path) -> Submission:
    """Write what the platform must be told of the days after ``before`` until ``to``, with its receipt.

    The same lake, code and days give the same bytes. One snapshot of the lake is read, nothing in it is written.

    Raises:
        FileNotFoundError: there is no lake.
        SubmissionRefused: nothing was written, and what was there is as it was.
    """
    if to < before.first_day:
        raise SubmissionRefused(f"there is no day from {before.first_day} to {to}")
    target = out.resolve()
    with reading(paths) as connection, written_beside(target) as partial:
        receipt = _write(paths, connection, before, to, partial)
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            _refuse_other_content(partial, target)
            return Submission(target, receipt, is_new=False)
        put_in_place(partial, target)
    return Submission(target, receipt, is_new=True)


def _refuse_other_content(partial: Path, target: Path) -> None:
    if not target.is_dir():
        raise SubmissionRefused(f"{target} is no folder")
    names = differing(partial, target)
    if names:
        raise SubmissionRefused(f"{target} holds other content, perhaps handed up already: {', '.join(names)}")


def _write(
    paths: LakePaths, connection: duckdb.DuckDBPyConnection, before: Before, to: date, folder: Path
) -> dict[str, Any]:
    connection.execute("begin")  # one snapshot, whatever is written meanwhile
    ledger = [entry for entry in entries(connection) if entry.delivered_date <= to]
    what = _HandOver(paths, before, to, ledger, folder)
    told = [_dataset(connection, what, dataset, dataset.reported) for dataset in all_datasets() if dataset.reported]
    connection.execute("rollback")
    receipt = {
        "from": before.first_day.isoformat(),
        "to": to.isoformat(),
        "as_of": to.isoformat(),
        "after_receipt_sha256": before.receipt_sha256,
        "code_version": code_version(),
        "datasets": told,
    }
    write_document(folder / RECEIPT, receipt)
    return receipt


def _dataset(
    connection: duckdb.DuckDBPyConnection, what: _HandOver, dataset: Dataset, how: Reporting
) -> dict[str, Any]:
    """Write one dataset's files and return its part of the receipt."""
    name = f"{dataset.feed}.{dataset.name}"
    ledger = [entry for entry in what.ledger if (entry.feed, entry.dataset) == (dataset.feed, dataset.name)]
    known = _known_before(name, ledger, what.before)
    new = [entry for entry in ledger if entry.batch_id not in known]
    show_received(what.paths, connection, dataset)
    chosen = select_rows(connection, dataset, known, {entry.batch_id for entry in new}) if new else NOTHING
    files: dict[str, str] = {}
    if chosen.rows:
        first, last = what.before.first_day, what.to
        found = rows(connection, dataset, last.strftime(how.strftime), f"{first:%Y%m%d}-{last:%Y%m%d}")
        files = write_rows(what.folder, f"{name}-{first}_{last}", header(dataset), found)
    return {
        "dataset": name,
        "title": dataset.title,
        "rows": chosen.rows,
        "inserted": chosen.flags["i"],
        "updated": chosen.flags["u"],
        "withdrawn": chosen.flags["d"],
        **_accounted(name, new, chosen),
        "columns_left_empty": list(columns_left_empty(dataset)),
        "files": files,
        "batches": [_source(entry) for entry in new],
        "known_batches": sorted(entry.batch_id for entry in ledger),
    }


def _known_before(name: str, ledger: Sequence[LedgerEntry], before: Before) -> frozenset[str]:
    """Ids of the batches that counted when the platform was last told."""
    if before.batches is None:
        return frozenset(entry.batch_id for entry in ledger if entry.delivered_date <= before.day)
    known = before.batches.get(name, frozenset())
    unknown = sorted(known - {entry.batch_id for entry in ledger})
    if unknown:
        raise SubmissionRefused(f"{name}: the receipt names the batch {unknown[0]}, which this lake does not hold")
    return known


def _accounted(name: str, new: Sequence[LedgerEntry], chosen: Selection) -> dict[str, Any]:
    """Return rows landed and left out by reason; with those handed up they account for every row (law L5)."""
    landed = sum(entry.rows_landed for entry in new)
    left_out = {
        "refused": sum(entry.rows_refused for entry in new),
        "quarantined": sum(entry.rows_quarantined for entry in new),
        **chosen.left_out,
    }
    if landed != chosen.rows + sum(left_out.values()):
        raise SubmissionRefused(
            f"{name}: {landed} rows landed, {chosen.rows} are handed up, {left_out} left out: run creditlake fsck"
        )
    return {"rows_landed": landed, "left_out": left_out}


def _source(entry: LedgerEntry) -> dict[str, Any]:
    """The ledger's line as the receipt tells it; names of files may name persons and stay here."""
    return {
        "batch_id": entry.batch_id,
        "source_sha256": entry.source_sha256,
        "delivered_date": entry.delivered_date.isoformat(),
        "status": entry.status,
        "rows_landed": entry.rows_landed,
        "rows_validated": entry.rows_validated,
        "rows_quarantined": entry.rows_quarantined,
        "rows_refused": entry.rows_refused,
    }

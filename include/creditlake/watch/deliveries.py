"""What came, as the watch sees it: the ledger's batches with the header each had, from bronze."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow.parquet as pq

from creditlake.bronze import read_batch
from creditlake.connectors.files import month_in
from creditlake.lake import LakePaths
from creditlake.lake.ledger import LedgerEntry

LINEAGE = "_"
"""How the columns begin that are ours."""
HASH_CHARACTERS = 12
HEADER_REFUSALS = ("unknown_header", "missing_header")


@dataclass(frozen=True, slots=True)
class Delivered:
    """One batch that an agency delivered.

    Attributes:
        file: Its name, of an archive's member that one's.
        seq: Its place in the order of receipt.
        day: Its delivered date; of a file whose name carries a month but no row a date, that month's first day.
        month: First day of the month in its name, None where there is none.
        rows: Rows it landed with.
        header: Names of its columns in file order; None where it was refused or bronze no longer holds it.
        refusal: Code of the reason why it was refused; empty for an accepted one.
    """

    feed: str
    dataset: str
    file: str
    seq: int
    day: date
    month: date | None
    rows: int
    header: tuple[str, ...] | None = None
    refusal: str = ""

    @property
    def is_keyed(self) -> bool:
        """Whether each row names its own columns, so that their order says nothing and a null one may be left out."""
        return self.file.lower().endswith(".jsonl")


def schema_hash(header: Iterable[str]) -> str:
    """Return the hash of a header: of its names in order, for where one moved, values may stand in the wrong column."""
    return hashlib.sha256("\n".join(header).encode()).hexdigest()[:HASH_CHARACTERS]


def deliveries(paths: LakePaths, ledger: Iterable[LedgerEntry]) -> Iterator[Delivered]:
    """Yield what the ledger holds, but for what the data team itself brought (corrections, waivers)."""
    for entry in ledger:
        folder = paths.bronze / entry.feed / entry.dataset / entry.batch_id
        is_known = (folder / "batch.json").exists()
        if is_known and read_batch(folder).from_team:
            continue
        rows = folder / "rows.parquet"
        yield Delivered(
            feed=entry.feed,
            dataset=entry.dataset,
            file=entry.member or entry.source_name,
            seq=entry.batch_seq,
            day=entry.delivered_date,
            month=month_in(entry.member or entry.source_name) or month_in(entry.source_name),
            rows=entry.rows_landed,
            header=_header(pq.read_schema(rows).names) if entry.status == "accepted" and rows.exists() else None,
            refusal=(entry.reason or "").split(":")[0] if entry.status == "refused" else "",
        )


def _header(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if not name.startswith(LINEAGE))

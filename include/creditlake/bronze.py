"""Bronze: one immutable folder a batch, every source column as text, plus lineage.

``rows.parquet`` is written beside and renamed; ``batch.json`` comes last, so a folder without it is a crashed one
and is written again.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from creditlake.connectors.files import UNKNOWN_DATASET, month_end, month_in
from creditlake.contracts import CORRECTION, NATURAL_PERSON, PROVIDED, Dataset, Feed, load_feeds
from creditlake.lake import LakePaths
from creditlake.landing import Landed
from creditlake.persons import hashed, person_key, persons_numbers
from creditlake.readers import IrregularCsv, read
from creditlake.readers.archive import members, unpack
from creditlake.refusal import Refusal

BATCH_ID_CHARACTERS = 20
_DATE = re.compile(r"([0-9]{4})[-/]?([0-9]{1,2})[-/]?([0-9]{1,2})")
_TIME = re.compile("[ T]")
_HASH = re.compile("[0-9a-f]{32}")
_LONGEST_DAY = len("2026-10-31")


@dataclass(frozen=True, slots=True)
class Batch:
    """One file, or one member of an archive: the unit that is judged.

    Attributes:
        member: Name inside the archive; empty for a plain file.
        delivered: When the agency handed it over, or the data team brought it (docs/architecture.md).
        by_month: Whether only the month in the file's name says so; ``delivered`` is that month's last day then.
        rows: Data rows it holds; 0 where they could not be counted.
        refusal: Why it is refused as a whole; empty when it can be judged.
        from_team: Whether the data team itself brought it.
        source, reached: How far its source is read with it; empty for what was dropped.
    """

    feed: str
    dataset: str
    batch_id: str
    member: str
    source_sha256: str
    source_name: str
    batch_seq: int
    delivered: date
    by_month: bool = False
    rows: int = 0
    refusal: str = ""
    from_team: bool = False
    source: str = ""
    reached: str = ""

    @property
    def counts_from(self) -> date:
        """First business date at which its rows count: where only its month is known, that month's first day."""
        return self.delivered.replace(day=1) if self.by_month else self.delivered

    def folder(self, paths: LakePaths) -> Path:
        """The batch's folder in the vault."""
        return paths.bronze / self.feed / self.dataset / self.batch_id

    def rows_file(self, paths: LakePaths) -> Path:
        """The batch's rows."""
        return self.folder(paths) / "rows.parquet"


@dataclass(frozen=True, slots=True)
class Postponed:
    """A delivery of a later day than as_of: left alone, listed, not judged."""

    feed: str
    dataset: str
    source_name: str
    delivered: date


def batch_id(feed: str, dataset: str, member: str, source_sha256: str) -> str:
    """Return the id of a batch: a hash of feed, dataset, member and content, and of nothing else (law L7)."""
    text = "\n".join((feed, dataset, member, source_sha256))
    return hashlib.sha256(text.encode()).hexdigest()[:BATCH_ID_CHARACTERS]


def load_bronze(paths: LakePaths, landed: Landed, as_of: date, feed: Feed | None = None) -> list[Batch | Postponed]:
    """Write the batches of one landed file and return them; those written before are only read.

    One batch a plain file, one a member of an archive. A file that cannot be read is a batch with its refusal.

    Args:
        feed: The feed whose contract the file is read by; the declared one of that name when not given.
    """
    if landed.dataset == UNKNOWN_DATASET:
        reason = f"unknown_dataset: feed {landed.feed} declares no dataset whose name begins {landed.name!r}"
        return [_refused(paths, _blank(landed, "", as_of), reason)]
    dataset = (feed or load_feeds()[landed.feed]).dataset(landed.dataset)
    if not landed.name.lower().endswith(".zip"):
        return [_member_batch(paths, landed, "", as_of, dataset)]
    try:
        names = members(landed.content(paths), landed.name)
    except Refusal as refusal:
        return [_refuse_unless_postponed(paths, _blank(landed, "", as_of), refusal, as_of)]
    places = enumerate(names, start=landed.batch_seq)
    return [_member_batch(paths, replace(landed, batch_seq=place), name, as_of, dataset) for place, name in places]


def read_batch(folder: Path) -> Batch:
    """Return the batch whose bronze folder this is."""
    document = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
    return Batch(**document | {"delivered": date.fromisoformat(document["delivered"])})


def all_batches(paths: LakePaths) -> Iterator[Batch]:
    """Yield every batch in bronze, in the order of receipt and, within one file, of member."""
    found = [read_batch(path.parent) for path in paths.bronze.glob("*/*/*/batch.json")]
    yield from sorted(found, key=lambda batch: (batch.batch_seq, batch.member))


def _blank(landed: Landed, member: str, as_of: date) -> Batch:
    # what the data team corrects or waives counts from the day it does so, whatever the row says of itself
    month = None if landed.from_team else month_in(member or landed.name) or month_in(landed.name)
    return Batch(
        feed=landed.feed,
        dataset=landed.dataset,
        batch_id=batch_id(landed.feed, landed.dataset, member, landed.sha256),
        member=member,
        source_sha256=landed.sha256,
        source_name=landed.name,
        batch_seq=landed.batch_seq,
        delivered=month_end(month) if month else as_of,
        by_month=month is not None,
        from_team=landed.from_team,
        source=landed.source,
        reached=landed.reached,
    )


def _member_batch(paths: LakePaths, landed: Landed, member: str, as_of: date, dataset: Dataset) -> Batch | Postponed:
    blank = _blank(landed, member, as_of)
    if (blank.folder(paths) / "batch.json").exists():
        known = read_batch(blank.folder(paths))
        return known if known.counts_from <= as_of else _postponed(known)
    partial = paths.scratch / f"{blank.batch_id}.{os.getpid()}"
    partial.mkdir(parents=True, exist_ok=True)
    try:
        batch = _write_rows(paths, landed, blank, dataset, partial)
        if batch.counts_from > as_of:
            return _postponed(batch)
        return _settle(paths, batch, partial)
    except Refusal as refusal:
        return _refuse_unless_postponed(paths, blank, refusal, as_of)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_rows(paths: LakePaths, landed: Landed, blank: Batch, dataset: Dataset, partial: Path) -> Batch:
    content, name = landed.content(paths), landed.name
    if blank.member:
        name = f"{landed.name}/{blank.member}"
        content = partial / "member"
        unpack(landed.content(paths), landed.name, blank.member, content)
    target = partial / "rows.parquet"
    key = person_key(paths)
    try:
        rows, provided = _write(read(content, name, dataset, partial), target, blank, dataset, key)
    except IrregularCsv:
        rows, provided = _write(read(content, name, dataset, partial, exact=True), target, blank, dataset, key)
    if rows < dataset.rows.min:
        raise Refusal(
            "too_few_rows", f"{name} holds {rows} rows; the contract asks for at least {dataset.rows.min}", rows
        )
    dates = [day for day in map(_as_date, provided) if day is not None]
    if not dates:
        return replace(blank, rows=rows)
    earliest = [blank.delivered] if blank.from_team else []
    return replace(blank, rows=rows, delivered=max(dates + earliest), by_month=False)


def _write(
    batches: Iterator[pa.RecordBatch], target: Path, blank: Batch, dataset: Dataset, key: bytes
) -> tuple[int, set[str]]:
    """Write the rows with their lineage; return their number and the distinct days that 提供日期 names, as text."""
    writer: pq.ParquetWriter | None = None
    rows, provided = 0, set[str]()
    try:
        for batch in batches:
            if PROVIDED in batch.schema.names:
                provided.update(_days(batch.column(PROVIDED)))
            table = _with_batch(batch, blank, dataset, key)
            if writer is None:
                writer = pq.ParquetWriter(target, table.schema, compression="zstd", compression_level=1)
            writer.write_batch(table)
            rows += batch.num_rows
    finally:
        if writer is not None:
            writer.close()
    return rows, provided


def _with_batch(batch: pa.RecordBatch, blank: Batch, dataset: Dataset, key: bytes) -> pa.RecordBatch:
    for name in dataset.of_kind("person_id"):
        if name in batch.schema.names:
            batch = _hashed(batch, name, key, range(batch.num_rows))
    if dataset.subject.uscc in batch.schema.names:
        batch = _hashed(batch, dataset.subject.uscc, key, _rows_of_persons(batch, dataset))
    for name, value in (("_batch_id", blank.batch_id), ("_source_sha256", blank.source_sha256)):
        batch = batch.append_column(name, pa.repeat(pa.scalar(value), batch.num_rows))
    return batch


def _rows_of_persons(batch: pa.RecordBatch, dataset: Dataset) -> set[int]:
    """The rows in which a person's number stands where the code of a body belongs, whatever it looks like."""
    rows = set(persons_numbers(batch.column(dataset.subject.uscc)))
    if dataset.subject.category in batch.schema.names:
        said = pc.match_substring_regex(batch.column(dataset.subject.category), rf"^\s*{NATURAL_PERSON}\s*$")
        rows |= set(map(int, pc.indices_nonzero(said).to_numpy()))
    return rows


def _hashed(batch: pa.RecordBatch, name: str, key: bytes, rows: Collection[int]) -> pa.RecordBatch:
    """Replace a column's values of some rows by their hashes."""
    if not rows:
        return batch
    place = batch.schema.get_field_index(name)
    values: list[str | None] = batch.column(place).to_pylist()
    comes_back = CORRECTION[0] in batch.schema.names  # a corrected row holds the hash that it left the lake with
    for row in rows:
        value = values[row]
        if not (comes_back and _HASH.fullmatch(value or "")):
            values[row] = hashed(value, key)
    return batch.set_column(place, name, pa.array(values, pa.string()))


def _days(column: pa.Array[Any]) -> set[str]:
    """Return the distinct texts before the time of day: the times of a big table are as many as its rows."""
    beginnings = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(pc.unique(column)), 0, _LONGEST_DAY + 1)
    return {_TIME.split(text)[0] for text in pc.unique(beginnings).to_pylist() if text}


def _as_date(text: str) -> date | None:
    """Return the day a text names; None when it names none (the row's own rule says so)."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    valid = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1] if year else False
    return date(year, month, day) if valid else None


def _postponed(batch: Batch) -> Postponed:
    return Postponed(batch.feed, batch.dataset, batch.member or batch.source_name, batch.delivered)


def _refuse_unless_postponed(paths: LakePaths, batch: Batch, refusal: Refusal, as_of: date) -> Batch | Postponed:
    if batch.counts_from > as_of:
        return _postponed(batch)
    return _refused(paths, replace(batch, rows=refusal.rows), refusal.told(f"{batch.feed}.{batch.dataset}, "))


def _refused(paths: LakePaths, batch: Batch, reason: str) -> Batch:
    partial = paths.scratch / f"{batch.batch_id}.{os.getpid()}.refused"
    partial.mkdir(parents=True, exist_ok=True)
    return _settle(paths, replace(batch, refusal=reason), partial)


def _settle(paths: LakePaths, batch: Batch, partial: Path) -> Batch:
    """Move a written folder to its place; of two processes that write the same batch one wins, both agree."""
    for leftover in partial.iterdir():
        if leftover.name != "rows.parquet":
            leftover.unlink()
    document = asdict(batch) | {"delivered": batch.delivered.isoformat()}
    (partial / "batch.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    target = batch.folder(paths)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not (target / "batch.json").exists():
        shutil.rmtree(target, ignore_errors=True)
        os.replace(partial, target)
    return read_batch(target)

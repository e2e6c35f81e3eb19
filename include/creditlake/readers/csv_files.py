"""CSV (RFC 4180): a fast path for regular files, an exact one as soon as a row has a wrong number of fields."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.csv as pacsv

from creditlake.contracts import Dataset
from creditlake.readers.columns import rows_to_batches, with_lineage
from creditlake.readers.encoding import utf8_copy
from creditlake.readers.header import contract_names
from creditlake.refusal import Refusal

BLOCK_BYTES = 8 << 20
_QUOTE_INSIDE = re.compile(rb'[^",\r\n]"[^",\r\n]')
csv.field_size_limit(64 << 20)


class IrregularCsv(Exception):
    """A row has a wrong number of fields or a quote stays open: only the exact reader can say which."""


def read_csv(path: Path, name: str, dataset: Dataset, scratch: Path, *, exact: bool) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a CSV file; see the package for their shape.

    Raises:
        Refusal: ``html``, ``undecodable``, ``missing_header``, ``unknown_header``, ``truncated``.
        IrregularCsv: the file needs ``exact``; what was yielded before is to be thrown away.
    """
    text = utf8_copy(path, name, scratch)
    try:
        columns = contract_names(_first_record(text, name), dataset, name)
        if exact:
            yield from rows_to_batches(_exact_rows(text, name, len(columns)), columns)
        else:
            yield from with_lineage(_regular_batches(text, columns))
    finally:
        if text != path:
            text.unlink()


def csv_header(path: Path, name: str, scratch: Path) -> list[str]:
    """Return the fields of a CSV file's first record; Refusal as ``read_csv``."""
    text = utf8_copy(path, name, scratch)
    try:
        return _first_record(text, name)
    finally:
        if text != path:
            text.unlink()


def _first_record(path: Path, name: str) -> list[str]:
    with open(path, encoding="utf-8-sig", newline="") as handle:
        try:
            return next(csv.reader(handle, strict=True))
        except (StopIteration, csv.Error) as error:
            raise Refusal("missing_header", f"{name}: the header cannot be read ({error})") from error


def _regular_batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    if _has_odd_quote(path):
        raise IrregularCsv(path.name)
    try:
        yield from _arrow_batches(path, columns)
    except pa.ArrowInvalid as error:
        raise IrregularCsv(path.name) from error


def _has_odd_quote(path: Path) -> bool:
    """Say whether a quote stays open, or stands between two characters, where only the exact reader keeps it."""
    quotes, tail = 0, b""
    with open(path, "rb") as handle:
        while chunk := handle.read(BLOCK_BYTES):
            here = chunk.count(b'"')
            if here and _QUOTE_INSIDE.search(tail + chunk):
                return True
            quotes += here
            tail = chunk[-2:]
    return quotes % 2 == 1


def _arrow_batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a file that is known to be UTF-8."""
    reader = pacsv.open_csv(
        path,
        read_options=pacsv.ReadOptions(column_names=list(columns), skip_rows=1, block_size=BLOCK_BYTES),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    yield from reader


def _exact_rows(path: Path, name: str, width: int) -> Iterator[tuple[list[str | None], str | None]]:
    """Yield each row as its fields and, where it is not as RFC 4180 has it, what is wrong with it.

    Raises:
        Refusal: ``truncated`` when the last row is short and the file does not end with a line end, or inside quotes.
    """
    whole = _ends_with_line_end(path)
    with open(path, encoding="utf-8-sig", newline="") as handle:
        lines = _Lines(handle)
        next(csv.reader(lines, strict=True))
        for record, wrong in _records(lines, name):
            if len(record) < width and lines.is_last() and not whole:
                raise Refusal("truncated", f"{name} ends inside line {lines.number}: {len(record)} of {width} fields")
            fields, ragged = _fit(record, width)
            yield fields, wrong or ragged


class _Lines:
    """The lines of a file, remembering where it is and the lines of the record that is being read."""

    def __init__(self, handle: TextIO) -> None:
        self._handle = handle
        self.number = 0
        self.of_record: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def is_last(self) -> bool:
        """Say whether no line follows."""
        here = self._handle.tell()
        line = self._handle.readline()
        self._handle.seek(here)
        return not line

    def __next__(self) -> str:
        line = self._handle.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        self.of_record.append(line)
        return line


def _records(lines: _Lines, name: str) -> Iterator[tuple[list[str], str | None]]:
    """Yield the records and what is wrong with their quotes; empty lines are no records."""
    reader = csv.reader(lines, strict=True)
    while not lines.ended:
        lines.of_record.clear()
        try:
            record = next(reader, [])
            wrong = None
        except csv.Error as error:
            if lines.ended:
                raise Refusal("truncated", f"{name} ends inside quotes, in line {lines.number}: {error}") from error
            record, wrong = _loosely(lines, name), f"line {lines.number}: {error}"
        if record:
            yield record, wrong


def _loosely(lines: _Lines, name: str) -> list[str]:
    """Return the fields of a record whose quotes are wrong as well as they can be told.

    Raises:
        Refusal: ``truncated``: a field of many megabytes, so a quote stays open.
    """
    try:
        return next(csv.reader(lines.of_record))
    except csv.Error as error:
        raise Refusal("truncated", f"{name}, line {lines.number}: {error}") from error


def _fit(record: list[str], width: int) -> tuple[list[str | None], str | None]:
    if len(record) == width:
        return [*record], None
    fitted: list[str | None] = [*record[:width], *[None] * (width - len(record))]
    overflow = io.StringIO()
    csv.writer(overflow, lineterminator="").writerow(record[width:])
    beyond = f": {overflow.getvalue()}" if len(record) > width else ""
    return fitted, f"expected {width} fields, got {len(record)}{beyond}"


def _ends_with_line_end(path: Path) -> bool:
    with open(path, "rb") as handle:
        handle.seek(max(0, path.stat().st_size - 1))
        return handle.read(1) in (b"\n", b"\r")

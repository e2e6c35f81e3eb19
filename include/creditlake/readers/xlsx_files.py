"""XLSX: the first sheet; a cell becomes the text a person sees in it.

A second sheet with columns of the contract refuses the file: its rows would be lost. A whole number of more than 15
digits is marked, because spreadsheets keep no more of them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from creditlake.contracts import Dataset
from creditlake.readers.archive import UNREADABLE, check_size
from creditlake.readers.columns import Row, rows_to_batches
from creditlake.readers.encoding import refuse_web_page
from creditlake.readers.header import contract_names, fold
from creditlake.refusal import Refusal

CHUNK_BYTES = 4 << 20
TOO_LONG = 10**15
_FAR_CELL = re.compile(rb"""<c\s[^>]*?\br=["']((?:[D-Z][A-Z]|[A-Z]{3,})[0-9]+)["']""")
"""A cell beyond column CZ, the 104th."""


def read_xlsx(path: Path, name: str, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a workbook's first sheet; empty rows are not rows.

    Raises:
        Refusal: ``html``, ``bad_archive``, ``zip_bomb``, ``missing_header``, ``unknown_header``.
    """
    _check_archive(path, name)
    try:
        with open(path, "rb") as handle:
            book = CalamineWorkbook.from_filelike(handle)
            grid = book.get_sheet_by_index(0).to_python()
            others = {sheet: book.get_sheet_by_name(sheet).to_python(nrows=1) for sheet in book.sheet_names[1:]}
    except (CalamineError, ValueError) as error:
        raise Refusal("bad_archive", f"{name} is not a readable workbook: {error}") from error
    for sheet, first_rows in others.items():
        if any(fold(_text(cell) or "") in dataset.column_names for row in first_rows for cell in row):
            raise Refusal("unknown_header", f"{name}: sheet {sheet!r} holds columns of the contract too")
    if not grid:
        raise Refusal("missing_header", f"{name}: the first sheet is empty")
    columns = contract_names(_header(grid), dataset, name)
    yield from rows_to_batches(_rows(grid[1:], len(columns)), columns)


def xlsx_header(path: Path, name: str) -> list[str]:
    """Return the first row of a workbook's first sheet; Refusal as ``read_xlsx``."""
    _check_archive(path, name)
    try:
        with open(path, "rb") as handle:
            return _header(CalamineWorkbook.from_filelike(handle).get_sheet_by_index(0).to_python(nrows=1))
    except (CalamineError, ValueError) as error:
        raise Refusal("bad_archive", f"{name} is not a readable workbook: {error}") from error


def _header(grid: list[list[Any]]) -> list[str]:
    header = [text or "" for text in map(_text, grid[0])] if grid else []
    while header and not header[-1]:
        header.pop()
    return header


def _check_archive(path: Path, name: str) -> None:
    with open(path, "rb") as handle:
        refuse_web_page(handle.read(1024), name)
    try:
        with ZipFile(path) as archive:
            check_size(archive, name)
            for entry in archive.infolist():
                if entry.filename.lower().startswith("xl/worksheets/") and not entry.is_dir():
                    _check_width(archive, entry, name)
    except (*UNREADABLE, EOFError, OSError, RuntimeError, zlib.error) as error:
        raise Refusal("bad_archive", f"{name} is not a readable workbook: {error}") from error


def _check_width(archive: ZipFile, entry: ZipInfo, name: str) -> None:
    """Raise Refusal ``zip_bomb`` when a sheet names a cell far out: the reader would fill all of the sheet up to it."""
    tail = b""
    with archive.open(entry) as reader:
        while chunk := reader.read(CHUNK_BYTES):
            found = _FAR_CELL.search(tail + chunk)
            if found:
                raise Refusal("zip_bomb", f"{name}: {entry.filename} names the cell {found[1].decode()}, far outside")
            tail = chunk[-200:]


def _rows(grid: list[list[Any]], width: int) -> Iterator[Row]:
    for cells in grid:
        fields = [_text(cell) for cell in cells]
        if not any(fields):
            continue
        beyond = [field for field in fields[width:] if field]
        ragged = f"expected {width} fields, got more: {beyond}" if beyond else _too_long_number(cells)
        yield (fields + [None] * width)[:width], ragged


def _too_long_number(cells: list[Any]) -> str | None:
    long = [cell for cell in cells if isinstance(cell, float) and cell.is_integer() and abs(cell) >= TOO_LONG]
    return f"a number of more than 15 digits, not a text: {int(long[0])}" if long else None


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)

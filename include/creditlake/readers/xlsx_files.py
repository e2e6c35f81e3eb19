"""XLSX: the first sheet; a cell becomes the text a person sees in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from creditlake.contracts import Dataset
from creditlake.readers.archive import check_size
from creditlake.readers.columns import Row, rows_to_batches
from creditlake.readers.header import contract_names
from creditlake.refusal import Refusal


def read_xlsx(path: Path, name: str, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a workbook's first sheet; empty rows are not rows.

    Raises:
        Refusal: ``html``, ``bad_archive``, ``zip_bomb``, ``missing_header``, ``unknown_header``.
    """
    _check_archive(path, name)
    try:
        with open(path, "rb") as handle:
            grid = CalamineWorkbook.from_filelike(handle).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        raise Refusal("bad_archive", f"{name} is not a readable workbook: {error}") from error
    if not grid:
        raise Refusal("missing_header", f"{name}: the first sheet is empty")
    header = [text or "" for text in map(_text, grid[0])]
    while header and not header[-1]:
        header.pop()
    columns = contract_names(header, dataset, name)
    yield from rows_to_batches(_rows(grid[1:], len(columns)), columns)


def _check_archive(path: Path, name: str) -> None:
    try:
        with ZipFile(path) as archive:
            check_size(archive, name)
    except BadZipFile as error:
        with open(path, "rb") as handle:
            start = handle.read(64)
        if start.lstrip().lower().startswith((b"<!doctype", b"<html")):
            raise Refusal("html", f"{name} is a web page, not data") from error
        raise Refusal("bad_archive", f"{name} is not a readable workbook: {error}") from error


def _rows(grid: list[list[Any]], width: int) -> Iterator[Row]:
    for cells in grid:
        fields = [_text(cell) for cell in cells]
        if not any(fields):
            continue
        beyond = [field for field in fields[width:] if field]
        ragged = f"expected {width} fields, got more: {beyond}" if beyond else None
        yield (fields + [None] * width)[:width], ragged


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)

"""JSON lines: one object a line; every value becomes the text the agency wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from creditlake.contracts import Dataset
from creditlake.readers.columns import Row, rows_to_batches
from creditlake.readers.encoding import utf8_copy
from creditlake.readers.header import contract_names, fold
from creditlake.refusal import Refusal


def read_jsonl(path: Path, name: str, dataset: Dataset, scratch: Path) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a JSON-lines file; a line that is no object becomes a ragged row.

    Raises:
        Refusal: ``html``, ``undecodable``, ``missing_header``, ``unknown_header``, ``truncated``.
    """
    text = utf8_copy(path, name, scratch)
    try:
        fields = _fields(text)
        columns = contract_names(fields, dataset, name)
        yield from rows_to_batches(_rows(text, name, fields), columns)
    finally:
        if text != path:
            text.unlink()


def _lines(path: Path) -> Iterator[str]:
    with open(path, encoding="utf-8-sig") as handle:
        yield from (line for line in handle if line.strip())


def _fields(path: Path) -> list[str]:
    """Names of all fields of all lines, in order of first sight, folded."""
    names: dict[str, None] = {}
    for line in _lines(path):
        document = _object(line)
        names.update(dict.fromkeys(fold(name) for name in document or {}))
    return list(names)


def _rows(path: Path, name: str, fields: Sequence[str]) -> Iterator[Row]:
    for line in _lines(path):
        document = _object(line)
        if document is None and not line.endswith("\n"):
            raise Refusal("truncated", f"{name} ends inside a line: {line[:40]!r}")
        if document is None:
            yield [None] * len(fields), f"not a JSON object: {line.rstrip()[:200]}"
            continue
        folded = {fold(key): value for key, value in document.items()}
        yield [_text(folded.get(field)) for field in fields], None


def _object(line: str) -> dict[str, Any] | None:
    try:
        document = json.loads(line, parse_int=str, parse_float=str)
    except json.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)

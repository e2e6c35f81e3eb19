"""JSON lines: one object a line; every value becomes the text the agency wrote."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from creditlake.contracts import Dataset
from creditlake.readers.columns import Row, rows_to_batches
from creditlake.readers.encoding import utf8_copy
from creditlake.readers.header import contract_names, fold
from creditlake.refusal import Refusal

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
"""What JSON can name and no file can hold: the NUL character and half a surrogate pair."""


def read_jsonl(path: Path, name: str, dataset: Dataset, scratch: Path) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a JSON-lines file; a line that is no object becomes a ragged row.

    Raises:
        Refusal: ``html``, ``undecodable``, ``missing_header``, ``unknown_header``, ``truncated``.
    """
    text = utf8_copy(path, name, scratch)
    try:
        fields = _fields(text)
        if not fields:
            raise Refusal("missing_header", f"{name}: no line is a JSON object, so no column has a name")
        columns = contract_names(fields, dataset, name)
        yield from rows_to_batches(_rows(text, name, fields), columns)
    finally:
        if text != path:
            text.unlink()


def jsonl_header(path: Path, name: str, scratch: Path) -> list[str]:
    """Return the names of all fields of all lines; Refusal as ``read_jsonl``."""
    text = utf8_copy(path, name, scratch)
    try:
        return _fields(text)
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
        names.update((name, None) for name, _ in _pairs(line) or ())
    return list(names)


def _rows(path: Path, name: str, fields: Sequence[str]) -> Iterator[Row]:
    """Yield each row and what is wrong with it; its text is not quoted, for it may name a person."""
    for number, line in enumerate(_lines(path), start=1):
        pairs = _pairs(line)
        if pairs is None and not line.endswith("\n"):
            raise Refusal("truncated", f"{name} ends inside line {number}")
        if pairs is None:
            yield [None] * len(fields), f"line {number} is no JSON object"
            continue
        times = Counter(field for field, _ in pairs)
        values = dict(pairs)
        wrong = [field for field in values if times[field] > 1 or _UNWRITABLE.search(values[field] or "")]
        kept = [None if field in wrong else values.get(field) for field in fields]
        yield kept, f"line {number}: {', '.join(wrong)} comes twice or is no text" if wrong else None


def _pairs(line: str) -> list[tuple[str, str | None]] | None:
    """Return a line's fields in order, names folded, values as text; None when it is no JSON object."""
    try:
        document = json.loads(line, parse_int=str, parse_float=str, object_pairs_hook=_Pairs)
    except (json.JSONDecodeError, RecursionError):
        return None
    return [(fold(name), _text(value)) for name, value in document] if isinstance(document, _Pairs) else None


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written: a field that comes twice is there twice."""


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, _Pairs):
        return {name: _plain(one) for name, one in value}
    return [_plain(one) for one in value] if isinstance(value, list) else value

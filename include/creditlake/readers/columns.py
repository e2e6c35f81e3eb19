"""From rows or Arrow batches of text to batches with lineage columns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

BATCH_ROWS = 50_000
Row = tuple[Sequence[str | None], str | None]


def with_lineage(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Add ``_source_row`` and an all-null ``_ragged`` to batches that come in file order."""
    first = 1
    for batch in batches:
        numbers = pa.array(np.arange(first, first + batch.num_rows))
        ragged = pa.nulls(batch.num_rows, pa.string())
        yield batch.append_column("_source_row", numbers).append_column("_ragged", ragged)
        first += batch.num_rows


def rows_to_batches(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Turn rows (fields, what is wrong with their number) into batches; ``_source_row`` counts them from 1."""
    numbered = enumerate(rows, start=1)
    names = [*columns, "_source_row", "_ragged"]
    while chunk := list(itertools.islice(numbered, BATCH_ROWS)):
        arrays: list[pa.Array[Any]] = [
            pa.array([fields[place] for _, (fields, _) in chunk], pa.string()) for place in range(len(columns))
        ]
        arrays.append(pa.array([number for number, _ in chunk], pa.int64()))
        arrays.append(pa.array([ragged for _, (_, ragged) in chunk], pa.string()))
        yield pa.RecordBatch.from_arrays(arrays, names=names)

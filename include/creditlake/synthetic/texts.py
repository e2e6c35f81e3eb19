"""Columns of text without a Python object a row: picking, joining and writing numbers and days as Arrow arrays.

No text made here holds a comma, a quote or a line end, so that a row is its columns joined by commas.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from creditlake.synthetic.rng import Flags, Ints

Texts: TypeAlias = "pa.Array[Any]"

MISSING_DAY = -(2**31)
"""A day that is not given; written as an empty value."""
_FIRST_DAY = np.datetime64("1960-01-01").astype("datetime64[D]").astype(np.int64)
_LAST_DAY = np.datetime64("2180-01-01").astype("datetime64[D]").astype(np.int64)


def pick(words: Sequence[str], places: Ints) -> Texts:
    """Return the words at these places."""
    return take(pa.array(words, pa.string()), places)


def join(*parts: Texts | str, separator: str = "") -> Texts:
    """Return the parts of each row joined; a plain text stands in every row."""
    scalars: list[Any] = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    joined: Texts = pc.binary_join_element_wise(*scalars, separator)
    return joined


def repeated(word: str, rows: int) -> Texts:
    """Return a column that holds the same word in every row."""
    return pa.repeat(pa.scalar(word, pa.string()), rows)


def numbers(values: Ints) -> Texts:
    """Return whole numbers as text."""
    return pc.cast(pa.array(values), pa.string())


def padded(values: Ints, width: int) -> Texts:
    """Return whole numbers as text of at least this width, zeros in front."""
    return pc.utf8_lpad(numbers(values), width, "0")


def yuan(cents: Ints) -> Texts:
    """Return amounts in yuan with two decimals."""
    return join(numbers(cents // 100), ".", pick([f"{cent:02d}" for cent in range(100)], cents % 100))


def either(where: Flags, yes: Texts | str, no: Texts | str) -> Texts:
    """Return one of two texts for each row."""
    chosen: Texts = pc.if_else(pa.array(where), yes, no)
    return chosen


def take(texts: Texts, places: Ints) -> Texts:
    """Return the texts at these places."""
    indices: Any = pa.array(places)
    return pc.take(texts, indices)


def put(texts: Texts, places: Ints, values: Texts) -> Texts:
    """Return the texts with other values at these places, which are in rising order."""
    mask = np.zeros(len(texts), bool)
    mask[places] = True
    changed: Texts = pc.replace_with_mask(texts, pa.array(mask), values)
    return changed


def equal(texts: Texts, word: str) -> Flags:
    """Return where the text is this word."""
    return flags(pc.equal(texts, pa.scalar(word)))


def flags(booleans: Any) -> Flags:
    """Return an Arrow column of truth values as an array."""
    values: Flags = booleans.to_numpy(zero_copy_only=False)
    return values


def strings(texts: Texts) -> list[str]:
    """Return the texts as Python ones; for few rows only."""
    return [str(text) for text in texts.to_pylist()]


def text_buffer(texts: Texts) -> tuple[memoryview, Ints]:
    """Return all texts as one run of bytes, and where each begins, the end of the last one too."""
    _, offsets, content = texts.buffers()
    if offsets is None or content is None:
        raise ValueError("a column of text without its buffers")
    begins = np.frombuffer(memoryview(offsets), np.int32)[: len(texts) + 1]
    return memoryview(content), begins.astype(np.int64)


def from_bytes(characters: npt.NDArray[np.uint8]) -> Texts:
    """Return the rows of a matrix of ASCII characters as texts."""
    rows, width = characters.shape
    offsets = pa.py_buffer((np.arange(rows + 1, dtype=np.int32) * width).tobytes())
    return pa.StringArray.from_buffers(rows, offsets, pa.py_buffer(np.ascontiguousarray(characters).tobytes()))


@cache
def _days(separator: str) -> Texts:
    texts = np.arange(_FIRST_DAY, _LAST_DAY).astype("datetime64[D]").astype(str)
    written = pa.array(np.char.replace(texts, "-", separator), pa.string())
    return pa.concat_arrays([pa.array([""], pa.string()), written])


def days(values: Ints, separator: str = "-") -> Texts:
    """Return days (numbers since 1970-01-01) as YYYY-MM-DD with this separator; a missing one is empty."""
    return take(_days(separator), np.where(values == MISSING_DAY, 0, values - _FIRST_DAY + 1))

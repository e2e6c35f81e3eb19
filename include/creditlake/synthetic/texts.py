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
    return pc.take(pa.array(words, pa.string()), pa.array(places))


def join(*parts: Texts | str, separator: str = "") -> Texts:
    """Return the parts of each row joined; a plain text stands in every row."""
    scalars = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*scalars, separator)


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


def either(flags: Flags, yes: Texts | str, no: Texts | str) -> Texts:
    """Return one of two texts for each row."""
    return pc.if_else(pa.array(flags), yes, no)


def take(texts: Texts, places: Ints) -> Texts:
    """Return the texts at these places."""
    return pc.take(texts, pa.array(places))


def put(texts: Texts, places: Ints, values: Texts) -> Texts:
    """Return the texts with other values at these places, which are in rising order."""
    mask = np.zeros(len(texts), bool)
    mask[places] = True
    return pc.replace_with_mask(texts, pa.array(mask), values)


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
    return pc.take(_days(separator), pa.array(np.where(values == MISSING_DAY, 0, values - _FIRST_DAY + 1)))

"""The rows of one reading on their way into a file: as they came, one a line, each once.

A row is left out when it changed after the business day or before the time that was asked for, and when an earlier
pull brought it. Rows are compared letter by letter; only their hashes are kept, so memory grows by eight bytes a row.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np

from creditlake.connectors.service_calls import Refused
from creditlake.connectors.service_pages import Moved
from creditlake.connectors.service_spec import TimeForm
from creditlake.connectors.service_times import read_time


class Columns:
    """The contract's columns of a row, by the contract's names; all else of it is left out."""

    def __init__(self, names: Sequence[str], own: Mapping[str, str]) -> None:
        self._sources = {name: own.get(name, name) for name in names}
        self._heads = {name: msgspec.json.encode(name) + b":" for name in names}
        self._decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])

    def kept(self, source: str) -> str:
        """Return the contract's name of what the service calls ``source``.

        Raises:
            Refused: no column of the contract is that.
        """
        for name, own in self._sources.items():
            if own == source:
                return name
        raise Refused(f"its {source}, the time of change, is no column of the contract: name one under columns")

    def of(self, row: bytes) -> bytes:
        """Return a row as the contract has it; what is no object stays what it is, for the reader to tell."""
        try:
            values = self._decoder.decode(row)
        except msgspec.ValidationError:
            return row
        kept = [self._heads[name] + bytes(values[own]) for name, own in self._sources.items() if own in values]
        return b"{" + b",".join(kept) + b"}"


class Changed:
    """The time of change of a row."""

    def __init__(self, name: str, form: TimeForm) -> None:
        self._name = name
        self._form: TimeForm = form
        row = msgspec.defstruct("Row", [("changed", Any, msgspec.field(name=name, default=None))])
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(row)

    def of(self, row: bytes | msgspec.Raw) -> datetime:
        """Return when a row changed.

        Raises:
            Refused: it does not say; without that nobody knows to which day it belongs.
        """
        try:
            return read_time(self._decoder.decode(row).changed, self._form)
        except (msgspec.DecodeError, ValueError):
            raise Refused(f"a row has no time of change in {self._name}") from None


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of an answer count.

    Attributes:
        changed: How a row's time of change is read; None where every pull brings all rows.
        landed: The same, of a row in a file.
        columns: What is kept of a row; None where it is kept as it came.
        start: What changed earlier was not asked for; None at the first pull.
        end: What changed then or later is left for another day.
        before: The files of earlier pulls that may hold rows of the window.
    """

    end: datetime
    changed: Changed | None = None
    landed: Changed | None = None
    columns: Columns | None = None
    start: datetime | None = None
    before: Sequence[Path] = ()

    def brought(self) -> Counter[bytes]:
        """Return the rows of the window that earlier pulls brought, as hashes, each with how often."""
        found: Counter[bytes] = Counter()
        if self.landed is None or self.start is None:
            return found
        for file in self.before:
            found.update(_hash(line) for line in _lines(file) if self.landed.of(line) >= self.start)
        return found


class RowFile:
    """One reading's rows, written as they come.

    Attributes:
        written: How many rows are in the file.
        latest: The latest time of change of a row that counts; None without any.
    """

    def __init__(self, file: BinaryIO, window: Window) -> None:
        self._file = file
        self._window = window
        self._brought = window.brought()
        self._lengths = array("q")
        self._pages: set[int] = set()
        self.hashes = array("q")
        self.written = 0
        self.latest: datetime | None = None

    def add(self, rows: Sequence[msgspec.Raw]) -> None:
        """Write the rows of one page that count.

        Raises:
            Moved: the very same page came before.
            Refused: a row does not say when it changed.
        """
        lines = _lines_of(rows)
        hashes = [hash(line) for line in lines]
        if len(lines) > 1:
            whole = hash(tuple(hashes))
            if whole in self._pages:
                raise Moved("a page came twice")
            self._pages.add(whole)
        self.hashes.extend(hashes)
        self._lengths.append(len(lines))
        kept = list(self._counting(lines))
        if kept:
            self._file.write(b"\n".join(kept) + b"\n")
        self.written += len(kept)

    def has_alike(self) -> bool:
        """Return whether two pages hold rows that are alike letter by letter."""
        hashes = np.frombuffer(self.hashes, np.int64) if self.hashes else np.zeros(0, np.int64)
        order = np.argsort(hashes, kind="stable")
        page = np.repeat(np.arange(len(self._lengths)), np.array(self._lengths, np.int64))[order]
        same = hashes[order][1:] == hashes[order][:-1]
        return bool((same & (page[1:] != page[:-1])).any())

    def _counting(self, lines: Sequence[bytes]) -> Iterator[bytes]:
        """Yield what counts of the rows of a page, as it is kept."""
        window = self._window
        for line in lines:
            kept = window.columns.of(line) if window.columns else line
            if window.changed is not None:
                moment = window.changed.of(line)
                if moment >= window.end or (window.start is not None and moment < window.start):
                    continue
                if self._was_brought(kept):
                    continue
                self.latest = moment if self.latest is None else max(self.latest, moment)
            yield kept

    def _was_brought(self, line: bytes) -> bool:
        if not self._brought:
            return False
        digest = _hash(line)
        if self._brought[digest] < 1:
            return False
        self._brought[digest] -= 1
        return True


def _lines_of(rows: Sequence[msgspec.Raw]) -> list[bytes]:
    """Return each row on one line: as it came, or without the blanks around its values when it came on several."""
    together = b"\n".join(rows)
    lines = together.split(b"\n") if rows else []
    if len(lines) == len(rows) and b"\r" not in together:
        return lines
    return [msgspec.json.format(bytes(row), indent=-1) for row in rows]


def _hash(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=16).digest()


def _lines(file: Path) -> Iterator[bytes]:
    with open(file, "rb") as handle:
        for line in handle:
            yield line.rstrip(b"\n")

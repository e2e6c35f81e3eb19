"""One part of the city, from its subjects to the lines of every file and the truth of every row."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import numpy as np
import pyarrow as pa

from creditlake.contracts import load_feeds
from creditlake.synthetic import truth
from creditlake.synthetic.damage import Delivered, damaged
from creditlake.synthetic.events import Part
from creditlake.synthetic.population import population
from creditlake.synthetic.rng import Dice, Ints
from creditlake.synthetic.rows import Rows, lines
from creditlake.synthetic.texts import text_buffer
from creditlake.synthetic.window import window_of

PART_SUBJECTS = 20_000
"""Subjects a part; even, so that a twin and the subject whose name it has lie in one part."""
SMALL_CITY = 100_000
"""Up to so many subjects the truth of the records holds the plain rows too."""


class FeedModule(Protocol):
    """What a feed's module offers."""

    def deliver(self, part: Part) -> Iterator[Delivered]:
        """Yield the feed's datasets for one part of the city."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """What city to make; the same order gives the same bytes."""

    subjects: int
    seed: int
    months: int
    until: date
    has_faults: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows that one part adds to one file, as bytes in the part's own file.

    Attributes:
        month: Place of the month in the window.
    """

    feed: str
    dataset: str
    month: int
    rows: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Made:
    """What a part made.

    Attributes:
        content: The part's own file, which holds the bytes of all pieces.
        subjects, records, faults: The truth; ``source_row`` counts within the piece until the pieces are joined.
    """

    number: int
    content: Path
    pieces: tuple[Piece, ...]
    subjects: pa.Table
    records: pa.Table
    faults: pa.Table


def make_part(order: Order, number: int, folder: Path) -> Made:
    """Make one part of the city: write its lines into ``folder`` and return where they lie, with the truth."""
    window, dice = window_of(order.months, order.until), Dice(order.seed)
    first = number * PART_SUBJECTS
    numbers = range(first, min(first + PART_SUBJECTS, order.subjects))
    city = population(dice, numbers, window, has_faults=order.has_faults)
    part = Part(dice, window, city, number, order.has_faults)
    pieces, records, faults = list[Piece](), list[pa.Table](), list[pa.Table]()
    lost = np.zeros(len(city), bool)
    content = folder / f"part-{number:06d}"
    with open(content, "wb") as out:
        for delivered in _deliveries(part):
            rows, marks = damaged(part, delivered)
            starts = np.searchsorted(rows.month, np.arange(len(window) + 1))
            pieces += _write(rows, starts, out)
            places = np.arange(len(rows)) - starts[rows.month] + 1
            faults.append(truth.faults_truth(window, rows, marks, places))
            if delivered.role == "register":
                lost = truth.lost_subjects(rows, marks, len(city))
            elif delivered.role == "records" or order.subjects <= SMALL_CITY:
                records.append(truth.records_truth(city, window, rows, marks, places))
    subjects = truth.subjects_truth(city, lost)
    return Made(number, content, tuple(pieces), subjects, pa.concat_tables(records), pa.concat_tables(faults))


def feed_modules() -> list[FeedModule]:
    """Return the generator's module of every declared feed, in the order of their names.

    Raises:
        ModuleNotFoundError: a declared feed has no module here.
    """
    return [cast(FeedModule, importlib.import_module(f"creditlake.synthetic.feeds.{name}")) for name in load_feeds()]


def _deliveries(part: Part) -> Iterator[Delivered]:
    for module in feed_modules():
        yield from module.deliver(part)


def _write(rows: Rows, starts: Ints, out: BinaryIO) -> Iterator[Piece]:
    """Write each month that has rows: a slice of one buffer of lines."""
    header = load_feeds()[rows.feed].dataset(rows.dataset).column_names
    if not len(rows):
        return
    content, begins = text_buffer(lines(rows, header))
    for month in np.flatnonzero(np.diff(starts)):
        begin, end = int(starts[month]), int(starts[month + 1])
        piece = content[begins[begin] : begins[end]]
        yield Piece(rows.feed, rows.dataset, int(month), end - begin, out.tell(), len(piece))
        out.write(piece)

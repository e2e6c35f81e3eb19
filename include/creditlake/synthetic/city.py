"""A whole city: its parts made side by side, their pieces joined in order, and its truth beside it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from pathlib import Path

from creditlake.synthetic.joining import Joint
from creditlake.synthetic.parts import PART_SUBJECTS, Made, Order, make_part
from creditlake.synthetic.window import window_of
from creditlake.text import table

log = logging.getLogger(__name__)

OWN_NAMES = ("drop", "truth")
PARTIAL = ".partial"


class NotOurFolder(ValueError):
    """The folder for a city holds something that is no city: nothing in it is touched."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a city holds; its text is for people.

    Attributes:
        rows: Rows by dataset (``feed.dataset``), the broken files left out.
        faults: Rows, or files, by kind of fault and the place where it must end.
    """

    out: Path
    subjects: int
    months: tuple[str, ...]
    rows: dict[str, int]
    faults: dict[tuple[str, str], int]

    def __str__(self) -> str:
        head = f"{self.subjects} subjects, deliveries of {self.months[0]} to {self.months[-1]}, in {self.out}"
        rows = table(("dataset", "rows"), [*self.rows.items(), ("in all", sum(self.rows.values()))])
        faults = table(("fault", "must end", "rows"), [(*key, n) for key, n in sorted(self.faults.items())])
        return "\n\n".join([head, rows, *([faults] if self.faults else [])])


def generate(
    subjects: int,
    seed: int,
    out: Path,
    *,
    months: int = 24,
    until: date = date(2026, 10, 31),
    processes: int | None = None,
    faults: bool = True,
) -> Summary:
    """Make a city in ``out/drop`` and ``out/truth``; a city that is there already is replaced.

    Args:
        seed: The same arguments give the same bytes, whatever the number of processes.
        months: Months of deliveries, the last one that of ``until``.
        processes: Workers; one a core when not given.
        faults: Whether anything goes wrong in it.

    Raises:
        NotOurFolder: ``out`` is a file, or holds something else than a city.
        ValueError: fewer than one subject or month.
    """
    if subjects < 1 or months < 1:
        raise ValueError(f"a city has at least one subject and one month, not {subjects} and {months}")
    _refuse_foreign(out)
    order = Order(subjects, seed, months, until, faults)
    partial = out / PARTIAL
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    window = window_of(months, until)
    try:
        with Joint(partial, window, faults) as joint:
            for made in _parts(order, partial, processes or os.cpu_count() or 1):
                joint.add(made)
            joint.settle()
        _put_in_place(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Summary(out, subjects, window.labels, joint.rows_by_dataset(), dict(joint.faults))


def _put_in_place(partial: Path, out: Path) -> None:
    for name in OWN_NAMES:
        shutil.rmtree(out / name, ignore_errors=True)
        os.replace(partial / name, out / name)


def _refuse_foreign(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise NotOurFolder(f"{out} is a file; a city needs a folder of its own")
    foreign = sorted({path.name for path in out.iterdir()} - {*OWN_NAMES, PARTIAL}) if out.exists() else []
    if foreign:
        raise NotOurFolder(f"{out} holds {', '.join(foreign[:3])}, which is no city; choose a new or empty folder")


def _parts(order: Order, folder: Path, processes: int) -> Iterator[Made]:
    """Yield the parts in order, made by several processes where there are several parts."""
    count = -(-order.subjects // PART_SUBJECTS)
    workers = min(processes, count)
    if workers == 1:
        made = (make_part(order, number, folder) for number in range(count))
        yield from _told(made, count)
        return
    # spawn, not fork: Arrow keeps threads
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from _told(pool.map(make_part, repeat(order), range(count), repeat(folder)), count)


def _told(parts: Iterator[Made], count: int) -> Iterator[Made]:
    for made in parts:
        log.info("part %d of %d made", made.number + 1, count)
        yield made

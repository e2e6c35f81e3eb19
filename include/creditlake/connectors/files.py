"""The drop folder: ``<drop>/<feed>/<dataset>[anything].{csv,xlsx,jsonl,zip}`` (docs/architecture.md)."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from creditlake.contracts import Feed

log = logging.getLogger(__name__)
UNKNOWN_DATASET = "unknown"
_MONTH = re.compile(r"(?<![0-9])(20[0-9]{2})-?(0[1-9]|1[0-2])(?![0-9])")


@dataclass(frozen=True, slots=True)
class Position:
    """How far a source is read with one pull.

    Attributes:
        source: What of the dataset's source it is about: a file on a server, a batch number; empty where the source
            is one stream.
        reached: The position itself, in the source's own words: a time of change, a file's size and time.
    """

    source: str
    reached: str


NOWHERE = Position("", "")
"""Of what was dropped: no source is read with it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file an agency dropped, or that was pulled from where it keeps its data.

    Attributes:
        dataset: Name of the declared dataset its name begins with, else ``unknown``.
        path: Where it lies in the drop.
        from_team: Whether the data team itself brings it (replay, waive); nobody else may waive a rule.
        position: How far its source is read with it; None for what was dropped.
    """

    feed: str
    dataset: str
    path: Path
    from_team: bool = False
    position: Position | None = None


def month_in(name: str) -> date | None:
    """Return the first day of the month that a file name carries (``2026-10`` or ``202610``), else None."""
    found = _MONTH.search(name)
    return date(int(found[1]), int(found[2]), 1) if found else None


def month_end(month: date) -> date:
    """Return the last day of the month of ``month``."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def discover(drop: Path, feed: Feed) -> list[Delivery]:
    """Return the feed's dropped files, oldest month first, then by name; hidden files are not deliveries.

    A folder, a link that leads nowhere or a pipe is none either, but somebody may take it for one: it is told.
    """
    folder = drop / feed.name
    if not folder.is_dir():
        return []
    shown = [path for path in folder.iterdir() if not path.name.startswith((".", "~$"))]
    for path in sorted(path for path in shown if not path.is_file()):
        log.warning("%s: %s is no file, or a link that leads nowhere; it was not read", feed.name, path.name)
    deliveries = [delivery_of(path, feed) for path in shown if path.is_file()]
    return sorted(deliveries, key=lambda delivery: order_of(delivery.path.name))


def order_of(name: str) -> tuple[date, str]:
    """Return the place of a file among a feed's files: by the month in its name, then by name."""
    return month_in(name) or date.max, name


def delivery_of(path: Path, feed: Feed) -> Delivery:
    """Return one file as a delivery of a feed; its name says of which dataset."""
    return Delivery(feed.name, dataset_of(path.name, feed), path)


def undeclared_folders(drop: Path, feeds: dict[str, Feed]) -> list[str]:
    """Names of the folders of a drop that are no declared feed: somebody delivers what nobody has agreed on."""
    return sorted(path.name for path in drop.iterdir() if path.is_dir() and path.name not in feeds)


def dataset_of(file_name: str, feed: Feed) -> str:
    """Return the dataset of a file by the beginning of its name, the longest that fits; ``unknown`` when none does."""
    names = [dataset.name for dataset in feed.datasets if file_name.startswith(dataset.name)]
    return max(names, key=len) if names else UNKNOWN_DATASET

"""The drop folder: ``<drop>/<feed>/<dataset>[anything].{csv,xlsx,jsonl,zip}`` (docs/architecture.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from creditlake.contracts import Feed

UNKNOWN_DATASET = "unknown"
_MONTH = re.compile(r"(?<![0-9])(20[0-9]{2})-?(0[1-9]|1[0-2])(?![0-9])")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file an agency dropped.

    Attributes:
        dataset: Name of the declared dataset its name begins with, else ``unknown``.
        path: Where it lies in the drop.
        from_team: Whether the data team itself brings it (replay, waive); nobody else may waive a rule.
    """

    feed: str
    dataset: str
    path: Path
    from_team: bool = False

    @property
    def month(self) -> date | None:
        """First day of the month in the file's name, None when it has none."""
        return month_in(self.path.name)


def month_in(name: str) -> date | None:
    """Return the first day of the month that a file name carries (``2026-10`` or ``202610``), else None."""
    found = _MONTH.search(name)
    return date(int(found[1]), int(found[2]), 1) if found else None


def month_end(month: date) -> date:
    """Return the last day of the month of ``month``."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def discover(drop: Path, feed: Feed) -> list[Delivery]:
    """Return the feed's deliveries, oldest month first, then by name; hidden files are not deliveries."""
    folder = drop / feed.name
    if not folder.is_dir():
        return []
    files = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$"))]
    deliveries = [delivery_of(path, feed) for path in files]
    return sorted(deliveries, key=lambda delivery: (delivery.month or date.max, delivery.path.name))


def delivery_of(path: Path, feed: Feed) -> Delivery:
    """Return one file as a delivery of a feed; its name says of which dataset."""
    return Delivery(feed.name, _dataset_of(path.name, feed), path)


def undeclared_folders(drop: Path, feeds: dict[str, Feed]) -> list[str]:
    """Names of the folders of a drop that are no declared feed: somebody delivers what nobody has agreed on."""
    return sorted(path.name for path in drop.iterdir() if path.is_dir() and path.name not in feeds)


def _dataset_of(file_name: str, feed: Feed) -> str:
    names = [dataset.name for dataset in feed.datasets if file_name.startswith(dataset.name)]
    return max(names, key=len) if names else UNKNOWN_DATASET

"""Pull again from a given time: rows committed later than the overlap allows, or changed without a new time.

For one run the overlap of one dataset reaches back to that time. Nothing else is different: rows that came before are
left out, the others are one more batch, and the watermark goes on from where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from creditlake.contracts import Dataset, Feed

if TYPE_CHECKING:
    from creditlake.lake.watermarks import Watermark

BEIJING = ZoneInfo("Asia/Shanghai")


def is_pulled_by_time(dataset: Dataset) -> bool:
    """Say whether a dataset is pulled by the time of change of its rows."""
    return dataset.pull is not None and bool(dataset.pull.changed)


def pulled_from(feed: Feed, name: str, since: datetime, marks: Sequence[Watermark]) -> Feed:
    """Return the feed with the overlap of one dataset reaching back to a time; nothing is shortened.

    Args:
        since: Where the pull begins; without a zone it is Beijing time.
        marks: The feed's watermarks.

    Raises:
        KeyError: the feed declares no such dataset.
        ValueError: the dataset is not pulled by time of change.
    """
    dataset = feed.dataset(name)
    if dataset.pull is None or not dataset.pull.changed:
        raise ValueError(f"{feed.name}.{name} is not pulled by time of change, so it cannot be pulled from a time")
    reached = [_beijing(mark.reached) for mark in marks if mark.dataset == name and mark.is_accepted]
    if not reached:
        return feed
    overlap = max(dataset.pull.overlap, max(reached) - _beijing(str(since)))
    again = replace(dataset, pull=replace(dataset.pull, overlap=overlap))
    return replace(feed, datasets=tuple(again if one is dataset else one for one in feed.datasets))


def _beijing(text: str) -> datetime:
    """Return a time as Beijing's clocks show it."""
    time = datetime.fromisoformat(text)
    return time.astimezone(BEIJING).replace(tzinfo=None) if time.tzinfo else time

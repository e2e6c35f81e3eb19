"""How a dataset stands at a business date: what came, what is due, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from creditlake.watch.spec import Rhythm

if TYPE_CHECKING:
    from creditlake.watch.bounds import Move

REPORT = "watch/report.json"
"""The watch's last report, from the lake's folder."""
Kind = Literal["silence", "volume", "schema"]
KINDS: dict[Kind, str] = {"silence": "未按时报送", "volume": "数量异常", "schema": "表头变化"}
RHYTHMS: dict[Rhythm, str] = {
    "daily": "每工作日",
    "weekly": "每周",
    "monthly": "每月",
    "quarterly": "每季度",
    "yearly": "每年",
    "none": "不定期",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """An alarm: something about a dataset's deliveries is not as expected.

    Attributes:
        owner: Who is called.
        expected, found: In a few words of Chinese; counts, days and names of columns, never a value of a row.
        since: The day from which it is so.
        sentence: All of it for people, in Chinese.
    """

    kind: Kind
    feed: str
    dataset: str
    owner: str
    expected: str
    found: str
    since: date
    sentence: str


@dataclass(frozen=True, slots=True)
class Volume:
    """The rows of one period beside the band they should lie in.

    Attributes:
        above, below: The bounds, both outside the band; below is None while the period is still open.
        median: Of the periods before.
    """

    period: str
    rows: int
    median: float
    above: int
    below: int | None

    @property
    def is_odd(self) -> bool:
        """Whether the rows lie outside the band."""
        return self.rows >= self.above or (self.below is not None and self.rows <= self.below)


@dataclass(frozen=True, slots=True)
class Standing:
    """One dataset at a business date.

    Attributes:
        last: Delivered date of the last delivery, None where none ever came.
        next_due: The next day by which a delivery must be here; None where there is no rhythm.
        is_estimate: Whether that day lies in a year whose holidays are not yet set.
        volume: The last period with enough of them before to compare it with.
        schema: Hash of the last header; None where there is none.
        agreed_schema: Hash of the header that is right.
        moves: Every bound that was moved, oldest first.
    """

    feed: str
    dataset: str
    owner: str
    rhythm: Rhythm
    basis: str
    last: date | None
    next_due: date | None
    is_estimate: bool
    volume: Volume | None
    schema: str | None
    agreed_schema: str | None
    findings: tuple[Finding, ...]
    moves: tuple[Move, ...]

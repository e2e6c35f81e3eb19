"""All that is known of one dataset when it is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import sqrt
from statistics import median

from creditlake.contracts import Dataset, Feed
from creditlake.watch.bounds import Bounds, Move, bounds_in_force
from creditlake.watch.deliveries import Delivered
from creditlake.watch.periods import Period, Rule
from creditlake.watch.spec import MONTHS
from creditlake.watch.standing import Finding, Kind
from creditlake.workdays import WorkCalendar

DEVIATIONS = 3


def chance(rows: float) -> tuple[float, float]:
    """Return between which counts another one may lie by chance alone where so many rows are usual.

    Two counts x and y of the same source differ by three times the root of x + y at most (Poisson); below 9 rows the
    lower one is negative: there may be nothing at all.
    """
    spread = DEVIATIONS**2
    middle, half = rows + spread / 2, sqrt(8 * spread * rows + spread**2) / 2
    return middle - half, middle + half


@dataclass(frozen=True)
class Case:
    """One dataset, what came of it up to a business date, and the bounds it is judged by.

    Attributes:
        came: Accepted deliveries, in the order of receipt.
        refused: Refused ones.
        began: The day of the lake's first delivery of any dataset; None where nothing ever came.
        moves: The moves of its bounds, oldest first.
    """

    feed: Feed
    dataset: Dataset
    came: tuple[Delivered, ...]
    refused: tuple[Delivered, ...]
    began: date | None
    moves: tuple[Move, ...]
    calendar: WorkCalendar
    as_of: date

    @cached_property
    def bounds(self) -> Bounds:
        """The bounds in force."""
        return bounds_in_force(self.dataset.watch, self.moves, self.as_of)

    @cached_property
    def rule(self) -> Rule:
        """Its periods and deadlines."""
        return Rule(self.dataset.watch, self.bounds.due, self.calendar)

    @property
    def has_rhythm(self) -> bool:
        """Whether something is expected of it."""
        return self.dataset.watch.rhythm != "none"

    @property
    def owner(self) -> str:
        """Who is called."""
        return self.dataset.watch.owner or self.feed.owner

    @cached_property
    def rows(self) -> dict[Period, int]:
        """Rows that came, by period; a period without a delivery is absent."""
        counted: Counter[Period] = Counter()
        for one in self.came:
            counted[self.period_of(one)] += one.rows
        return dict(sorted(counted.items()))

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """All periods from the first in which something could have come to that of the business date."""
        first = min(self.rows).closed if self.rows else self.began
        if first is None:
            return ()
        return tuple(period for period in self.rule.periods(first, self.as_of) if period.closed >= first)

    def usual_rows(self, periods: Sequence[Period]) -> float:
        """Return the median of the rows of the last of these periods, as many as the memory holds; 0 of none."""
        return float(median(self.rows[period] for period in periods[-self.bounds.memory :])) if periods else 0.0

    def finding(self, kind: Kind, expected: str, found: str, since: date, sentence: str) -> Finding:
        """Return an alarm about it; the sentence goes on after the names of dataset and agency."""
        said = f"{self.dataset.title}（{self.feed.publisher}）{sentence}责任人：{self.owner}。"
        return Finding(kind, self.feed.name, self.dataset.name, self.owner, expected, found, since, said)

    def period_of(self, one: Delivered) -> Period:
        """Return the period a delivery is of: where periods are months, by the month in its name, else by its day."""
        return self.rule.period_of(one.month if one.month and self.dataset.watch.rhythm in MONTHS else one.day)

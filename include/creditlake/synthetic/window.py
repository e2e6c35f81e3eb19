"""The months of a city's deliveries."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

import numpy as np

from creditlake.synthetic.rng import Dice, Ints
from creditlake.workdays import load_calendar

EPOCH = date(1970, 1, 1)
LONGEST_LAG_DAYS = 6
"""From a decision to its delivery, a clean row: as many working days at most, so within the seven that are allowed."""


def day_number(day: date) -> int:
    """Return a day as the number of days since 1970-01-01."""
    return (day - EPOCH).days


@dataclass(frozen=True, slots=True)
class Window:
    """Which months are delivered, oldest first.

    Attributes:
        labels: ``YYYY-MM``, as in the files' names.
        years, numbers: Year and month of each.
        first, last: First and last day on which something is handed over, as day numbers; ``until`` ends the last one.
    """

    labels: tuple[str, ...]
    years: Ints
    numbers: Ints
    first: Ints
    last: Ints

    def __len__(self) -> int:
        return len(self.labels)

    def month_before(self, months: Ints) -> Ints:
        """Return the last day of the month before each of these months."""
        return self.first[months] - 1

    def handed_over(self, dice: Dice, stream: str, keys: Ints, months: Ints) -> tuple[Ints, Ints]:
        """Return the hand-over day in each month, and a document's day one to six days before it."""
        lengths = self.last[months] - self.first[months] + 1
        provided = self.first[months] + dice.below(f"{stream}.provided", keys, lengths)
        return provided, provided - 1 - dice.below(f"{stream}.lag", keys, LONGEST_LAG_DAYS)


def window_of(months: int, until: date) -> Window:
    """Return the window of so many months that ends with ``until``."""
    places = [until.year * 12 + until.month - 1 - back for back in range(months - 1, -1, -1)]
    firsts = [date(place // 12, place % 12 + 1, 1) for place in places]
    lasts = [first.replace(day=calendar.monthrange(first.year, first.month)[1]) for first in firsts]
    return Window(
        labels=tuple(f"{first:%Y-%m}" for first in firsts),
        years=np.array([first.year for first in firsts]),
        numbers=np.array([first.month for first in firsts]),
        first=np.array([day_number(first) for first in firsts]),
        last=np.array([day_number(min(last, until)) for last in lasts]),
    )


def working_days_between(start: Ints, end: Ints) -> Ints:
    """Return the working days after ``start`` up to and including ``end``; -1 where the calendar does not know."""
    known = load_calendar()
    ordinals = np.array(known.ordinals)
    places = [day - day_number(known.first_day) for day in (start, end)]
    inside = [(place >= 0) & (place < len(ordinals)) for place in places]
    counted = [ordinals[np.clip(place, 0, len(ordinals) - 1)] for place in places]
    between: Ints = np.where(inside[0] & inside[1], counted[1] - counted[0], -1)
    return between

"""What a contract says of a dataset's deliveries: when they come, how much comes, and who is called when not.

Of the way to the data and not of its judgement: nothing here decides a number of a release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Rhythm = Literal["daily", "weekly", "monthly", "quarterly", "yearly", "none"]
MONTHS: Mapping[Rhythm, int] = {"monthly": 1, "quarterly": 3, "yearly": 12}
"""How many months a period of these rhythms has."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is expected of a dataset.

    Attributes:
        rhythm: In every such period at least one delivery comes; daily means every working day; ``none`` means that it
            comes when there is something to tell, so that silence says nothing.
        basis: What the rhythm rests on: a law, a notice, an agreement. Empty only where there is no rhythm.
        month: The month of the quarter or year in which it comes, from 1; 0 means the last one.
        due: By how many working days after that month, week or day it must be here.
        least, most: Factors of the median of the last periods at or beyond which the volume is told: half and double
            with something to spare, for what is halved while a source grows is more than half of its median.
        memory: How many periods that median is of.
        owner: Who is called; empty means the feed's owner.
    """

    rhythm: Rhythm = "none"
    basis: str = ""
    month: int = 0
    due: int = 0
    least: float = 0.6
    most: float = 1.8
    memory: int = 6
    owner: str = ""

    def __post_init__(self) -> None:
        if self.rhythm not in get_args(Rhythm):
            raise ValueError(f"watch: rhythm {self.rhythm!r} is none of {', '.join(get_args(Rhythm))}")
        if self.rhythm != "none" and not self.basis.strip():
            raise ValueError(f"watch: basis is missing: what does the rhythm {self.rhythm} rest on?")
        if not 0 <= self.month <= MONTHS.get(self.rhythm, 0):
            raise ValueError(f"watch: a period of the rhythm {self.rhythm} has no month {self.month}")
        if self.due < 0 or self.memory < 1 or not 0 <= self.least < 1 < self.most:
            raise ValueError("watch: due is at least 0, memory at least 1, and least < 1 < most")


WATCH_NOTHING = Watch()
"""Of a dataset whose contract says nothing of its deliveries: only its schema is watched."""


def watch_of(entry: Any) -> Watch:
    """Return what a contract's entry expects; what stands for a contract that has none.

    Raises:
        TypeError, ValueError: a key is unknown or its value makes no sense.
    """
    if entry is None:
        return WATCH_NOTHING
    if not isinstance(entry, Mapping):
        raise TypeError(f"watch: {entry!r} is no mapping like {{rhythm: monthly, due: 7, basis: …}}")
    return Watch(**entry)

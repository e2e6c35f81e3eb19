"""Working days in China: weekdays, but for the holidays and make-up days of the seed ``ref_calendar``.

The seed holds only the exceptions, year by year as the State Council's general office sets them; it ends with a year,
and beyond it nobody knows: a count there is None (in SQL null), never a guess.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path

from creditlake.home import dbt_project

_FRIDAY = 4


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked.

    Attributes:
        exceptions: Weekdays that are holidays (False) and weekend days that are worked (True).
        first_year, last_year: The years the exceptions are known for, both included.
    """

    exceptions: Mapping[date, bool]
    first_year: int
    last_year: int

    @property
    def first_day(self) -> date:
        """The first day the calendar knows."""
        return date(self.first_year, 1, 1)

    def is_working_day(self, day: date) -> bool:
        """Say whether a day is worked.

        Raises:
            ValueError: the day lies outside the calendar's years.
        """
        if not self.first_year <= day.year <= self.last_year:
            raise ValueError(f"the calendar knows {self.first_year} to {self.last_year}, not {day}")
        return self.exceptions.get(day, day.weekday() <= _FRIDAY)

    @cached_property
    def ordinals(self) -> tuple[int, ...]:
        """For each day from the first on, how many working days there were up to and including it."""
        days = (date(self.last_year, 12, 31) - self.first_day).days + 1
        counted, ordinals = 0, []
        for offset in range(days):
            counted += self.is_working_day(self.first_day + timedelta(offset))
            ordinals.append(counted)
        return tuple(ordinals)

    def working_days_between(self, start: date, end: date) -> int | None:
        """Count the working days after ``start`` up to and including ``end``; negative when ``end`` comes first.

        None when either day lies outside the calendar's years.
        """
        places = ((start - self.first_day).days, (end - self.first_day).days)
        if any(not 0 <= place < len(self.ordinals) for place in places):
            return None
        return self.ordinals[places[1]] - self.ordinals[places[0]]


@cache
def load_calendar(seed: Path | None = None) -> WorkCalendar:
    """Return the calendar of the seed ``ref_calendar.csv`` (columns date, is_working_day, name, source)."""
    path = seed or dbt_project() / "seeds" / "ref_calendar.csv"
    with open(path, encoding="utf-8", newline="") as handle:
        exceptions = {date.fromisoformat(row["date"]): _flag(row["is_working_day"]) for row in csv.DictReader(handle)}
    return WorkCalendar(exceptions, min(exceptions).year, max(exceptions).year)


def working_days_between(start: date, end: date) -> int | None:
    """Count working days by the project's own calendar; see ``WorkCalendar.working_days_between``."""
    return load_calendar().working_days_between(start, end)


def working_days_sql(calendar: WorkCalendar) -> tuple[str, ...]:
    """Return the statements after which ``working_days_between(start_day, end_day)`` works in DuckDB.

    The macro gives what the method gives; null where that gives None or a day is null.
    """
    ordinals = ", ".join(map(str, calendar.ordinals))
    place = "greatest({day} - date '" + calendar.first_day.isoformat() + "' + 1, 0)"
    counts = [f"getvariable('working_day_ordinals')[{place.format(day=day)}]" for day in ("end_day", "start_day")]
    return (
        f"set variable working_day_ordinals = [{ordinals}]::integer[]",
        f"create or replace macro working_days_between(start_day, end_day) as {counts[0]} - {counts[1]}",
    )


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(f"is_working_day is true or false, not {text!r}")
    return text == "true"

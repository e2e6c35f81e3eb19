"""Periods of delivery and the day by which each must have come, in working days (``creditlake.workdays``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from creditlake.watch.spec import MONTHS, Watch
from creditlake.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)
SUNDAY, FRIDAY = 6, 4


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of days, both ends included, in which at least one delivery is expected.

    Attributes:
        closed: The last day on which one comes in time of its own; the working days of grace follow it.
        name: What people call it.
    """

    first: date
    last: date
    closed: date
    name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """The periods of one dataset: its contract's rhythm, with the grace that is in force.

    Attributes:
        due: Working days after a period has closed.
    """

    watch: Watch
    due: int
    calendar: WorkCalendar

    def period_of(self, day: date) -> Period:
        """Return the period in which a day lies; days off belong to the working day that follows."""
        if self.watch.rhythm == "daily":
            return _stretch(day, self.calendar)
        if self.watch.rhythm == "weekly":
            last = day + timedelta(days=SUNDAY - day.weekday())
            first = last - timedelta(days=SUNDAY)
            return Period(first, last, last, f"{first} 至 {last}")
        return _months(day, MONTHS[self.watch.rhythm], self.watch.month)

    def deadline(self, period: Period) -> date:
        """Return the last day on which the period's delivery is in time."""
        return working_days_after(period.closed, self.due, self.calendar)

    def periods(self, first: date, last: date) -> Iterator[Period]:
        """Yield the periods from the one of a day to the one of another, in order."""
        period = self.period_of(first)
        while period.first <= last:
            yield period
            period = self.period_of(period.last + ONE_DAY)


def is_working_day(day: date, calendar: WorkCalendar) -> bool:
    """Say whether a day is worked; of years whose holidays are not yet set, Monday to Friday are."""
    if is_estimated(day, calendar):
        return day.weekday() <= FRIDAY
    return calendar.is_working_day(day)


def is_estimated(day: date, calendar: WorkCalendar) -> bool:
    """Say whether the calendar does not know the day's year, so that its holidays are left out of account."""
    return not calendar.first_year <= day.year <= calendar.last_year


def working_days_after(day: date, count: int, calendar: WorkCalendar) -> date:
    """Return the day so many working days after another; with none, the day itself."""
    while count > 0:
        day += ONE_DAY
        count -= is_working_day(day, calendar)
    return day


def working_days_late(deadline: date, as_of: date, calendar: WorkCalendar) -> int:
    """Count the working days after a deadline up to and including a day."""
    days = (deadline + timedelta(days=offset) for offset in range(1, (as_of - deadline).days + 1))
    return sum(is_working_day(day, calendar) for day in days)


def _stretch(day: date, calendar: WorkCalendar) -> Period:
    """Return the days off before a working day, and that day."""
    last = day
    while not is_working_day(last, calendar):
        last += ONE_DAY
    first = last
    while not is_working_day(first - ONE_DAY, calendar):
        first -= ONE_DAY
    return Period(first, last, last, str(last))


def _months(day: date, length: int, month: int) -> Period:
    """Return the period of so many months in which a day lies; it closes with the given month of it."""
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    last, closed = (_month_end(first, number) for number in (length, month or length))
    within = {1: f"{first.month}月", 3: f"第{first.month // 3 + 1}季度", 12: ""}
    return Period(first, last, closed, f"{first.year}年{within[length]}")


def _month_end(first: date, number: int) -> date:
    """Return the last day of the so-manieth month from a month's first day on."""
    place = first.year * 12 + first.month - 1 + number
    return date(place // 12, place % 12 + 1, 1) - ONE_DAY

"""Working days between two dates, by hand from the notices on the holidays of 2025 and 2026."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from creditlake.workdays import load_calendar, working_days_between, working_days_sql

COUNTS = [
    (date(2026, 3, 2), date(2026, 3, 2), 0, "the day itself is not counted"),
    (date(2026, 3, 2), date(2026, 3, 11), 7, "Monday to the Wednesday of next week"),
    (date(2026, 3, 2), date(2026, 3, 12), 8, "one more"),
    (date(2026, 3, 6), date(2026, 3, 9), 1, "a weekend counts nothing"),
    (date(2025, 9, 30), date(2025, 10, 9), 1, "National Day 2025: 1 to 8 October free, the 9th worked"),
    (date(2025, 9, 26), date(2025, 9, 28), 1, "Sunday 28 September 2025 is worked"),
    (date(2025, 12, 31), date(2026, 1, 4), 1, "New Year 2026: 1 to 3 January free, Sunday the 4th worked"),
    (date(2026, 3, 11), date(2026, 3, 2), -7, "the other way round"),
]


@pytest.mark.parametrize(("start", "end", "expected", "why"), COUNTS)
def test_working_days_are_counted_after_the_start_up_to_the_end(
    start: date, end: date, expected: int, why: str
) -> None:
    assert working_days_between(start, end) == expected, why


@pytest.mark.parametrize(
    ("start", "end"), [(date(2018, 12, 31), date(2019, 1, 5)), (date(2026, 12, 31), date(2027, 1, 5))]
)
def test_beyond_the_calendar_nothing_is_counted(start: date, end: date) -> None:
    assert working_days_between(start, end) is None


def test_the_sql_form_counts_the_same() -> None:
    connection = duckdb.connect()
    for statement in working_days_sql(load_calendar()):
        connection.execute(statement)

    for start, end, expected, why in [
        *COUNTS,
        (date(2026, 12, 31), date(2027, 1, 5), None, "beyond the last year"),
        (date(2018, 1, 1), date(2019, 1, 5), None, "before the first"),
    ]:
        row = connection.execute("select working_days_between(?::date, ?::date)", [start, end]).fetchone()
        assert row == (expected,), why


def test_the_calendar_covers_2019_to_2026_and_says_so() -> None:
    calendar = load_calendar()

    assert (calendar.first_year, calendar.last_year) == (2019, 2026)
    with pytest.raises(ValueError, match="2019 to 2026"):
        calendar.is_working_day(date(2027, 1, 1))


def test_2025_has_248_working_days() -> None:
    calendar = load_calendar()

    assert calendar.working_days_between(date(2024, 12, 31), date(2025, 12, 31)) == 248

"""Late, out of order, repeated, corrected: however the same changes arrive, the same versions count in the end.

The staging model and the macro that chooses the version that counts are rendered as dbt does it and asked in DuckDB;
what must count is worked out from the changes themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import jinja2
import pytest
from creditlake.contracts import load_feeds
from creditlake.home import dbt_project
from hypothesis import given, settings
from hypothesis import strategies as st

RATINGS = load_feeds()["tax"].dataset("ratings")
BEGIN = datetime(2026, 10, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
INSTANTS = [timedelta(), timedelta(microseconds=1), timedelta(milliseconds=500), timedelta(minutes=5),
            timedelta(hours=9, minutes=5), timedelta(hours=23, minutes=59, seconds=59, microseconds=999999),
            timedelta(days=1), timedelta(days=1, hours=10), timedelta(days=9, hours=2), timedelta(days=10)]  # fmt: skip
"""Offsets of the hand-overs: of one day, of midnight, a microsecond apart, and days whose texts sort otherwise."""
FORMS = ["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f", "%Y/%m/%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f+08"]
OF_SECONDS, OF_MINUTES = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+08:00"], ["%Y-%m-%d %H:%M"]
OF_DAYS = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"]

Counting = dict[tuple[str, str], tuple[str, date]]
"""Taxpayer and year of the versions that count, with their rating and day of hand-over."""
ARRIVED = ("统一社会信用代码", "评价年度", "信用等级", "评定时间", "提供日期", "增删改标志")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a record at its source: set to a rating, or withdrawn where there is none."""

    taxpayer: str
    year: str
    at: datetime
    rating: str | None


def counting(changes: Sequence[Change]) -> dict[tuple[str, str], str]:
    """What must count after all changes: of each record the last rating, nothing where it was withdrawn last."""
    last: dict[tuple[str, str], str | None] = {}
    for change in sorted(changes, key=lambda one: one.at):
        last[change.taxpayer, change.year] = change.rating
    return {key: rating for key, rating in last.items() if rating is not None}


@pytest.fixture(scope="module")
def lake() -> duckdb.DuckDBPyConnection:
    """The validated table of one dataset and the view of the versions that count, rendered from the project."""
    connection = duckdb.connect()
    columns = ", ".join(f'"{name}" varchar' for name in RATINGS.column_names)
    connection.execute(
        f"""create table validated ({columns}, _batch_id varchar, _source_sha256 varchar, _source_row bigint,
            _batch_seq bigint, _delivered_date date, _valid_until date)"""
    )
    model = (dbt_project() / "models/staging/tax/stg_tax__ratings.sql").read_text(encoding="utf-8")
    connection.execute(f"create view staged as {rendered(model)}")
    connection.execute(f"create view counting as {rendered('{{ current_version(' + repr('staged') + ') }}')}")
    return connection


def rendered(template: str) -> str:
    """Render SQL with the project's macros."""
    macros = "\n".join(path.read_text(encoding="utf-8") for path in sorted((dbt_project() / "macros").glob("*.sql")))
    context: Mapping[str, Any] = {
        "source": lambda schema, table: schema, "var": lambda name: "2026-10-31", "execute": False,
    }  # fmt: skip
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = lambda value: value
    return environment.from_string(macros + template).render(context).strip()


def result_of(lake: duckdb.DuckDBPyConnection, batches: Sequence[Sequence[tuple[Change, str, bool]]]) -> Counting:
    """Take batches in this order, each row with its text of the hand-over and whether it says the key alone."""
    lake.execute("delete from validated")
    names = ", ".join(
        f'"{name}"' for name in ("统一社会信用代码", "评价年度", "信用等级", "评定时间", "提供日期", "增删改标志")
    )
    rows = [
        [change.taxpayer, change.year, None if is_bare else change.rating or "C", None if is_bare else "2026-09-30",
         text, "d" if change.rating is None else "u", f"b{place}", row, place]
        for place, batch in enumerate(batches, start=1)
        for row, (change, text, is_bare) in enumerate(batch, start=1)
    ]  # fmt: skip
    lake.executemany(
        f"""insert into validated ({names}, _batch_id, _source_row, _batch_seq, _delivered_date)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, date '2026-10-20')""",
        rows,
    )
    counting_rows = "select uscc, cast(rating_year as varchar), tax_rating, provided_date from counting"
    found = lake.execute(counting_rows).fetchall()
    return {(taxpayer, year): (rating, day) for taxpayer, year, rating, day in found}


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """The changes of some records; of one record no two at one instant."""
    changes = []
    for taxpayer, year in draw(
        st.sets(st.sampled_from([(t, y) for t in "甲乙" for y in ("2024", "2025")]), min_size=1)
    ):
        for offset in draw(st.sets(st.sampled_from(INSTANTS), min_size=1, max_size=5)):
            rating = draw(st.sampled_from(["A", "B", "M", None]))
            changes.append(Change(taxpayer, year, BEGIN + offset, rating))
    return changes


@st.composite
def arrivals(draw: st.DrawFn, changes: Sequence[Change]) -> list[list[tuple[Change, str, bool]]]:
    """Batches in the order in which they arrive: every change at least once, some again, in any order and form."""
    again = draw(st.lists(st.sampled_from(changes), max_size=6))
    order = draw(st.permutations([*changes, *again]))
    batches: list[list[tuple[Change, str, bool]]] = []
    for change in order:
        row = (change, draw(texts(change.at)), change.rating is None and draw(st.booleans()))
        if batches and draw(st.booleans()):
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


def texts(at: datetime) -> st.SearchStrategy[str]:
    """The ways in which an agency may write an instant."""
    whole = at.replace(hour=0, minute=0, second=0, microsecond=0)
    forms = FORMS + OF_SECONDS * (at.microsecond == 0) + OF_MINUTES * (at.second == 0 == at.microsecond)
    return st.sampled_from([at.strftime(form) for form in forms + OF_DAYS * (at == whole)])


@settings(deadline=None, derandomize=True, max_examples=150)
@given(data=st.data())
def test_the_same_changes_end_in_the_same_versions_however_they_arrive(
    lake: duckdb.DuckDBPyConnection, data: st.DataObject
) -> None:
    changes = data.draw(histories())
    orderly = [[(change, f"{change.at:%Y-%m-%d %H:%M:%S.%f}", False)] for change in sorted(changes, key=lambda c: c.at)]

    in_order = result_of(lake, orderly)
    otherwise = result_of(lake, data.draw(arrivals(changes)))

    assert {key: rating for key, (rating, _) in in_order.items()} == counting(changes)
    assert otherwise == in_order


def test_a_withdrawal_of_the_morning_does_not_outlive_the_record_of_the_afternoon(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    morning, afternoon = (
        Change("甲", "2025", BEGIN.replace(hour=9), None),
        Change("甲", "2025", BEGIN.replace(hour=15), "A"),
    )

    found = result_of(lake, [[(afternoon, "2026-10-01 15:00", False)], [(morning, "2026-10-01T09:00:00", True)]])

    assert {key: rating for key, (rating, _) in found.items()} == {("甲", "2025"): "A"}


def test_of_one_instant_the_batch_received_later_counts_and_of_one_batch_the_later_row(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    versions = [Change("甲", "2025", BEGIN, rating) for rating in "ABC"]
    first, second, third = ((version, "2026-10-01", False) for version in versions)

    found = [
        result_of(lake, batches)["甲", "2025"][0]
        for batches in ([[first], [second, third]], [[third, second], [first]])
    ]

    assert found == ["C", "A"]

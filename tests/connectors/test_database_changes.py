"""Exchange tables by time of change: what changed since the last pull, late commits too, and nothing twice."""

from __future__ import annotations

import logging

import pytest
from creditlake.connectors.exchange_table import time_of

from tests.connectors.exchange import CHANGED, FLAG, KEY, Agency

HOUR = {"hours": 1}


def test_what_changed_since_the_last_pull_is_pulled(agency: Agency) -> None:
    agency.add(1, 更新时间="2026-03-12 09:00:00")
    agency.pull("2026-03-12", changed=CHANGED)
    agency.add(2, 更新时间="2026-03-13 09:00:00")
    agency.pull("2026-03-13", changed=CHANGED)

    assert agency.keys() == ["1", "2"]
    assert [time_of(mark.reached).isoformat() for mark in agency.marks()] == [
        "2026-03-12T09:00:00",
        "2026-03-13T09:00:00",
    ]
    assert agency.pull("2026-03-13", changed=CHANGED) == []


def test_what_was_committed_late_is_found_within_the_overlap_and_nothing_of_it_comes_twice(agency: Agency) -> None:
    agency.add(1, 更新时间="2026-03-12 09:00:00")
    agency.add(2, 更新时间="2026-03-12 10:00:00")
    agency.pull("2026-03-12", changed=CHANGED, overlap=HOUR)
    agency.add(3, 更新时间="2026-03-12 09:30:00")
    agency.add(4, 更新时间="2026-03-13 09:00:00")
    agency.pull("2026-03-13", changed=CHANGED, overlap=HOUR)

    assert agency.keys() == ["1", "2", "3", "4"]
    assert agency.times_taken() == {"1": 1, "2": 1, "3": 1, "4": 1}


def test_what_was_committed_late_comes_though_nothing_else_did(agency: Agency) -> None:
    agency.add(1, 更新时间="2026-03-12 10:00:00")
    agency.pull("2026-03-12", changed=CHANGED, overlap=HOUR)
    agency.add(2, 更新时间="2026-03-12 09:30:00")
    agency.pull("2026-03-12", changed=CHANGED, overlap=HOUR)

    assert agency.times_taken() == {"1": 1, "2": 1}
    assert agency.pull("2026-03-12", changed=CHANGED, overlap=HOUR) == []


def test_a_row_of_the_very_time_of_the_last_pull_is_not_missed_even_without_overlap(agency: Agency) -> None:
    agency.add(1, 更新时间="2026-03-12 10:00:00.000001")
    agency.pull("2026-03-12", changed=CHANGED)
    agency.add(2, 更新时间="2026-03-12 10:00:00.000001")
    agency.add(3, 更新时间="2026-03-12 10:00:00.000002")
    agency.pull("2026-03-12", changed=CHANGED)

    assert agency.times_taken() == {"1": 1, "2": 1, "3": 1}
    assert agency.marks()[-1].reached == "2026-03-12 10:00:00.000002"


def test_rows_that_are_equal_but_for_the_microsecond_of_change_all_come(agency: Agency) -> None:
    for microsecond in range(3):
        agency.add(1, 更新时间=f"2026-03-12 10:00:00.00000{microsecond}")
    agency.pull("2026-03-12", changed=CHANGED)

    assert agency.times_taken() == {"1": 3}


def test_a_record_that_was_deleted_and_added_again_as_it_was_is_there_again(agency: Agency) -> None:
    agency.add(1, 更新时间="2026-03-12 09:00:00", 增删改标志="i")
    agency.pull("2026-03-12", changed=CHANGED, overlap=HOUR)
    agency.add(1, 更新时间="2026-03-12 09:00:01", 增删改标志="d")
    agency.add(1, 更新时间="2026-03-12 09:00:02", 增删改标志="i")
    agency.pull("2026-03-12", changed=CHANGED, overlap=HOUR)

    assert agency.rows(FLAG) == [("i",), ("d",), ("i",)]


def test_a_record_that_came_back_on_the_same_hand_over_date_is_there_again(agency: Agency) -> None:
    agency.make(提供日期="date")
    day = {"提供日期": "2026-03-12"}
    agency.add(1, 更新时间="2026-03-12 09:00:00", 增删改标志="i", **day)
    agency.pull("2026-03-12", changed=CHANGED, overlap=HOUR)
    agency.add(1, 更新时间="2026-03-12 09:00:01", 增删改标志="d", **day)
    agency.add(1, 更新时间="2026-03-12 09:00:02", 增删改标志="i", **day)
    agency.pull("2026-03-12", changed=CHANGED, overlap=HOUR)

    assert agency.rows(FLAG, "提供日期") == [("i", "2026-03-12"), ("d", "2026-03-12"), ("i", "2026-03-12")]


def test_midnight_belongs_to_the_day_that_begins(agency: Agency) -> None:
    agency.add(1, 更新时间="2026-03-12 23:59:59.999999")
    agency.add(2, 更新时间="2026-03-13 00:00:00")

    agency.pull("2026-03-12", changed=CHANGED)
    assert agency.keys() == ["1"]
    agency.pull("2026-03-13", changed=CHANGED)
    assert agency.keys() == ["1", "2"]


def test_a_day_that_is_pulled_late_brings_what_it_would_have_brought(agency: Agency) -> None:
    for key, day in enumerate(["12", "13", "14"], start=1):
        agency.add(key, 更新时间=f"2026-03-{day} 12:00:00")

    by_day = [
        [outcome.entry.rows_landed for outcome in agency.pull(f"2026-03-{day}", changed=CHANGED)]
        for day in (12, 13, 14)
    ]

    assert by_day == [[1], [1], [1]]
    assert agency.pull("2026-03-12", changed=CHANGED) == []


def test_rows_without_a_time_are_told_and_stay(agency: Agency, caplog: pytest.LogCaptureFixture) -> None:
    agency.add(1, 更新时间=None)
    agency.add(2, 更新时间="2026-03-12 12:00:00")
    with caplog.at_level(logging.WARNING):
        agency.pull("2026-03-12", changed=CHANGED)

    assert agency.keys() == ["2"]
    assert "tax.arrears: 1 rows of share.qs have no 更新时间 and stay there" in caplog.messages


def test_a_table_without_rows_brings_nothing(agency: Agency) -> None:
    assert agency.pull("2026-03-12", changed=CHANGED) == []


def test_rows_come_in_the_order_of_change_and_then_of_the_named_column(agency: Agency) -> None:
    for key, second in ((10, 2), (9, 2), (100, 1)):
        agency.add(key, 更新时间=f"2026-03-12 12:00:0{second}")
    agency.pull("2026-03-12", changed=CHANGED, order=KEY)

    assert agency.keys() == ["100", "9", "10"]


@pytest.mark.parametrize("kind", ["date", "text"])
def test_a_time_of_change_may_be_a_day_or_a_text(agency: Agency, kind: str) -> None:
    agency.make(更新时间=agency.server.types.get(kind, kind))
    agency.add(1, 更新时间="2026-03-12")
    agency.pull("2026-03-12", changed=CHANGED)
    agency.add(2, 更新时间="2026-03-12")
    agency.add(3, 更新时间="2026-03-13")
    agency.pull("2026-03-13", changed=CHANGED)

    assert agency.times_taken() == {"1": 1, "2": 1, "3": 1}
    assert agency.pull("2026-03-13", changed=CHANGED) == []


def test_a_time_with_a_zone_is_taken_in_beijing_time(agency: Agency) -> None:
    is_postgres = agency.server.kind == "postgresql"
    agency.make(更新时间="timestamptz" if is_postgres else "timestamp(6) null")
    if not is_postgres:
        agency.server.execute("set time_zone = '+00:00'")
    suffix = "+00" if is_postgres else ""
    agency.add(1, 更新时间=f"2026-03-12 15:59:59.999999{suffix}")
    agency.add(2, 更新时间=f"2026-03-12 16:00:00{suffix}")
    if not is_postgres:
        agency.server.execute("set time_zone = default")

    agency.pull("2026-03-12", changed=CHANGED)
    assert agency.keys() == ["1"]
    agency.pull("2026-03-13", changed=CHANGED)
    assert agency.keys() == ["1", "2"]
    assert agency.marks()[-1].reached == "2026-03-13 00:00:00"


def test_a_zero_date_is_no_time(mariadb_agency: Agency, caplog: pytest.LogCaptureFixture) -> None:
    mariadb_agency.server.execute("set sql_mode = ''")
    mariadb_agency.add(1, 更新时间="0000-00-00 00:00:00")
    mariadb_agency.server.execute("set sql_mode = default")

    assert mariadb_agency.pull("2026-03-12", changed=CHANGED) == []
    assert "1 rows of share.qs have no 更新时间" in caplog.text


def test_a_time_without_end_is_left_for_later(postgres_agency: Agency) -> None:
    postgres_agency.add(1, 更新时间="infinity")
    postgres_agency.add(2, 更新时间="2026-03-12 12:00:00")
    postgres_agency.pull("2026-03-12", changed=CHANGED)

    assert postgres_agency.keys() == ["2"]

"""Exchange tables by batch number: every number once, and what was added to it later."""

from __future__ import annotations

from dataclasses import replace

import pytest
from creditlake import bronze
from creditlake.contracts import RowBounds, load_feeds

from tests.connectors.exchange import BATCH, FLAG, KEY, Agency

DAY, NEXT, LATER = "2026-03-12", "2026-03-13", "2026-03-14"


def test_every_batch_number_is_pulled_once(agency: Agency) -> None:
    agency.add(1, 批次="A1")
    agency.add(2, 批次="A2")

    assert len(agency.pull(DAY, batch=BATCH)) == 2
    assert agency.pull(DAY, batch=BATCH) == []
    assert agency.pull(NEXT, batch=BATCH) == []
    assert agency.times_taken() == {"1": 1, "2": 1}
    assert [(mark.source, mark.reached) for mark in agency.marks()] == [("A1", "1"), ("A2", "1")]


def test_a_batch_that_grew_brings_only_the_rows_that_came_on_top(agency: Agency) -> None:
    agency.add(1, 批次="A1")
    agency.add(2, 批次="A1")
    agency.pull(DAY, batch=BATCH)

    agency.add(3, 批次="A1")
    agency.pull(NEXT, batch=BATCH)
    agency.add(4, 批次="A1")
    agency.pull(LATER, batch=BATCH)

    assert agency.times_taken() == {"1": 1, "2": 1, "3": 1, "4": 1}
    assert agency.keys()[2:] == ["3", "4"]
    assert agency.pull(LATER, batch=BATCH) == []


def test_a_batch_that_was_emptied_and_filled_with_other_rows_of_the_same_number_is_pulled(agency: Agency) -> None:
    agency.add(1, 批次="A1")
    agency.pull(DAY, batch=BATCH)
    agency.server.execute("delete from share.qs")
    agency.add(1, 批次="A1")
    agency.add(2, 批次="A1")

    agency.pull(NEXT, batch=BATCH)

    assert agency.times_taken() == {"1": 1, "2": 1}


def test_a_batch_that_was_cleared_away_after_it_was_read_is_not_missed(agency: Agency) -> None:
    agency.add(1, 批次="A1")
    agency.pull(DAY, batch=BATCH)
    agency.server.execute("delete from share.qs")

    assert agency.pull(NEXT, batch=BATCH) == []
    assert agency.times_taken() == {"1": 1}


def test_rows_without_a_batch_number_are_not_lost(agency: Agency) -> None:
    agency.add(1, 批次=None)
    agency.add(2, 批次="")
    agency.add(3, 批次="A1")
    agency.pull(DAY, batch=BATCH)
    agency.add(4, 批次=None)
    agency.pull(NEXT, batch=BATCH)

    assert agency.times_taken() == {"1": 1, "2": 1, "3": 1, "4": 1}
    assert agency.pull(NEXT, batch=BATCH) == []


def test_batch_numbers_that_a_server_takes_for_alike_are_told_apart(agency: Agency) -> None:
    for key, number in enumerate(["a", "A", "a ", "ä", "Ａ"], start=1):
        agency.add(key, 批次=number)

    agency.pull(DAY, batch=BATCH)

    assert agency.times_taken() == {str(key): 1 for key in range(1, 6)}
    assert sorted(mark.source for mark in agency.marks()) == ["A", "a", "a ", "ä", "Ａ"]
    assert agency.pull(NEXT, batch=BATCH) == []


ODD = [
    "o'clock",
    "\\",
    "\\'; drop table share.qs; -- ",
    "a\\nb",
    '"',
    "`",
    "%s",
    "100%",
    "a/b:c",
    "批次\n一",
    "🎉",
    "x" * 190,
]


def test_a_batch_number_may_be_any_text(agency: Agency) -> None:
    for key, number in enumerate(ODD):
        agency.add(key, 批次=number)

    agency.pull(DAY, batch=BATCH)

    assert agency.times_taken() == {str(key): 1 for key in range(len(ODD))}
    assert sorted(mark.source for mark in agency.marks()) == sorted(ODD)
    assert agency.pull(DAY, batch=BATCH) == []


def test_a_batch_number_may_be_a_number(agency: Agency) -> None:
    agency.make(**{BATCH: "bigint"})
    agency.add(1, 批次=9007199254740993)
    agency.add(2, 批次=9007199254740992)

    agency.pull(DAY, batch=BATCH)

    assert agency.times_taken() == {"1": 1, "2": 1}
    assert agency.pull(NEXT, batch=BATCH) == []


def test_the_batch_number_comes_along_so_equal_rows_of_two_batches_are_two_batches(agency: Agency) -> None:
    agency.add(1, 批次="A1")
    agency.add(1, 批次="A2")

    agency.pull(DAY, batch=BATCH)

    assert agency.rows("前置库数据批次号") == [("A1",), ("A2",)]
    assert agency.pull(DAY, batch=BATCH) == []


def test_a_refused_batch_does_not_count_as_read_and_its_rows_come_again_with_the_others(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_rows = replace(load_feeds()["tax"].dataset("arrears"), rows=RowBounds(2, 9))
    monkeypatch.setattr(bronze, "load_feeds", lambda: {"tax": replace(load_feeds()["tax"], datasets=(two_rows,))})
    agency.add(1, 批次="A1")
    (refused,) = agency.pull(DAY, batch=BATCH)
    (again,) = agency.pull(NEXT, batch=BATCH)
    agency.add(2, 批次="A1")
    (accepted,) = agency.pull(LATER, batch=BATCH)

    assert (refused.entry.status, refused.is_new, again.entry.status, again.is_new) == (
        "refused",
        True,
        "refused",
        False,
    )
    assert accepted.entry.status == "accepted"
    assert agency.times_taken() == {"1": 1, "2": 1}
    assert [(mark.reached, mark.is_accepted) for mark in agency.marks()] == [("1", False), ("2", True)]


def test_rows_of_a_batch_come_in_the_order_of_the_named_column_as_numbers_not_as_text(agency: Agency) -> None:
    for key in (10, 9, 100):
        agency.add(key, 批次="A1")

    agency.pull(DAY, batch=BATCH, order=KEY)

    assert agency.keys() == ["9", "10", "100"]


def test_added_changed_and_deleted_rows_keep_their_flags(agency: Agency) -> None:
    for key, flag in enumerate("iud", start=1):
        agency.add(key, 批次="A1", **{FLAG: flag})

    agency.pull(DAY, batch=BATCH, order=KEY)

    assert agency.rows(FLAG) == [("i",), ("u",), ("d",)]


def test_a_column_of_another_name_is_pulled_as_the_contract_calls_it(agency: Agency) -> None:
    agency.make(nsrmc=agency.server.types["text"])
    agency.server.execute(f"alter table share.qs drop column {agency.server.quote('纳税人名称')}")
    row = agency.row(1, 批次="A1")
    row["nsrmc"] = row.pop("纳税人名称") + "（另名）"
    agency.insert(row)

    agency.pull(DAY, batch=BATCH, columns={"纳税人名称": "nsrmc"})

    assert agency.rows("纳税人名称") == [("呼和浩特市测试商贸有限公司（另名）",)]

"""Rows that withdraw a record (增删改标志 d): the key, the flag and the hand-over are judged, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditlake.contracts import all_datasets
from creditlake.lake import LakePaths
from creditlake.submission import submit

from tests.unit.clean_rows import CLEAN, clean_row
from tests.unit.faults import ABNORMAL, DECISIONS, HEADCOUNTS, PERMITS, RATINGS, VIOLATIONS, WRONG_CHECK
from tests.unit.submissions import APRIL, APRIL_CSV, FIRST_OF_APRIL, deliver, part, penalty, told
from tests.unit.test_quality_rules import broken, dataset_of, judged

Row = dict[str, str | None]


def withdrawal(name: str, **changes: str | None) -> Row:
    """The row that withdraws the clean row's record: its key, the flag, the hand-over, and empty fields."""
    said = {column for part in dataset_of(name).key for column in part}
    row = clean_row(name)
    return {column: row[column] if column in said else None for column in CLEAN[name]} | {
        "提供日期": "2026-03-11 16:20:05.5",
        "增删改标志": "d",
        **changes,
    }


@pytest.mark.parametrize("name", CLEAN)
def test_a_withdrawal_needs_no_more_than_the_key(tmp_path: Path, name: str) -> None:
    verdict = judged(tmp_path, name, withdrawal(name), clean_row(name))

    assert (broken(verdict, name), verdict.failed_rows.num_rows, verdict.refused) == (set(), 0, None)


@pytest.mark.parametrize("name", CLEAN)
def test_the_same_row_as_a_record_goes_to_quarantine(tmp_path: Path, name: str) -> None:
    verdict = judged(tmp_path, name, withdrawal(name, 增删改标志="i"))

    assert verdict.failed_rows.num_rows == 1
    assert verdict.refused is None


@pytest.mark.parametrize(
    ("name", "part"), [(f"{one.feed}.{one.name}", part) for one in all_datasets() for part in one.key]
)
def test_a_withdrawal_that_leaves_out_a_part_of_the_key_goes_to_quarantine(
    tmp_path: Path, name: str, part: tuple[str, ...]
) -> None:
    verdict = judged(tmp_path, name, withdrawal(name, **dict.fromkeys(part)))

    assert verdict.failed_rows.num_rows == 1
    assert any(rule.startswith("required.") for rule in broken(verdict, name))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (DECISIONS, {"CF_CFJG": None}),
        (RATINGS, {"纳税人名称": None}),
        (DECISIONS, {"CF_NR_FK": "零点二", "CF_JDRQ": "2027-01-01", "CF_CFLB": "批评"}),
        (DECISIONS, {"CF_XDR_SHXYM": WRONG_CHECK}),
        (DECISIONS, {"CF_XDR_LB": "自然人", "CF_XDR_ZJHM": None, "CF_XDR_ZJLX": None}),
        (PERMITS, {"XK_ZT": "9"}),
        (HEADCOUNTS, {"月参保总人数": "-1"}),
        (ABNORMAL, {"列入日期": "2024-03-02"}),
        (VIOLATIONS, {"确认日期": "2024-03-01"}),
        (VIOLATIONS, {"增删改标志": " D "}),
    ],
    ids=[
        "the office's code counts",
        "the taxpayer's code counts",
        "content says nothing",
        "nor does whom it is about",
        "nor that it is a person's",
        "nor a status",
        "nor a number",
        "an old entry has no deadline",
        "an old list neither",
        "the flag is normalised",
    ],
)
def test_what_else_a_withdrawal_carries_is_not_judged(
    tmp_path: Path, name: str, changes: dict[str, str | None]
) -> None:
    verdict = judged(tmp_path, name, withdrawal(name, **changes))

    assert (broken(verdict, name), verdict.failed_rows.num_rows, verdict.refused) == (set(), 0, None)


@pytest.mark.parametrize(
    ("name", "changes", "rule"),
    [
        (RATINGS, {"评价年度": "25"}, "format.评价年度"),
        (RATINGS, {"统一社会信用代码": WRONG_CHECK}, "check_digit.统一社会信用代码"),
        (DECISIONS, {"CF_CFJGDM": "00000000000000000X"}, "check_digit.CF_CFJGDM"),
        (ABNORMAL, {"列入日期": "2026-02-30"}, "format.列入日期"),
        (ABNORMAL, {"列入日期": "2026-03-12"}, "not_future.列入日期"),
        (HEADCOUNTS, {"统一社会信用代码": None}, "required.统一社会信用代码"),
        (PERMITS, {"提供日期": "昨天"}, "format.提供日期"),
        (PERMITS, {"增删改标志": "删"}, "enum.增删改标志"),
        (PERMITS, {"_ragged": "expected 18 fields, got 19: x"}, "field_count"),
    ],
)
def test_what_names_the_record_is_judged_as_in_any_row(
    tmp_path: Path, name: str, changes: dict[str, str | None], rule: str
) -> None:
    verdict = judged(tmp_path, name, withdrawal(name, **changes))

    assert rule in broken(verdict, name)
    assert (verdict.failed_rows.num_rows, verdict.refused) == (1, None)


def test_a_rule_counts_the_rows_it_judged(tmp_path: Path) -> None:
    verdict = judged(tmp_path, RATINGS, clean_row(RATINGS), withdrawal(RATINGS), withdrawal(RATINGS, 评价年度="2024"))

    evaluated = {result.rule_id.removeprefix(f"{RATINGS}."): result.evaluated for result in verdict.results}

    assert (evaluated["required.信用等级"], evaluated["enum.信用等级"], evaluated["late.评定时间"]) == (1, 1, 1)
    assert (evaluated["required.评价年度"], evaluated["format.提供日期"], evaluated["duplicate_row"]) == (3, 3, 3)


def test_a_record_and_its_withdrawal_of_one_instant_are_in_conflict(tmp_path: Path) -> None:
    row = clean_row(RATINGS, 提供日期="2026-03-11 16:20:05.5")

    verdict = judged(tmp_path, RATINGS, row, withdrawal(RATINGS), clean_row(RATINGS))

    assert broken(verdict, RATINGS) == {"key_conflict"}
    assert verdict.failed_rows.column("_source_row").to_pylist() == [1, 2]


def test_the_platform_is_told_what_it_was_handed_of_a_record_that_its_key_alone_withdraws(tmp_path: Path) -> None:
    paths, drop = LakePaths(tmp_path / "lake"), tmp_path / "drop"
    key = {name: penalty(2)[name] for name in ("CF_WSH", "CF_CFJGDM", "CF_XDR_MC")}
    gone = dict.fromkeys(penalty(2)) | key | {"提供日期": "2026-04-10 15:00:00", "增删改标志": "d"}
    deliver(paths, drop, DECISIONS, "decisions-2026-03.csv", penalty(2), penalty(3))
    deliver(paths, drop, DECISIONS, "decisions-2026-04.csv", gone)
    deliver(
        paths, drop, DECISIONS, "decisions-2026-04-late.csv", penalty(2, CF_SY="晚到", 提供日期="2026-04-10 09:00:00")
    )

    done = submit(paths, FIRST_OF_APRIL, APRIL, tmp_path / "out")

    assert told(done.folder, APRIL_CSV) == [("测罚〔2026〕2号", "0.2", "d")]
    assert part(done.receipt)["left_out"]["superseded"] == 1

"""Judging a batch as a whole: the suites, the agreement of the two counts, repeats, and that no failing row is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from creditlake.contracts import Dataset, all_datasets, load_feeds
from creditlake.quality import Verdict, judge
from creditlake.quality.court import open_court
from creditlake.quality.judging import judge_batch
from creditlake.quality.suite import Rule, Suite, load_suite

from tests.unit.clean_rows import Row, clean_row, invented_uscc, write_bronze

DELIVERED = date(2026, 3, 11)
RATINGS = load_feeds()["tax"].dataset("ratings")
DECISIONS = load_feeds()["penalty"].dataset("decisions")
ENUM, REQUIRED = "tax.ratings.enum.信用等级", "tax.ratings.required.评价单位"
REPEAT, CONFLICT = "tax.ratings.duplicate_row", "tax.ratings.key_conflict"


def rating(number: int, **changes: str | None) -> dict[str, str | None]:
    return clean_row("tax.ratings", 统一社会信用代码=invented_uscc(number), **changes)


def judged(folder: Path, rows: Sequence[Row], dataset: Dataset = RATINGS, without: tuple[str, ...] = ()) -> Verdict:
    return judge(write_bronze(folder / "rows.parquet", rows, without), dataset, DELIVERED, "test", "b" * 20)


def failed(verdict: Verdict) -> dict[int, list[str]]:
    return {row["_source_row"]: row["_failed_rules"] for row in verdict.failed_rows.to_pylist()}


def check(verdict: Verdict, name: str) -> int:
    (found,) = [result.failed for result in verdict.results if result.rule_id.endswith(f".{name}")]
    return found


def test_the_suites_have_far_more_than_eighty_row_rules() -> None:
    rules = [rule for dataset in all_datasets() for rule in load_suite(dataset).rules]

    assert len({rule.rule_id for rule in rules}) == len(rules) >= 300
    assert min(len(load_suite(dataset).rules) for dataset in all_datasets()) >= 15


@pytest.mark.parametrize("dataset", all_datasets(), ids=lambda dataset: dataset.table)
def test_every_rule_has_an_id_a_chinese_title_a_severity_and_a_basis(dataset: Dataset) -> None:
    for rule in load_suite(dataset).rules:
        assert rule.rule_id.startswith(f"{dataset.feed}.{dataset.name}.")
        assert re.search("[\u4e00-\u9fff]", rule.title), rule
        assert re.search("[\u4e00-\u9fff]|GB", rule.basis), rule
        assert rule.severity in ("critical", "warning")


@pytest.mark.parametrize("dataset", all_datasets(), ids=lambda dataset: dataset.table)
def test_every_dataset_asks_for_its_key_for_repeats_for_fields_and_for_its_deadline(dataset: Dataset) -> None:
    ids = {rule.rule_id.removeprefix(f"{dataset.feed}.{dataset.name}.") for rule in load_suite(dataset).rules}

    assert ids >= {"duplicate_row", "key_conflict", "field_count", "shifted", "format.提供日期", "enum.增删改标志"}
    assert dataset.document_date is None or f"late.{dataset.document_date}" in ids


def test_a_rule_that_counts_otherwise_in_the_scan_than_in_gx_refuses_the_batch(tmp_path: Path) -> None:
    # A condition that changes its mind: the first four looks at a row find a fault, the later ones find none.
    rule = Rule("tax.ratings.range.评价年度", "随看随变", "critical", "x", "expect_row_to_satisfy",
                {"column": "评价年度", "sql": "nextval('looks') > 4"})  # fmt: skip
    court = open_court(Suite(RATINGS, (rule,)))
    court.connection.execute("create or replace sequence looks")
    path = write_bronze(tmp_path / "rows.parquet", [rating(number) for number in range(1, 5)])

    verdict = judge_batch(court, path, DELIVERED, "test", "b" * 20)

    assert verdict.refused == "agreement: tax.ratings.range.评价年度 4 by GX, 0 by the scan"
    assert verdict.failed_rows.num_rows == 0
    assert check(verdict, "agreement") == 1


def test_every_failing_row_is_kept_with_all_its_rules_however_many_they_are(tmp_path: Path) -> None:
    wrong = [rating(number, 信用等级="E", 评价单位=None) for number in range(1, 30_001)]

    verdict = judged(tmp_path, [rating(40_000), *wrong])

    assert failed(verdict) == {row: [REQUIRED, ENUM] for row in range(2, 30_002)}


def test_a_row_that_goes_names_the_warnings_it_broke_too(tmp_path: Path) -> None:
    verdict = judged(tmp_path, [rating(1, 信用等级="E", 评定时间="2026-02-02"), rating(2, 评定时间="2026-02-02")])

    assert failed(verdict) == {1: [ENUM, "tax.ratings.late.评定时间"]}
    assert check(verdict, "late.评定时间") == 2


def test_of_identical_rows_the_first_stays_and_the_later_ones_go(tmp_path: Path) -> None:
    same = rating(1)

    verdict = judged(tmp_path, [same, rating(2), same, {**same, "前置库数据主键": "7"}, {**same, "信用等级": " b "}])

    assert failed(verdict) == {3: [REPEAT], 4: [REPEAT], 5: [REPEAT]}


def test_rows_of_one_key_and_day_with_different_content_all_go(tmp_path: Path) -> None:
    verdict = judged(tmp_path, [rating(1), rating(1, 信用等级="C"), rating(1), rating(2)])

    assert failed(verdict) == {1: [CONFLICT], 2: [CONFLICT], 3: [REPEAT, CONFLICT]}


def test_the_next_version_of_a_record_on_a_later_day_is_no_conflict(tmp_path: Path) -> None:
    assert failed(judged(tmp_path, [rating(1, 提供日期="2026-03-10"), rating(1, 信用等级="C")])) == {}


def test_a_key_with_a_part_missing_is_in_conflict_with_nothing(tmp_path: Path) -> None:
    rows = [clean_row("penalty.decisions", CF_WSH=None, CF_SY=facts) for facts in ("甲", "乙")]

    verdict = judged(tmp_path, rows, DECISIONS)

    assert list(failed(verdict).values()) == [["penalty.decisions.required.CF_WSH"]] * 2


def test_a_penalty_without_the_offices_code_has_the_offices_name_in_its_key(tmp_path: Path) -> None:
    rows = [clean_row("penalty.decisions", CF_CFJGDM=None, CF_SY=facts) for facts in ("甲", "乙")]

    verdict = judged(tmp_path, rows, DECISIONS)

    assert check(verdict, "key_conflict") == 2


@pytest.mark.parametrize(
    ("decided", "provided", "late"),
    [
        ("2026-03-02", "2026-03-11", 0),  # the 7th working day
        ("2026-02-27", "2026-03-10", 1),  # Saturday 28 February was worked: the 8th
        ("2026-09-28", "2026-10-13", 0),  # 29, 30 September; 8, 9, 10 (a worked Saturday), 12, 13 October
        ("2026-09-28", "2026-10-14", 1),
    ],
)
def test_seven_working_days_leave_out_holidays_and_count_worked_weekends(
    tmp_path: Path, decided: str, provided: str, late: int
) -> None:
    row = clean_row("penalty.decisions", CF_JDRQ=decided, CF_YXQ="2029-12-31", CF_GSJZQ=None, 提供日期=provided)
    path = write_bronze(tmp_path / "rows.parquet", [row])

    verdict = judge(path, DECISIONS, date(2026, 12, 31), "test", "b" * 20)

    assert (check(verdict, "late.CF_JDRQ"), verdict.failed_rows.num_rows) == (late, 0)


def test_a_required_column_that_is_absent_refuses_the_batch(tmp_path: Path) -> None:
    verdict = judged(tmp_path, [rating(1)], without=("信用等级",))

    assert verdict.refused == "missing_header: it came without 信用等级"
    assert check(verdict, "header") == 1


def test_a_batch_whose_newest_document_is_old_is_warned_about_and_kept(tmp_path: Path) -> None:
    days = ("2026-01-08", "2026-01-07")  # 62 and 63 days before the delivery
    stale = [
        judged(tmp_path, [clean_row("penalty.decisions", CF_JDRQ=day, CF_WSH=day)], DECISIONS) for day in days
    ]  # fmt: skip

    assert [(check(verdict, "freshness"), verdict.refused) for verdict in stale] == [(0, None), (1, None)]


def test_the_bounds_of_a_batchs_rows_are_checked(tmp_path: Path) -> None:
    verdict = judged(tmp_path, [rating(1)])

    assert (check(verdict, "row_count"), check(verdict, "row_count_high"), verdict.refused) == (0, 0, None)

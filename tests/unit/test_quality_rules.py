"""Every kind of rule, on one row that is clean but for one thing; delivered on 2026-03-11, a Wednesday."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from creditlake.contracts import Dataset, all_datasets, load_feeds
from creditlake.quality import Verdict, judge

from tests.unit.clean_rows import CLEAN, ENVELOPE, OFFICE, PARTY, Row, clean_row, invented_uscc, write_bronze
from tests.unit.faults import BROKEN, DECISIONS, KEPT, OBJECTIONS, REPAIRS

DELIVERED = date(2026, 3, 11)
DATASETS = [f"{dataset.feed}.{dataset.name}" for dataset in all_datasets()]
Judged = tuple[set[str], set[str]]
"""The rules that a row broke, and those with which it went into quarantine: none where it was kept."""


def dataset_of(name: str) -> Dataset:
    feed, dataset = name.split(".")
    return load_feeds()[feed].dataset(dataset)


def judged(tmp_path: Path, name: str, *rows: Row, without: tuple[str, ...] = ()) -> Verdict:
    path = write_bronze(tmp_path / "rows.parquet", rows, without)
    return judge(path, dataset_of(name), DELIVERED, "test", "b" * 20)


def broken(verdict: Verdict, name: str) -> set[str]:
    return {
        result.rule_id.removeprefix(f"{name}.") for result in verdict.results if result.failed and result.scope == "row"
    }


def moved(name: str) -> tuple[Row, Row]:
    """The clean row with all values one column to the right, and one to the left."""
    row = CLEAN[name]
    values = list(row.values())
    right, left = (
        dict(zip(row, order, strict=True)) for order in ([values[-1], *values[:-1]], [*values[1:], values[0]])
    )
    return ENVELOPE | right, ENVELOPE | left


def rows_of(name: str) -> list[Row]:
    """Every row of a dataset of which this file says what becomes of it."""
    changed = [clean_row(name) | changes for dataset, changes, _ in (*BROKEN, *KEPT) if dataset == name]
    return [clean_row(name), *changed, *moved(name)]


def row_by_row(folder: Path, name: str, rows: list[Row]) -> list[Judged]:
    """Judge rows in one batch, as if each had come alone: no two came at one time, so none repeats another."""
    times = [f"{DELIVERED} 12:{number // 60:02d}:{number % 60:02d}" for number in range(len(rows))]
    came = [
        {**row, "提供日期": time} if row["提供日期"] == ENVELOPE["提供日期"] else row
        for row, time in zip(rows, times, strict=True)
    ]
    verdict = judged(folder, name, *came)
    assert (verdict.rows, verdict.refused) == (len(rows), None)
    rules: list[Judged] = [(set(), set()) for _ in rows]
    for entry in verdict.document["results"]:
        examples = entry["result"].get("partial_unexpected_index_list", [])
        assert len(examples) == entry["result"].get("unexpected_count", 0), "a document names no more than 20 rows"
        for example in examples:
            rules[example["_source_row"] - 1][0].add(entry["expectation_config"]["meta"]["rule_id"])
    for failed in verdict.failed_rows.to_pylist():
        rules[failed["_source_row"] - 1][1].update(failed["_failed_rules"])
    own = f"{name}."
    return [
        ({rule.removeprefix(own) for rule in all_}, {rule.removeprefix(own) for rule in gone}) for all_, gone in rules
    ]


@pytest.fixture(scope="module")
def of_row(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Row], Judged]:
    """Return what became of a row; rows of one dataset that came with the same columns are judged together."""
    folder = tmp_path_factory.mktemp("judged")

    @cache
    def together(name: str) -> dict[frozenset[tuple[str, str | None]], Judged]:
        batches: dict[frozenset[str], list[Row]] = {}
        for row in rows_of(name):
            batches.setdefault(frozenset(row), []).append(row)
        return {
            frozenset(row.items()): found
            for rows in batches.values()
            for row, found in zip(rows, row_by_row(folder, name, rows), strict=True)
        }

    return lambda name, row: together(name)[frozenset(row.items())]


@pytest.mark.parametrize("name", DATASETS)
def test_a_clean_row_breaks_nothing(of_row: Callable[[str, Row], Judged], name: str) -> None:
    assert of_row(name, clean_row(name)) == (set(), set())


@pytest.mark.parametrize(("name", "changes", "expected"), BROKEN)
def test_a_fault_breaks_its_own_rule_and_the_row_goes(
    of_row: Callable[[str, Row], Judged], name: str, changes: dict[str, str | None], expected: set[str]
) -> None:
    assert of_row(name, clean_row(name) | changes) == (expected, expected)


@pytest.mark.parametrize(("name", "changes", "warnings"), KEPT)
def test_what_is_no_fault_or_only_a_warning_keeps_the_row(
    of_row: Callable[[str, Row], Judged], name: str, changes: dict[str, str | None], warnings: set[str]
) -> None:
    assert of_row(name, clean_row(name) | changes) == (warnings, set())


@pytest.mark.parametrize("name", DATASETS)
def test_a_row_moved_by_one_column_is_seen_as_shifted(of_row: Callable[[str, Row], Judged], name: str) -> None:
    for row in moved(name):
        assert "shifted" in of_row(name, row)[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"CF_XDR_MC": PARTY, "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": None, "CF_XDR_ZZJG": "101692861"},
        {"CF_XDR_MC": "备注", "CF_XDR_LB": "呼和浩特市测试商贸有限公司", "CF_XDR_SHXYM": "法人及非法人组织"},
    ],
)
def test_values_in_the_wrong_columns_are_seen_in_the_name_and_the_code(
    tmp_path: Path, changes: dict[str, str | None]
) -> None:
    verdict = judged(tmp_path, DECISIONS, clean_row(DECISIONS) | changes)

    assert "shifted" in broken(verdict, DECISIONS)


@pytest.mark.parametrize(
    ("applied", "accepted", "closed", "late"),
    [
        ("2026-06-01", "2026-06-04", "2026-06-15", set()),  # the third and the tenth working day
        ("2026-06-01", "2026-06-05", "2026-06-15", {"late.受理日期"}),
        ("2026-06-01", "2026-06-04", "2026-06-16", {"late.办结日期"}),
        ("2026-04-01", "2026-04-10", "2026-06-16", {"late.受理日期", "late.办结日期"}),
        ("2026-03-31", "2026-04-10", "2026-06-16", set()),  # before the order was in force
    ],
)
def test_a_repair_is_accepted_in_three_and_answered_in_ten_working_days(
    tmp_path: Path, applied: str, accepted: str, closed: str, late: set[str]
) -> None:
    row = clean_row(REPAIRS, 申请日期=applied, 受理日期=accepted, 办结日期=closed, 提供日期="2026-06-30")
    path = write_bronze(tmp_path / "rows.parquet", [row])

    verdict = judge(path, dataset_of(REPAIRS), date(2026, 6, 30), "test", "b" * 20)

    assert broken(verdict, REPAIRS) == late
    assert verdict.failed_rows.num_rows == 0


@pytest.mark.parametrize(
    ("accepted", "closed", "late"),
    [
        ("2026-06-04", "2026-06-15", set()),  # the third and the tenth working day
        ("2026-06-05", "2026-06-15", {"late.受理日期"}),
        ("2026-06-04", "2026-06-16", {"late.办结日期"}),
    ],
)
def test_an_objection_is_late_after_the_days_that_the_seed_of_limits_gives(
    tmp_path: Path, accepted: str, closed: str, late: set[str]
) -> None:
    row = clean_row(OBJECTIONS, 提出日期="2026-06-01", 受理日期=accepted, 办结日期=closed, 提供日期="2026-06-30")
    path = write_bronze(tmp_path / "rows.parquet", [row])

    verdict = judge(path, dataset_of(OBJECTIONS), date(2026, 6, 30), "test", "b" * 20)

    assert broken(verdict, OBJECTIONS) == late
    assert verdict.failed_rows.num_rows == 0


def test_identity_columns_of_persons_are_asked_for_only_when_they_were_delivered(tmp_path: Path) -> None:
    person = clean_row(DECISIONS, CF_XDR_LB="自然人", CF_XDR_SHXYM=None)

    assert broken(judged(tmp_path, DECISIONS, person), DECISIONS) == set()
    assert broken(judged(tmp_path, DECISIONS, person | {"CF_XDR_ZJLX": "身份证", "CF_XDR_ZJHM": None}), DECISIONS) == {
        "required.CF_XDR_ZJHM"
    }


def test_authorities_are_other_codes_than_parties() -> None:
    assert OFFICE != PARTY != invented_uscc(2)

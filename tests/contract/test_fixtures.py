"""Every dataset's contract on rows made by hand: each row says why it is there and which rules it breaks.

``tests/fixtures/<feed>/<dataset>.csv`` has the agency's columns, ``_why`` (a sentence) and ``_expect`` (rule ids,
separated by ``;``; empty: accepted). All rows are invented; every delivery is of 2026-03-11, a Wednesday.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from creditlake.bronze import Batch, load_bronze
from creditlake.connectors.files import Delivery
from creditlake.contracts import Dataset, all_datasets
from creditlake.lake import LakePaths
from creditlake.landing import land
from creditlake.quality import Verdict, judge

from tests.architecture.tree import ROOT

FIXTURES = ROOT / "tests" / "fixtures"
MOST_ROWS = 30
ABOUT = ("_why", "_expect")
DATASETS = {f"{dataset.feed}.{dataset.name}": dataset for dataset in all_datasets()}
AS_OF = date(2026, 3, 31)


@dataclass(frozen=True, slots=True)
class Fixture:
    """One file of hand-made rows; ``expect[n]`` holds the rules that row ``n + 1`` breaks."""

    header: list[str]
    rows: list[list[str]]
    why: list[str]
    expect: list[frozenset[str]]


def fixture_of(dataset: Dataset) -> Fixture:
    """Read a dataset's fixture."""
    path = FIXTURES / dataset.feed / f"{dataset.name}.csv"
    with open(path, encoding="utf-8", newline="") as handle:
        header, *rows = list(csv.reader(handle))
    assert tuple(header[-2:]) == ABOUT
    expect = [frozenset(row[-1].split(";")) - {""} for row in rows]
    return Fixture(header[:-2], [row[:-2] for row in rows], [row[-2] for row in rows], expect)


def verdict_on(paths: LakePaths, folder: Path, dataset: Dataset, fixture: Fixture) -> Verdict:
    """Deliver the agency's columns alone, through landing and bronze, and judge them."""
    path = folder / f"{dataset.name}-2026-03.csv"
    with open(path, "w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([fixture.header, *fixture.rows])
    (batch,) = load_bronze(paths, land(paths, Delivery(dataset.feed, dataset.name, path)), AS_OF)
    assert isinstance(batch, Batch)
    assert batch.refusal == ""
    return judge(batch.rows_file(paths), dataset, batch.delivered, "fixtures", batch.batch_id)


@pytest.mark.parametrize("name", DATASETS)
def test_every_row_ends_where_its_fixture_says_under_exactly_those_rules(
    paths: LakePaths, tmp_path: Path, name: str
) -> None:
    fixture = fixture_of(DATASETS[name])

    verdict = verdict_on(paths, tmp_path, DATASETS[name], fixture)

    critical = {result.rule_id for result in verdict.results if result.severity == "critical"}
    failed = {row["_source_row"]: frozenset(row["_failed_rules"]) for row in verdict.failed_rows.to_pylist()}
    expected = {row: rules for row, rules in enumerate(fixture.expect, start=1) if rules & critical}
    counted = {r.rule_id: r.failed for r in verdict.results if r.scope == "row" and r.failed}
    assert verdict.refused is None
    assert failed == expected
    assert counted == Counter(rule for rules in fixture.expect for rule in rules)


@pytest.mark.parametrize("name", DATASETS)
def test_a_fixture_is_small_and_every_row_says_why_it_is_there(name: str) -> None:
    fixture = fixture_of(DATASETS[name])

    assert 0 < len(fixture.rows) <= MOST_ROWS
    assert all(fixture.why)
    assert any(not rules for rules in fixture.expect)
    assert {rule.split(".")[2] for rules in fixture.expect for rule in rules} >= {"duplicate_row", "key_conflict"}


def test_every_fixture_belongs_to_a_declared_dataset() -> None:
    files = {f"{path.parent.name}.{path.stem}" for path in FIXTURES.rglob("*.csv")}

    assert files == set(DATASETS)

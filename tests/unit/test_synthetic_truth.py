"""The synthetic city against the suites: every row ends where its truth says, under exactly those rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest
from creditlake.bronze import Batch, load_bronze
from creditlake.connectors.files import discover
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.landing import land
from creditlake.quality import judge
from creditlake.synthetic import generate

UNTIL = date(2026, 10, 31)
Row = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the truth says of a city's rows and what the suites do.

    Attributes:
        faults: The truth of the faults.
        quarantined: Rules by file and row of every row in quarantine.
        failed: Failed rows by file and rule, warnings too.
        refused: The refusal's code by file.
    """

    faults: list[dict[str, Any]]
    quarantined: dict[Row, frozenset[str]]
    failed: Counter[tuple[str, str]]
    refused: dict[str, str]


@pytest.fixture(scope="module", params=[("faulty", True), ("clean", False)], ids=lambda param: str(param[0]))
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """A city of 600 subjects and three months, landed and judged file by file."""
    folder = tmp_path_factory.mktemp("city")
    generate(600, 5, folder, months=3, until=UNTIL, processes=1, faults=request.param[1])
    paths = LakePaths(folder / "lake")
    paths.create()
    quarantined, failed, refused = dict[Row, frozenset[str]](), Counter[tuple[str, str]](), dict[str, str]()
    for feed in load_feeds().values():
        for delivery in discover(folder / "drop", feed):
            file = f"{feed.name}/{delivery.path.name}"
            (batch,) = load_bronze(paths, land(paths, delivery), UNTIL)
            assert isinstance(batch, Batch)
            if batch.refusal:
                refused[file] = batch.refusal.split(":")[0]
                continue
            dataset = feed.dataset(delivery.dataset)
            verdict = judge(batch.rows_file(paths), dataset, batch.delivered, "truth", batch.batch_id)
            assert verdict.refused is None
            failed.update({(file, r.rule_id): r.failed for r in verdict.results if r.scope == "row" and r.failed})
            for row in verdict.failed_rows.to_pylist():
                quarantined[file, row["_source_row"]] = frozenset(row["_failed_rules"])
    return Judged(pq.read_table(folder / "truth" / "faults.parquet").to_pylist(), quarantined, failed, refused)


def rules_by_row(faults: list[dict[str, Any]], place: str) -> dict[Row, frozenset[str]]:
    """The rules that the truth gives each row that must end at a place."""
    rules = defaultdict[Row, set[str]](set)
    for fault in faults:
        if fault["place"] == place:
            rules[fault["file"], fault["source_row"]].add(fault["rule_id"])
    return {row: frozenset(broken) for row, broken in rules.items()}


def test_exactly_the_rows_that_must_go_to_quarantine_go_there_under_exactly_their_rules(judged: Judged) -> None:
    assert judged.quarantined == rules_by_row(judged.faults, "quarantined")


def test_no_row_breaks_a_rule_that_the_truth_does_not_name(judged: Judged) -> None:
    expected = Counter((fault["file"], fault["rule_id"]) for fault in judged.faults if fault["rule_id"])

    assert judged.failed == expected


def test_exactly_the_broken_files_are_refused_for_their_reason(judged: Judged) -> None:
    broken = {f["file"]: f["detail"].split(":")[0] for f in judged.faults if f["place"] == "file_refused"}

    assert judged.refused == broken

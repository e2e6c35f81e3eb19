"""From a service into the lake: the watermark moves with the rows, a kill in the middle costs nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from creditlake.connectors import inbox
from creditlake.connectors.endpoint import SourceFailed
from creditlake.lake import LakePaths, reading
from creditlake.lake.watermarks import watermarks

from tests.connectors.fault_server import Agency, Row, serving
from tests.connectors.service_feed import BY_NUMBER
from tests.connectors.service_ingest import take
from tests.unit.clean_rows import invented_uscc
from tests.unit.deliveries import RATING
from tests.unit.small_lake import rows_of

THURSDAY, FRIDAY, SATURDAY = "2026-10-29", "2026-10-30", "2026-10-31"


def rating(number: int, provided: str, grade: str = "A") -> Row:
    """A rating that passes every rule."""
    return {**RATING, "统一社会信用代码": invented_uscc(number), "信用等级": grade, "提供日期": provided}


def tax_office(*rows: Row) -> Agency:
    """An agency whose rows say when they were handed over."""
    agency = Agency(list(rows))
    agency.changed = "提供日期"
    return agency


def test_the_watermark_moves_with_the_rows_and_a_second_run_brings_nothing(paths: LakePaths) -> None:
    agency = tax_office(*(rating(n, THURSDAY) for n in range(1, 8)))
    with serving(agency) as port:
        first = take(port, paths, date(2026, 10, 29))
        agency.rows += [rating(8, FRIDAY), rating(9, SATURDAY)]
        second = take(port, paths, date(2026, 10, 30))
        nothing = take(port, paths, date(2026, 10, 30))

    assert [(one.entry.status, one.entry.rows_validated) for one in first.outcomes] == [("accepted", 7)]
    assert [(one.entry.status, one.entry.rows_validated) for one in second.outcomes] == [("accepted", 1)]
    assert nothing.outcomes == []
    marks = watermarks(paths, "tax")
    assert [(mark.dataset, mark.source, mark.reached, mark.is_accepted) for mark in marks] == [
        ("ratings", "", f"{THURSDAY} 00:00:00", True),
        ("ratings", "", f"{FRIDAY} 00:00:00", True),
    ]
    assert inbox.waiting(paths, "tax") == []


def test_a_service_that_fails_leaves_the_lake_and_the_watermark_as_they_were(paths: LakePaths) -> None:
    agency = tax_office(*(rating(n, THURSDAY) for n in range(1, 8)))
    with serving(agency) as port:
        take(port, paths, date(2026, 10, 29))
        agency.rows.append(rating(8, FRIDAY))
        agency.faults = lambda number: "truncated"
        with pytest.raises(SourceFailed):
            take(port, paths, date(2026, 10, 30))
        assert len(watermarks(paths, "tax")) == 1
        agency.faults = lambda number: ""
        after = take(port, paths, date(2026, 10, 30))

    assert [one.entry.rows_validated for one in after.outcomes] == [1]
    assert len(rows_of(paths, "validated.tax_ratings")) == 8


def test_a_grade_that_was_corrected_and_set_back_is_the_first_one_again(paths: LakePaths) -> None:
    agency = tax_office()
    with serving(agency) as port:
        for grade in "ABAA":
            agency.rows = [rating(1, THURSDAY, grade), rating(2, THURSDAY)]
            take(port, paths, date(2026, 10, 29), BY_NUMBER)

    with reading(paths) as connection:
        grades = connection.execute(
            "select 信用等级 from lake.validated.tax_ratings where 统一社会信用代码 = ? order by _batch_seq",
            [invented_uscc(1)],
        ).fetchall()
    assert grades == [("A",), ("B",), ("A",)]
    assert [mark.batch_seq for mark in watermarks(paths, "tax")] == [1, 2, 3]


@pytest.mark.parametrize("request_number", [0, 2, 4])
def test_a_kill_in_the_middle_of_a_pull_neither_skips_nor_repeats_a_row(request_number: int, tmp_path: Path) -> None:
    paths = LakePaths(tmp_path / "lake")
    paths.create()
    agency = tax_office(*(rating(n, THURSDAY) for n in range(1, 20)))
    running: list[subprocess.Popen[bytes]] = []

    def kill(number: int) -> None:
        if number == request_number:
            os.kill(running[0].pid, signal.SIGKILL)

    agency.changes = kill
    with serving(agency) as port:
        command = [sys.executable, "-m", "tests.connectors.service_ingest", str(port), str(paths.root), SATURDAY]
        running.append(subprocess.Popen(command))
        assert running[0].wait() == -signal.SIGKILL
        assert watermarks(paths, "tax") == [] and inbox.waiting(paths, "tax") == []
        outcomes = take(port, paths, date(2026, 10, 31)).outcomes

    assert [one.entry.rows_validated for one in outcomes] == [19]
    assert len(rows_of(paths, "validated.tax_ratings")) == 19
    assert len(watermarks(paths, "tax")) == 1

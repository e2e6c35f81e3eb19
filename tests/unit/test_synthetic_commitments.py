"""The commitments of the synthetic city: each code once, determined after it was made, and kept by the compliant."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from statistics import mean

import pyarrow.parquet as pq
import pytest
from creditlake.synthetic import generate

UNTIL = date(2026, 10, 31)
Row = dict[str, str]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city without faults: 4,000 subjects, twelve months, made in two parts."""
    folder = tmp_path_factory.mktemp("city")
    generate(4000, 7, folder, months=12, until=UNTIL, processes=1, faults=False)
    return folder


@pytest.fixture(scope="module")
def steps(city: Path) -> dict[str, list[Row]]:
    """The rows of each commitment in the order in which they came."""
    found: dict[str, list[Row]] = defaultdict(list)
    for path in sorted((city / "drop" / "commitments").glob("*.csv")):
        for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()):
            found[row["承诺编码"]].append(row)
    return found


def day(text: str) -> date:
    """The day that a cell names."""
    return date.fromisoformat(text.replace("/", "-")[:10])


def test_a_code_names_one_commitment_and_the_day_on_which_it_was_made(steps: dict[str, list[Row]]) -> None:
    assert len(steps) > 500
    for code, rows in steps.items():
        assert len(code) == 20
        assert code[6:14] == day(rows[0]["承诺作出日期"]).strftime("%Y%m%d")
        assert len({(row["承诺人代码"], row["承诺类型"], row["承诺作出日期"]) for row in rows}) == 1
        assert [row["增删改标志"] for row in rows] in (["i"], ["i", "u"])


def test_what_became_of_it_is_said_once_it_is_determined(steps: dict[str, list[Row]]) -> None:
    determined = [row for rows in steps.values() for row in rows if row["承诺履行状态"]]
    others = [row for rows in steps.values() for row in rows if not row["承诺履行状态"]]

    assert determined and others
    for row in determined:
        assert day(row["承诺作出日期"]) < day(row["承诺履行状态认定日期"]) <= UNTIL
        assert bool(row["未履行的承诺内容"]) == bool(row["违诺责任追究内容"]) == (row["承诺履行状态"] != "全部履行")
    assert all(not row["承诺履行状态认定日期"] and not row["承诺履行状态认定单位"] for row in others)


def test_who_breaks_commitments_is_less_compliant(city: Path, steps: dict[str, list[Row]]) -> None:
    subjects = pq.read_table(city / "truth" / "subjects.parquet").to_pylist()
    compliance = {subject["uscc"]: subject["compliance"] for subject in subjects}
    kept, broken = [], []
    for rows in steps.values():
        state = rows[-1]["承诺履行状态"]
        if state:
            (kept if state == "全部履行" else broken).append(compliance[rows[-1]["承诺人代码"]])

    assert len(broken) >= 10
    assert mean(broken) < mean(kept)

"""The applications for repair of the synthetic city: each is about a penalty that was generated and may be repaired."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from creditlake.synthetic import generate

UNTIL = date(2026, 10, 31)
SERIOUS_WORDS = ("责令停产停业", "吊销", "暂扣")
Row = dict[str, str]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city without faults: 2,000 subjects, eighteen months, so that also serious penalties may be repaired."""
    folder = tmp_path_factory.mktemp("city")
    generate(2000, 7, folder, months=18, until=UNTIL, processes=1, faults=False)
    return folder


def rows(city: Path, feed: str) -> list[Row]:
    """The rows of a feed of one dataset, in the order of the months."""
    found: list[Row] = []
    for path in sorted((city / "drop" / feed).glob("*.csv")):
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = path.read_text(encoding=encoding)
            except UnicodeDecodeError:
                continue
            found += csv.DictReader(text.splitlines())
            break
    return found


def uscc_by_org_code(city: Path) -> dict[str, str]:
    """The code of every subject by the organisation code in it."""
    codes = pq.read_table(city / "truth" / "subjects.parquet")["uscc"].to_pylist()
    return {code[8:17]: code for code in codes}


def penalties(city: Path) -> dict[tuple[str, str], Row]:
    """The decisions that were not withdrawn, by document number and authority."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows(city, "penalty"):
        key = (row["CF_WSH"], row["CF_CFJG"])
        if row["增删改标志"] == "d":
            del found[key]
        else:
            found[key] = row
    return found


def steps(city: Path) -> dict[str, list[Row]]:
    """The rows of each application in the order in which they came."""
    cases = defaultdict[str, list[Row]](list)
    for row in rows(city, "repair"):
        cases[row["修复申请编号"]].append(row)
    return cases


def test_every_application_is_about_a_real_penalty_of_its_subject(city: Path) -> None:
    issued, subjects = penalties(city), uscc_by_org_code(city)

    for row in rows(city, "repair"):
        penalty = issued[row["文号"], row["认定机关"]]
        named = penalty["CF_XDR_SHXYM"] or subjects.get(penalty["CF_XDR_ZZJG"].replace("-", ""), "")
        assert row["失信信息类型"] == "行政处罚"
        assert named in ("", row["统一社会信用代码"])


def test_nobody_applies_before_the_minimum_period_is_over(city: Path) -> None:
    issued = penalties(city)
    waits = {True: 10_000, False: 10_000}

    for row in rows(city, "repair"):
        penalty = issued[row["文号"], row["认定机关"]]
        is_serious = any(word in penalty["CF_CFLB"] for word in SERIOUS_WORDS) or float(penalty["CF_NR_FK"]) >= 100
        wait = date.fromisoformat(row["申请日期"]) - date.fromisoformat(penalty["CF_JDRQ"])
        waits[is_serious] = min(waits[is_serious], wait.days)

    assert 92 <= waits[False] < 120  # three months have at most 92 days
    assert 366 <= waits[True] < 10_000


def test_a_case_goes_on_step_by_step_and_all_ends_are_there(city: Path) -> None:
    ends = defaultdict[tuple[str, str], int](int)

    for case in steps(city).values():
        known = [[row[name] for name in ("申请日期", "受理日期", "办结日期")] for row in case]
        assert [row["增删改标志"] for row in case] == ["i", "u", "u"][: len(case)]
        assert [sum(map(bool, days)) for days in known] == [1, 2, 3][: len(case)]
        assert all(days[:given] == sorted(days[:given]) for given, days in enumerate(known, start=1))
        assert [row["提供日期"] for row in case] == [days[place] for place, days in enumerate(known)]
        ends[case[-1]["受理结果"], case[-1]["修复结果"]] += 1

    assert ends.keys() == {("", ""), ("受理", ""), ("受理", "准予修复"), ("受理", "不予修复"), ("不予受理", "")}
    assert ends["受理", "准予修复"] > sum(ends.values()) / 2


def test_a_realistic_share_of_the_penalties_is_to_be_repaired(city: Path) -> None:
    assert 0.1 < len(steps(city)) / len(penalties(city)) < 0.5

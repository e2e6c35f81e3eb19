"""Objections and list entries of the synthetic city: each about something that was generated, step by step."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from creditlake.synthetic import generate

from tests.unit.test_synthetic_repairs import UNTIL, Row, penalties, rows, steps


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city without faults: 4,000 subjects and a year, so that every outcome is there."""
    folder = tmp_path_factory.mktemp("city")
    generate(4000, 11, folder, months=12, until=UNTIL, processes=1, faults=False)
    return folder


def cases(city: Path) -> dict[str, list[Row]]:
    """The rows of each objection in the order in which they came."""
    found = defaultdict[str, list[Row]](list)
    for row in rows(city, "objection"):
        found[row["异议编号"]].append(row)
    return found


def test_every_objection_is_to_a_penalty_that_came_before_or_to_a_repair_that_was_not_granted(city: Path) -> None:
    issued = penalties(city)
    last = [case[-1] for case in steps(city).values()]
    not_granted = {
        (row["文号"], row["认定机关"]) for row in last if row["受理结果"] == "不予受理" or row["修复结果"] == "不予修复"
    }

    for row in rows(city, "objection"):
        document = (row["文号"], row["认定机关"])
        assert row["失信信息类型"] == "行政处罚"
        assert row["提出日期"] > issued[document]["提供日期"]
        assert row["异议类型"] != "修复结果" or (document in not_granted and row["处理结果"] != "撤销")


def test_an_objection_goes_on_step_by_step_and_all_ends_are_there(city: Path) -> None:
    ends = Counter[str]()

    for case in cases(city).values():
        days = [[row[name] for name in ("提出日期", "受理日期", "办结日期")] for row in case]
        assert [row["增删改标志"] for row in case] == ["i", "u", "u"][: len(case)]
        assert [sum(map(bool, known)) for known in days] == [1, 2, 3][: len(case)]
        handed_over = [row["提供日期"] for row in case]
        assert handed_over == [known[place] for place, known in enumerate(days)]
        assert handed_over == sorted(set(handed_over))
        ends[case[-1]["处理结果"]] += 1

    assert set(ends) == {"", "维持", "更正", "撤销"}
    assert ends["维持"] > ends["更正"] > ends["撤销"]


def test_a_small_share_of_the_penalties_is_objected_to(city: Path) -> None:
    objected = {(row["文号"], row["认定机关"]) for row in rows(city, "objection")}

    assert 0.02 < len(objected) / len(penalties(city)) < 0.15


def test_an_exit_follows_its_entry_and_tells_the_same_of_it(city: Path) -> None:
    entries = dict[tuple[str, ...], Row]()
    exits = 0
    for row in rows(city, "lists"):
        key = (row["名单类型"], row["统一社会信用代码"], row["认定部门"], row["认定文号"])
        if row["增删改标志"] == "i":
            assert (row["移出日期"], row["移出原因"], row["移出决定机关"]) == ("", "", "")
            entries[key] = row
        else:
            stay = date.fromisoformat(row["移出日期"]) - date.fromisoformat(entries[key]["列入日期"])
            assert stay.days >= 45
            assert all((row["移出原因"], row["移出决定机关"]))
            assert row["列入日期"] == entries[key]["列入日期"]
            exits += 1

    assert 0 < exits < len(entries) / 2
    assert {"失信被执行人", "行业重点关注名单", "海关高级认证企业"} <= {key[0] for key in entries}

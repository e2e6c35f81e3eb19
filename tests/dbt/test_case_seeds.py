"""The limits of cases: the suites warn by the days that the models and the index judge by."""

from __future__ import annotations

import re

import pytest
from creditlake.contracts import load_feeds
from creditlake.quality.suite import load_suite

from tests.dbt.seeds import seed_rows

COLUMN = {"accepted": "受理日期", "closed": "办结日期"}
LIMITS = seed_rows("ref_case_limits")


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{limit['case_type']}-{limit['step']}")
def test_the_suite_warns_after_as_many_working_days_as_the_seed_says(limit: dict[str, str]) -> None:
    suite = load_suite(load_feeds()[limit["case_type"]].dataset("cases"))
    (rule,) = [rule for rule in suite.rules if rule.rule_id.endswith(f"late.{COLUMN[limit['step']]}")]

    assert re.findall(r"<= (\d+)", str(rule)) == [limit["working_days"]]
    assert rule.severity == "warning"


@pytest.mark.parametrize(("leaf", "case_type"), [("C35", "repair"), ("C37", "objection")])
def test_the_index_measures_the_days_of_a_case_against_its_limit(leaf: str, case_type: str) -> None:
    (benchmark,) = [row["benchmark"] for row in seed_rows("ref_index_measures") if row["indicator_code"] == leaf]

    assert [benchmark] == [
        limit["working_days"] for limit in LIMITS if (limit["case_type"], limit["step"]) == (case_type, "closed")
    ]


def test_what_no_notice_gives_says_so() -> None:
    assert all("本项目拟定" in limit["basis"] for limit in LIMITS if limit["case_type"] == "objection")

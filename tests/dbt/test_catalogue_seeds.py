"""What may be a credit record at all: list types, categories and exclusions, alike in the seeds and in the suites."""

from __future__ import annotations

import re

from creditlake.contracts import load_feeds
from creditlake.quality.suite import Rule, load_suite

from tests.dbt.seeds import seed_rows


def rule(feed: str, dataset: str, name: str) -> Rule:
    """A rule of a suite by its name behind the dataset."""
    rules = load_suite(load_feeds()[feed].dataset(dataset)).rules
    (found,) = [one for one in rules if one.rule_id == f"{feed}.{dataset}.{name}"]
    return found


def test_an_entry_is_accepted_of_exactly_the_lists_that_the_seed_knows() -> None:
    listed = rule("lists", "entries", "enum.名单类型")

    assert listed.arguments["value_set"] == [row["list_type"] for row in seed_rows("ref_list_types")]
    assert listed.severity == "critical"


def test_every_kind_of_list_is_a_record_type_and_serious_ones_are_serious_dishonesty() -> None:
    types = {row["record_type"]: row for row in seed_rows("ref_record_types") if row["feed"] == "lists"}

    assert set(types) == {f"{row['kind']}_listing" for row in seed_rows("ref_list_types")}
    assert {name: row["is_serious_list"] for name, row in types.items()} == {
        "serious_listing": "true",
        "attention_listing": "false",
        "red_listing": "false",
    }
    assert types["serious_listing"]["breach_type"] == "严重失信主体名单"
    assert types["red_listing"]["breach_type"] == ""


def test_no_list_of_serious_dishonesty_is_shown_longer_than_the_three_years_of_order_36() -> None:
    terms = [int(row["term_months"]) for row in seed_rows("ref_list_types") if row["kind"] == "serious"]

    assert max(terms) == 36


def test_a_record_type_is_of_a_category_that_is_collected() -> None:
    collected = {row["category_code"] for row in seed_rows("ref_catalog_categories") if row["is_collected"] == "true"}

    # K01 is the register itself, which is no credit record
    assert {row["category_code"] for row in seed_rows("ref_record_types")} == collected - {"K01"}


def test_the_suite_of_penalties_refuses_exactly_the_kinds_that_the_seed_keeps_out() -> None:
    kept_out = rule("penalty", "decisions", "catalogue.CF_WFXW")

    assert re.findall(r"'([^']+)'", kept_out.arguments["sql"]) == [
        row["kind"] for row in seed_rows("ref_catalog_exclusions")
    ]
    assert kept_out.severity == "critical"
    assert "全国公共信用信息基础目录" in kept_out.basis


def test_every_matter_of_the_index_that_may_not_be_recorded_is_named() -> None:
    matters = {row["matter"] for row in seed_rows("ref_catalog_exclusions")}

    assert matters >= {"信访", "拆迁", "闯红灯", "不文明养犬", "欠缴物业费", "未执行垃圾分类"}

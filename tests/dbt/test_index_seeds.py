"""The seeds of the city index: the tree of the 2020 edition and how its leaves are measured."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from tests.dbt.seeds import seed_rows

OFFICIAL_LEVEL_1 = {"信用制度和基础建设": 20, "营商环境": 21, "信用监管": 43, "权益保护": 16}


def test_the_2020_edition_has_4_groups_15_indicators_25_kinds_and_40_leaves() -> None:
    counts: dict[str, int] = defaultdict(int)
    for row in seed_rows("ref_index_indicators"):
        counts[row["level"]] += 1
    assert counts == {"0": 1, "1": 4, "2": 15, "3": 25, "4": 40}


def test_the_official_points_of_the_first_level_are_kept() -> None:
    points = {row["name"]: int(row["points_max"]) for row in seed_rows("ref_index_indicators") if row["level"] == "1"}
    assert points == OFFICIAL_LEVEL_1


def test_children_sum_to_their_parent_at_every_level() -> None:
    indicators = seed_rows("ref_index_indicators")
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in indicators:
        sums[row["parent_code"]] += Decimal(row["points_max"])
    for row in indicators:
        assert row["level"] == "4" or sums[row["indicator_code"]] == Decimal(row["points_max"]), row
    assert sums[""] == 100


def test_every_indicator_hangs_on_one_of_the_level_above() -> None:
    level = {row["indicator_code"]: int(row["level"]) for row in seed_rows("ref_index_indicators")}
    for row in seed_rows("ref_index_indicators"):
        assert (row["parent_code"] == "") == (row["level"] == "0")
        if row["parent_code"]:
            assert level[row["parent_code"]] == int(row["level"]) - 1


def test_what_is_not_official_says_so() -> None:
    for row in seed_rows("ref_index_indicators"):
        assert ("本项目拟定" in row["basis"]) == (int(row["level"]) >= 3), row
    assert all("本项目拟定" in row["basis"] for row in seed_rows("ref_index_measures"))


def test_each_leaf_has_one_measure_and_measured_ones_name_their_datasets() -> None:
    leaves = {row["indicator_code"] for row in seed_rows("ref_index_indicators") if row["level"] == "4"}
    measures = {row["indicator_code"]: row["method"] for row in seed_rows("ref_index_measures")}
    measured = {code for code, method in measures.items() if method != "unavailable"}
    assert set(measures) == leaves
    assert {row["indicator_code"] for row in seed_rows("ref_index_inputs")} == measured


def test_a_benchmark_is_given_exactly_where_the_method_needs_one() -> None:
    for row in seed_rows("ref_index_measures"):
        assert (row["benchmark"] != "") == (row["method"] in ("benchmark", "cap")), row


def test_the_index_covers_the_city_nine_districts_and_the_development_zone() -> None:
    areas = seed_rows("ref_index_areas")
    assert [row["area_code"] for row in areas if row["is_city"] == "true"] == ["150100"]
    assert len(areas) == 11
    assert "150172" in {row["area_code"] for row in areas}

"""The cards of loan and portrait: bins without gap or overlap, whole points, grades without gap."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable

import pytest

from tests.dbt.seeds import seed_rows

GB_T_22116 = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"]


def by_feature(seed: str) -> dict[str, list[dict[str, str]]]:
    """Return the bins of each feature of a card."""
    features: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in seed_rows(seed):
        features[row["feature"]].append(row)
    return features


def tiles(bands: Iterable[tuple[str, str]]) -> bool:
    """Whether the half-open bands cover every number exactly once; empty text is infinity."""
    ordered = sorted(((float(lo or "-inf"), float(hi or "inf")) for lo, hi in bands))
    touching = all(left[1] == right[0] for left, right in itertools.pairwise(ordered))
    return touching and ordered[0][0] == float("-inf") and ordered[-1][1] == float("inf")


@pytest.mark.parametrize("seed", ["ref_loan_scorecard", "ref_portrait_scorecard"])
def test_the_ranges_of_a_feature_cover_every_number_exactly_once(seed: str) -> None:
    for feature, bins in by_feature(seed).items():
        ranges = [(row["lo"], row["hi"]) for row in bins if row["kind"] == "range"]
        categories = [row["cat"] for row in bins if row["kind"] == "cat"]
        assert bool(ranges) != bool(categories), feature
        assert not ranges or tiles(ranges), feature
        assert not categories or sorted(categories) == sorted("ABMCD"), feature


def test_each_feature_of_the_loan_card_has_exactly_one_missing_bin_and_one_reason() -> None:
    for feature, bins in by_feature("ref_loan_scorecard").items():
        assert [row["bin_no"] for row in bins if row["kind"] == "missing"] == ["-1"], feature
        assert len({row["bin_no"] for row in bins}) == len(bins), feature
        assert len({(row["reason_code"], row["reason_text"]) for row in bins}) == 1, feature


def test_a_missing_value_is_neither_the_best_nor_better_than_half_of_the_points() -> None:
    for feature, bins in by_feature("ref_loan_scorecard").items():
        missing = next(int(row["points"]) for row in bins if row["kind"] == "missing")
        assert missing <= max(int(row["points"]) for row in bins) / 2, feature


def test_the_loan_score_runs_from_300_to_1000() -> None:
    features = by_feature("ref_loan_scorecard").values()
    (base,) = [int(row["base"]) for row in seed_rows("ref_loan_models")]
    assert base + sum(max(int(row["points"]) for row in bins) for bins in features) == 1000
    assert base == 300
    assert min(int(row["points"]) for row in seed_rows("ref_loan_scorecard")) >= 0


def test_the_grades_are_those_of_the_standard_and_cover_every_score_once() -> None:
    grades = seed_rows("ref_loan_grades")
    assert [row["grade"] for row in grades] == GB_T_22116
    assert tiles((row["lower"], row["upper"]) for row in grades)


def test_portrait_points_run_from_0_to_100_and_every_collected_input_has_bins() -> None:
    features = by_feature("ref_portrait_scorecard")
    assert all(0 <= int(row["points"]) <= 100 for row in seed_rows("ref_portrait_scorecard"))
    assert all(max(int(row["points"]) for row in bins) == 100 for bins in features.values())
    assert {row["feature"] for row in seed_rows("ref_portrait_inputs") if row["dataset"]} == set(features)


def test_the_portrait_has_the_six_dimensions_and_each_has_inputs() -> None:
    dimensions = [row["title"] for row in seed_rows("ref_portrait_dimensions")]
    assert dimensions == ["经营稳定", "合规", "纳税", "社保", "履约/司法", "资质荣誉"]
    used = {row["dimension_code"] for row in seed_rows("ref_portrait_inputs")}
    assert used == {row["dimension_code"] for row in seed_rows("ref_portrait_dimensions")}


def test_a_tag_rests_on_records_or_on_one_feature_never_on_both() -> None:
    for row in seed_rows("ref_portrait_tags"):
        assert (row["kind"] == "record") == bool(row["dataset"]), row
        assert (row["kind"] == "input") == bool(row["feature"]), row


@pytest.mark.parametrize("seed", ["ref_loan_scorecard", "ref_portrait_scorecard", "ref_portrait_inputs"])
def test_every_number_of_ours_is_marked_as_a_project_default(seed: str) -> None:
    assert all("本项目拟定" in row["basis"] for row in seed_rows(seed))

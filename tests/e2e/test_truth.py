"""What the pipeline makes of a city whose truth is known: faults, identity and the order of the scores."""

from __future__ import annotations

import pytest
from creditlake.lake import LakePaths, reading

from bench import truth
from tests.e2e.harness import City

UNDAMAGED = ("clean_uscc", "org_code_only", "registration_no_only", "tax_no_15", "tax_no_18")
"""Kinds of identity whose code, embedded organisation code or registration number is undamaged."""


def test_every_faulty_row_is_in_quarantine_under_its_rules_and_no_other_row_is(lake: LakePaths, city: City) -> None:
    expected = truth.expected_quarantine(city.truth.parent)

    assert len(expected) > 100
    assert list(truth.differences(expected, truth.quarantined(lake))) == []


def test_every_broken_file_is_refused_for_its_reason_and_no_other_file_is(lake: LakePaths, city: City) -> None:
    expected = truth.expected_refusals(city.truth.parent)

    assert set(expected.values()) >= {"zero_bytes", "html", "truncated", "missing_header", "unknown_header"}
    assert truth.refusals(lake) == expected


def test_every_warning_is_one_that_was_planted_and_its_row_is_kept(lake: LakePaths, city: City) -> None:
    expected = truth.expected_warnings(city.truth.parent, lake)

    assert sum(expected.values()) > 10
    assert list(truth.differences(expected, truth.warnings(lake))) == []


def test_what_is_modelled_and_counted_is_counted(lake: LakePaths, city: City) -> None:
    planted = f"select count(*) from {truth.truth_of(city.truth.parent, 'faults')} where kind = ?"

    with reading(lake) as connection:
        (unknown,) = connection.execute(planted, ["unknown_subject"]).fetchall()
        (ended,) = connection.execute(planted, ["after_deregistration"]).fetchall()
        resolved = connection.execute(
            "select count(*) filter (where is_after_deregistration) from lake.intermediate.int_credit_records"
        ).fetchall()
        unresolved = connection.execute(
            f"""select count(*) from lake.intermediate.int_unresolved_records as records
            inner join lake.ops.batches as batches on records.batch_id = batches.batch_id
            inner join {truth.truth_of(city.truth.parent, "records")} as truth
                on truth.file = batches.feed || '/' || batches.source_name and truth.source_row = records.source_row
            where truth.identity = 'unknown_subject'"""
        ).fetchall()

    assert unknown[0] > 0 and ended[0] > 0
    assert 0 < unresolved[0][0] <= unknown[0]
    assert resolved[0][0] >= ended[0]


def test_links_are_right_and_complete_where_the_evidence_is_undamaged(lake: LakePaths, city: City) -> None:
    found = truth.links(lake, city.truth.parent)

    assert truth.precision(found) >= 0.9995
    assert {kind: found[kind].recall for kind in UNDAMAGED} == dict.fromkeys(UNDAMAGED, 1.0)
    assert found["unknown_subject"].unnamed > 0 and found["unknown_subject"].wrong == 0


def test_the_score_orders_the_hidden_compliance_and_every_grade_is_held(lake: LakePaths, city: City) -> None:
    judged = truth.scores(lake, city.truth.parent)
    grades = truth.grades(judged)

    assert truth.auc(judged) >= 0.7
    assert set(grades) == {"A", "B", "C", "D"}
    assert min(grades.values()) >= 0.005
    assert max(grades, key=lambda grade: grades[grade]) == "B"


@pytest.mark.parametrize(
    ("expected", "found", "told"),
    [({1: {"a"}}, {1: {"a"}}, 0), ({1: {"a"}}, {}, 1), ({}, {1: {"a"}}, 1), ({1: {"a"}}, {1: {"b"}}, 1)],
)
def test_a_difference_is_told_both_ways(expected: dict[int, set[str]], found: dict[int, set[str]], told: int) -> None:
    assert len(list(truth.differences(expected, found))) == told

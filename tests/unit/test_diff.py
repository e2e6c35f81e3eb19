"""The causes of what changed between two releases: proved by them, or said to be unknown."""

from __future__ import annotations

import pytest
from creditlake.diff import CannotCompare, difference, told
from creditlake.lake import LakePaths
from creditlake.release import Release
from creditlake.release.deltas import BaseDamaged, base_of

from tests.unit.report_release import QUIET, USCC
from tests.unit.two_releases import LATER, NEW, OLD, SAME_DAY, causes, changes_of, of_day

GONE = "delete from mart_credit_records where record_id = 'R1'"
COUNTED = "update mart_subject_profiles set penalty_count_visible = 0 where subject_id = 'S1'"
NEW_BATCH = (
    "insert into mart_batch_ledger values ('penalty', 'decisions', 'p-9', date '2026-10-20', 'accepted', 1, 'ff')",
    "update mart_credit_records set batch_id = 'p-9', source_row = 7, amount_yuan = 30000 where record_id = 'R1'",
    "update mart_subject_profiles set fines_yuan_visible = 30000 where subject_id = 'S1'",
)


def test_the_same_content_a_month_later_has_no_change(paths: LakePaths) -> None:
    old, new = of_day(paths, OLD), of_day(paths, NEW)

    assert changes_of(paths, old, new) == []
    assert told(difference(paths, old, new, USCC), new).endswith("两个版本之间没有变化")


def test_a_new_version_of_a_record_names_its_batch_and_row_and_moves_its_number(paths: LakePaths) -> None:
    changes = changes_of(paths, of_day(paths, OLD), of_day(paths, NEW, *NEW_BATCH))

    (record,) = [one for one in changes if one.part == "record"]
    assert (record.item, record.change) == ("R1", "changed")
    assert (record.old["amount_yuan"], record.new["amount_yuan"]) == ("20000.0", "30000.0")
    assert record.causes == (
        {"cause_code": "source", "since_date": "2026-10-20", "batch_id": "p-9", "source_row": 7},
    )  # fmt: skip
    assert causes(changes, "profile") == {("fines_yuan_visible", "changed"): [("source", "2026-10-20")]}


def test_a_record_past_its_last_day_expired_whatever_else_is_known(paths: LakePaths) -> None:
    old = of_day(paths, OLD, "update mart_credit_records set visible_until = date '2026-10-30' where record_id = 'R1'")
    changes = changes_of(paths, old, of_day(paths, NEW, GONE, COUNTED))

    assert causes(changes, "record") == {("R1", "removed"): [("expiry", "2026-10-31")]}
    assert causes(changes, "profile") == {("penalty_count_visible", "changed"): [("expiry", "2026-10-31")]}


def test_a_record_on_its_last_day_has_not_expired(paths: LakePaths) -> None:
    old = of_day(paths, OLD, "update mart_credit_records set visible_until = date '2026-10-31' where record_id = 'R1'")

    assert causes(changes_of(paths, old, of_day(paths, NEW, GONE)), "record") == {
        ("R1", "removed"): [("unknown", None)]
    }


def test_why_a_record_went_is_read_from_the_deltas_of_the_newer_release(paths: LakePaths) -> None:
    repaired = (
        "alter table mart_profile_deltas add column since_date date",
        "insert into mart_profile_deltas select 'S1', 'record', sha256('R1'), 'removed', 'repair', null, null,"
        " date '2026-10-15'",
    )
    old, new = of_day(paths, OLD), of_day(paths, NEW, GONE, COUNTED, *repaired, base=OLD)
    found = difference(paths, old, new, USCC)

    assert found.ends_from == "release"
    assert causes(list(found.changes), "record") == {("R1", "removed"): [("repair", "2026-10-15")]}
    assert causes(list(found.changes), "profile") == {("penalty_count_visible", "changed"): [("repair", "2026-10-15")]}
    text = told(found, new)
    assert "不再列示内容" in text
    assert "罚〔2026〕7号" not in text and "20000" not in text


def test_rules_are_the_cause_only_where_nothing_else_differs(paths: LakePaths) -> None:
    old = of_day(paths, OLD)
    alone, both = of_day(paths, SAME_DAY, GONE, COUNTED, code="1"), of_day(paths, NEW, GONE, COUNTED, code="1")

    assert causes(changes_of(paths, old, alone), "record") == {("R1", "removed"): [("rule", None)]}
    assert causes(changes_of(paths, old, alone), "profile") == {("penalty_count_visible", "changed"): [("rule", None)]}
    assert causes(changes_of(paths, old, both), "record") == {("R1", "removed"): [("unknown", None)]}


def test_a_number_that_no_record_moved_was_moved_by_time_or_is_unexplained(paths: LakePaths) -> None:
    lower = "update mart_subject_profiles set permits_valid = 0 where subject_id = 'S1'"
    old = of_day(paths, OLD)

    assert causes(changes_of(paths, old, of_day(paths, NEW, lower)), "profile") == {
        ("permits_valid", "changed"): [("window", None)]
    }
    assert causes(changes_of(paths, old, of_day(paths, SAME_DAY, lower)), "profile") == {
        ("permits_valid", "changed"): [("unknown", None)]
    }


def test_a_penalty_that_grew_older_moves_the_score_by_its_item(paths: LakePaths) -> None:
    younger = [
        f"update {mart} set item_code = 'S01-4' where item_code = 'S01-5'"
        for mart in ("mart_evaluation_points", "mart_profile_reasons")
    ]
    points = "update mart_evaluation_points set points = -120 where item_code = 'S01-4'"
    score = "update mart_subject_profiles set evaluation_score = 725.0 where subject_id = 'S1'"
    changes = changes_of(paths, of_day(paths, OLD, *younger, points, score), of_day(paths, NEW))

    assert causes(changes, "record") == {}
    assert causes(changes, "profile") == {("evaluation_score", "changed"): [("window", None)]}
    items = {(one.item, one.change): (one.old, one.new) for one in changes if one.part == "evaluation"}
    assert items == {("S01-4", "removed"): (-120, None), ("S01-5", "added"): (None, -84)}


def test_a_penalty_that_left_the_twelve_months_says_since_when(paths: LakePaths) -> None:
    decided = "update mart_credit_records set occurred_date = date '2025-10-10' where record_id = 'R1'"
    fewer = "update mart_subject_profiles set penalty_count_12m = 0 where subject_id = 'S1'"
    changes = changes_of(paths, of_day(paths, OLD, decided), of_day(paths, NEW, decided, fewer))

    assert causes(changes, "profile") == {("penalty_count_12m", "changed"): [("window", "2026-10-10")]}


def test_a_record_that_hangs_on_another_subject_is_a_change_of_identity_on_both_sides(paths: LakePaths) -> None:
    moved = "update mart_credit_records set subject_id = 'S2' where record_id = 'R1'"
    old, new = of_day(paths, OLD), of_day(paths, NEW, moved)

    assert causes(changes_of(paths, old, new), "record") == {("R1", "removed"): [("identity", None)]}
    assert causes(changes_of(paths, old, new, QUIET), "record") == {("R1", "added"): [("identity", None)]}


MERGED = "insert into mart_subject_merges values ('M1', '合并', 'S1', 'S2', date '2026-09-20', null)"
ON_THE_OTHER = "update mart_credit_records set subject_id = 'S2' where record_id = 'R1'"


def test_a_merge_is_the_cause_of_what_hangs_on_the_one_that_stays(paths: LakePaths) -> None:
    old, new = of_day(paths, OLD), of_day(paths, NEW, MERGED, ON_THE_OTHER)

    assert causes(changes_of(paths, old, new), "record") == {("R1", "removed"): [("merge", "2026-09-20")]}
    assert causes(changes_of(paths, old, new, QUIET), "record") == {("R1", "added"): [("merge", "2026-09-20")]}


def test_a_merge_taken_back_is_the_cause_of_what_hangs_on_the_first_one_again(paths: LakePaths) -> None:
    taken_back = "update mart_subject_merges set reversed_date = date '2026-10-21'"
    old, new = of_day(paths, OLD, MERGED, ON_THE_OTHER), of_day(paths, NEW, MERGED, taken_back)

    assert causes(changes_of(paths, old, new), "record") == {("R1", "added"): [("split", "2026-10-21")]}
    assert causes(changes_of(paths, old, new, QUIET), "record") == {("R1", "removed"): [("split", "2026-10-21")]}


def test_a_merge_that_stood_in_both_is_no_cause(paths: LakePaths) -> None:
    old, new = of_day(paths, OLD, MERGED), of_day(paths, NEW, MERGED, ON_THE_OTHER)

    assert causes(changes_of(paths, old, new), "record") == {("R1", "removed"): [("identity", None)]}


def test_a_known_row_of_a_subject_that_is_new_came_by_its_registration(paths: LakePaths) -> None:
    old = of_day(paths, OLD, "delete from mart_subjects where subject_id = 'S1'",
                 "delete from mart_credit_records", "delete from mart_subject_profiles")  # fmt: skip
    came = (
        "insert into mart_batch_ledger values ('registration', 'subjects', 'g-9', date '2026-10-20', 'accepted',1,'f')"
    )
    known = "update mart_credit_records set feed = 'penalty', dataset = 'decisions', batch_id = 'p-2'"
    changes = changes_of(paths, old, of_day(paths, NEW, came, known))

    assert causes(changes, "subject") == {("subject_id", "added"): [("registration", None)]}
    assert set(map(tuple, causes(changes, "record").values())) == {(("registration", None),)}
    assert causes(changes, "profile") == {}


def test_a_loan_score_without_authorisation_is_told_without_its_figures(paths: LakePaths) -> None:
    ended = ("delete from mart_loan_scores", "delete from mart_loan_score_points")
    (change,) = changes_of(paths, of_day(paths, OLD), of_day(paths, NEW, *ended))

    assert (change.part, change.change, change.old, change.new) == ("loan_score", "removed", None, None)
    assert change.causes == ({"cause_code": "authorisation", "since_date": None},)


def test_a_dataset_that_came_for_the_first_time_explains_no_portrait_by_time(paths: LakePaths) -> None:
    first = "insert into mart_batch_ledger values ('water', 'debts', 'u-1', date '2026-10-20', 'accepted', 1, 'ff')"
    score = "update mart_subject_portraits set score = 50.0 where dimension_code = 'tax'"
    old = of_day(paths, OLD)

    assert causes(changes_of(paths, old, of_day(paths, NEW, score)), "portrait") == {
        ("tax", "changed"): [("window", None)]
    }
    assert causes(changes_of(paths, old, of_day(paths, LATER, score, first)), "portrait") == {
        ("tax", "changed"): [("unknown", None)]
    }


def test_a_percentile_moves_with_its_peers(paths: LakePaths) -> None:
    lower = "update mart_subject_portraits set peer_percentile = 10.0 where dimension_code = 'tax'"

    (change,) = changes_of(paths, of_day(paths, OLD), of_day(paths, NEW, lower))

    assert (change.part, change.item, change.causes[0]["cause_code"]) == ("percentile", "tax", "peers")


def sealed(release: Release) -> Release:
    (release.folder / "seal.json").write_text("{}", encoding="utf-8")
    return release


def test_what_cannot_be_compared_is_refused(paths: LakePaths) -> None:
    old, new = of_day(paths, OLD), of_day(paths, NEW)

    with pytest.raises(CannotCompare, match="is of a later day than"):
        difference(paths, new, old, USCC)
    with pytest.raises(CannotCompare, match="neither release has a subject with the code or key 'nobody'"):
        difference(paths, old, new, "nobody")
    new.mart("mart_credit_records").write_bytes(b"damaged")
    with pytest.raises(BaseDamaged, match="mart_credit_records of"):
        difference(paths, old, new, USCC)
    with pytest.raises(CannotCompare, match=f"{OLD} is sealed: its marts were taken away"):
        difference(paths, sealed(old), new, USCC)


def test_the_base_is_the_newest_release_of_an_earlier_day_that_is_not_sealed(paths: LakePaths) -> None:
    august = of_day(paths, "2026-08-31-dddddddddddd")
    september = of_day(paths, OLD)
    october = of_day(paths, NEW)

    found = [base_of(paths, release.as_of) for release in (august, september, october)]
    assert [base.release_id if base else None for base in found] == [None, august.release_id, OLD]
    sealed(september)
    base = base_of(paths, october.as_of)
    assert base is not None and base.release_id == august.release_id

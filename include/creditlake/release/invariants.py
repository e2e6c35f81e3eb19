"""What must hold of every release, whoever built it: the invariants of the public interface.

Each is one statement over the exported marts that counts the rows it judged and the rows that break it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from creditlake.checks import Check
from creditlake.lake.tables import identifier
from creditlake.release.marts import Mart


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule over the marts.

    Attributes:
        over: The mart whose rows are judged.
        broken: SQL that is true of a row which breaks the rule.
    """

    name: str
    over: str
    broken: str

    @property
    def marts(self) -> frozenset[str]:
        """The marts it reads; a release of before one of them was introduced is not judged by it."""
        return frozenset(re.findall(r"\bmart_[a-z_]+", f"{self.over} {self.broken}"))


def _exists(mart: str, condition: str) -> str:
    return f"not exists (select 1 from {mart} other where {condition})"


INVARIANTS = (
    Invariant(
        "ledger_closes",
        "mart_batch_ledger",
        "rows_landed <> rows_validated + rows_quarantined + rows_refused"
        " or least(rows_validated, rows_quarantined, rows_refused) < 0",
    ),
    Invariant(
        "record_comes_from_an_accepted_batch",
        "mart_credit_records",
        _exists(
            "mart_batch_ledger",
            "other.feed = it.feed and other.dataset = it.dataset and other.batch_id = it.batch_id"
            " and other.source_sha256 = it.source_sha256 and it.source_row between 1 and other.rows_landed"
            " and other.rows_validated > 0",
        ),
    ),
    Invariant(
        "every_subject_has_a_profile",
        "mart_subjects",
        _exists("mart_subject_profiles", "other.subject_id = it.subject_id"),
    ),
    *(
        Invariant(f"subject_exists_{mart}", mart, _exists("mart_subjects", "other.subject_id = it.subject_id"))
        for mart in (
            "mart_credit_records",
            "mart_subject_profiles",
            "mart_evaluation_points",
            "mart_profile_reasons",
            "mart_profile_deltas",
            "mart_subject_portraits",
            "mart_portrait_tags",
            "mart_loan_scores",
            "mart_loan_score_points",
        )
    ),
    Invariant("no_record_is_shown_past_its_term", "mart_credit_records", "it.visible_until < as_of"),
    Invariant("no_record_is_of_the_future", "mart_credit_records", "coalesce(it.occurred_date > as_of, true)"),
    Invariant("minor_penalties_are_not_shown", "mart_credit_records", "it.feed = 'penalty' and it.severity = 'minor'"),
    Invariant(
        "tag_evidence_is_a_released_record",
        "mart_portrait_tags",
        "it.evidence_record_id is not null and "
        + _exists(
            "mart_credit_records", "other.record_id = it.evidence_record_id and other.subject_id = it.subject_id"
        ),
    ),
    Invariant(
        "evaluation_score_is_the_sum_of_its_points",
        "mart_subject_profiles",
        "it.evaluation_score is distinct from (select sum(other.points) from mart_evaluation_points other"
        " where other.subject_id = it.subject_id)",
    ),
    Invariant(
        "reason_is_a_released_record",
        "mart_profile_reasons",
        _exists("mart_credit_records", "other.record_id = it.record_id and other.subject_id = it.subject_id"),
    ),
    Invariant(
        "delta_says_nothing_of_a_removed_record",
        "mart_profile_deltas",
        "it.item_type = 'record' and it.change_type = 'removed' and (not regexp_full_match(it.item, '[0-9a-f]{64}')"
        " or it.batch_id is not null or it.source_row is not null)",
    ),
    Invariant(
        "delta_names_released_records_alone",
        "mart_profile_deltas",
        "it.item_type = 'record' and it.change_type <> 'removed' and "
        + _exists("mart_credit_records", "other.record_id = it.item and other.subject_id = it.subject_id"),
    ),
    Invariant(
        "delta_codes_are_explained",
        "mart_profile_deltas",
        "exists (select 1 from (values ('item_type', it.item_type), ('change_type', it.change_type),"
        " ('cause_code', it.cause_code)) as used(name, code) where "
        + _exists("mart_code_lists", "other.column_name = used.name and other.code = used.code")
        + ")",
    ),
    Invariant("index_points_in_bounds", "mart_city_credit_index", "it.points < 0 or it.points > it.points_max"),
    Invariant(
        "index_children_sum_to_the_parent",
        "mart_city_credit_index",
        "it.indicator_code in (select parent_code from mart_city_credit_index) and "
        "(it.points, it.points_max) <> (select (sum(other.points), sum(other.points_max))"
        " from mart_city_credit_index other where other.parent_code = it.indicator_code"
        " and other.period = it.period and other.area_code = it.area_code"
        " and other.spec_version = it.spec_version)",
    ),
    Invariant("index_total_has_100_points", "mart_city_credit_index", "it.level = 0 and it.points_max <> 100"),
    Invariant(
        "unavailable_indicators_earn_nothing",
        "mart_city_credit_index",
        "it.source_mode = 'unavailable' and it.points <> 0",
    ),
    Invariant(
        "loan_score_is_base_plus_points",
        "mart_loan_scores",
        "it.score is not null and it.score is distinct from it.base + (select sum(other.points)"
        " from mart_loan_score_points other where other.subject_id = it.subject_id and other.model_id = it.model_id)",
    ),
    Invariant(
        "loan_subject_is_scored_or_stopped",
        "mart_loan_scores",
        "(it.score is null or it.grade is null) and it.hard_stop_code is null",
    ),
    Invariant(
        "loan_subject_has_each_feature_once",
        "mart_loan_scores",
        "it.score is not null and (select count(*) from mart_loan_score_points other"
        " where other.subject_id = it.subject_id and other.model_id = it.model_id) <> (select count(distinct feature)"
        " from mart_loan_score_points other where other.model_id = it.model_id)",
    ),
    Invariant(
        "loan_points_are_of_a_judged_subject",
        "mart_loan_score_points",
        _exists("mart_loan_scores", "other.subject_id = it.subject_id and other.model_id = it.model_id"),
    ),
    Invariant(
        "nothing_is_scored_after_a_hard_stop",
        "mart_loan_scores",
        "it.hard_stop_code is not null and (it.score is not null or it.grade is not null)",
    ),
    Invariant(
        "grade_follows_from_the_released_bands",
        "mart_subject_profiles",
        "it.evaluation_grade is not null and not (it.evaluation_grade = 'D' and it.is_on_serious_list) and "
        + _exists(
            "mart_code_lists",
            "other.column_name = 'evaluation_grade' and other.code = it.evaluation_grade"
            " and it.evaluation_score >= coalesce(other.lower, 0) and it.evaluation_score < coalesce(other.upper, 1e9)",
        ),
    ),
)


def check_release(folder: Path, marts: Sequence[Mart], as_of: str) -> Iterator[Check]:
    """Judge the exported marts of one folder; yield one critical check an invariant and one a grain.

    Args:
        folder: Where the Parquet files lie.
        as_of: The business date, ISO text.
    """
    with duckdb.connect() as connection:
        for mart in marts:
            path = str(folder / f"{mart.name}.parquet").replace("'", "''")
            connection.execute(f"create view {mart.name} as select * from read_parquet('{path}')")
        for mart in marts:
            yield _grain(connection, mart)
        released = {mart.name for mart in marts}
        for invariant in INVARIANTS:
            if invariant.marts <= released:
                yield _judge(connection, invariant, as_of)


def _grain(connection: duckdb.DuckDBPyConnection, mart: Mart) -> Check:
    keys = ", ".join(identifier(column) for column in mart.grain)
    nulls = " or ".join(f"{identifier(column)} is null" for column in mart.grain)
    return _check(
        connection,
        f"grain_{mart.name}",
        f"""select (select count(*) from {mart.name}),
                (select count(*) from (select 1 from {mart.name} group by {keys} having count(*) > 1))
                + (select count(*) from {mart.name} where {nulls})""",
    )


def _judge(connection: duckdb.DuckDBPyConnection, invariant: Invariant, as_of: str) -> Check:
    return _check(
        connection,
        invariant.name,
        f"""with day as (select date '{as_of}' as as_of)
            select (select count(*) from {invariant.over}),
                (select count(*) from {invariant.over} it, day where {invariant.broken})""",
    )


def _check(connection: duckdb.DuckDBPyConnection, name: str, statement: str) -> Check:
    row = connection.execute(statement).fetchone()
    assert row is not None  # a select without from always has a row
    evaluated, failed = int(row[0]), int(row[1])
    return Check(name, "release", "critical", "failed" if failed else "passed", evaluated, failed)

"""What a release says, as tables of the same keys and columns as the model's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from creditlake.release import Release

from tests.e2e.harness import query
from tests.histories.facts import Delivered, Key
from tests.histories.files import uscc
from tests.histories.index import AREAS, COUNTED
from tests.histories.marts import Table

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mart_subjects": ("subject_id", "uscc", "registration_status", "is_active", "subject_type", "district_code",
                      "established_date", "registered_capital_yuan", "industry_code", "industry_section"),
    "mart_credit_records": ("record_id", "subject_id", "feed", "dataset", "record_type", "polarity", "severity",
                            "occurred_date", "amount_yuan", "confiscated_yuan", "authority", "document_no",
                            "visible_until", "match_method", "is_objected", "is_after_deregistration",
                            "source_sha256", "source_row"),
    "mart_subject_profiles": ("subject_id", "evaluation_score", "evaluation_grade", "supervision_class",
                              "penalty_count_12m", "penalty_count_visible", "fines_yuan_visible", "tax_rating",
                              "tax_rating_year", "tax_arrears_yuan", "social_arrears_yuan", "insured_headcount",
                              "permits_valid", "is_on_serious_list", "is_abnormal"),
    "mart_evaluation_points": ("subject_id", "item_code", "points"),
    "mart_profile_reasons": ("subject_id", "item_code", "record_id", "falls_away_date"),
    "mart_subject_merges": ("decision_no", "subject_id", "decision_kind", "uscc", "merged_into", "decided_date",
                            "reversed_date", "decision_basis"),
    "mart_subject_portraits": ("subject_id", "dimension_code", "score", "coverage", "peer_group", "peer_percentile"),
    "mart_portrait_tags": ("subject_id", "tag_code", "evidence_record_id"),
    "mart_loan_scores": ("subject_id", "model_id", "base", "score", "grade", "hard_stop_code", "reason_1", "reason_2",
                         "reason_3", "reason_4"),
    "mart_loan_score_points": ("subject_id", "model_id", "feature", "bin_no", "points", "reason_code"),
    "mart_batch_ledger": ("source_sha256", "feed", "dataset", "delivered_date", "rows_landed", "rows_validated",
                          "rows_quarantined", "rows_refused", "status"),
    "mart_agency_timeliness": ("period", "publisher", "feed", "dataset", "records", "quarantined_records",
                               "unresolved_records"),
    "mart_profile_deltas": ("subject_id", "item_type", "item", "change_type", "cause_code", "since_date"),
}  # fmt: skip
"""The columns that are compared, of the marts that are."""
GRAINS = {
    "mart_subjects": ("subject",), "mart_credit_records": ("record",), "mart_subject_profiles": ("subject",),
    "mart_evaluation_points": ("subject", "item_code"), "mart_profile_reasons": ("subject", "item_code", "record"),
    "mart_subject_merges": ("decision_no",), "mart_subject_portraits": ("subject", "dimension_code"),
    "mart_portrait_tags": ("subject", "tag_code"), "mart_loan_scores": ("subject", "model_id"),
    "mart_loan_score_points": ("subject", "model_id", "feature"), "mart_batch_ledger": ("source_sha256",),
    "mart_agency_timeliness": ("period", "publisher", "dataset"),
}  # fmt: skip

FAILED = """select source_sha256, sum(case when severity = 'critical' then failed_rows else 0 end)
    from mart_quality_checks join mart_batch_ledger using (feed, dataset, batch_id) group by source_sha256"""

LEAVES = f"""select period, area_code, indicator_code, numerator, denominator from mart_city_credit_index
    where indicator_code in {COUNTED} and area_code in {AREAS}
        and source_mode = 'computed'"""


class Reader:
    """Reads releases of one lake; it learns which record has which id, and that it keeps it."""

    def __init__(self, subjects: Iterable[int]) -> None:
        self.by_code = {uscc(subject): subject for subject in subjects}
        self.subjects: dict[str, int] = {}
        self.records: dict[str, Key] = {}
        self.ids: dict[Key, str] = {}
        self.occurred: dict[str, Any] = {}

    def marts(self, release: Release, handed_over: Iterable[Delivered]) -> dict[str, Table]:
        """The compared columns of all compared marts but the changes."""
        found = {mart: rows(release, mart) for mart in GRAINS}
        self._learn(found, handed_over)
        tables = {mart: self._table(mart, found[mart]) for mart in GRAINS}
        judged = query(release, FAILED)
        tables["mart_quality_checks"] = {(batch,): {"failed_critical": int(failed)} for batch, failed in judged}
        tables["mart_city_credit_index"] = {
            (period, area, code): {"numerator": float(numerator), "denominator": float(denominator)}
            for period, area, code, numerator, denominator in query(release, LEAVES)
        }
        return tables

    def _learn(self, found: Mapping[str, list[dict[str, Any]]], handed_over: Iterable[Delivered]) -> None:
        sources = {(one.batch.sha256, one.row): one.statement.key for one in handed_over}
        for row in [*found["mart_subjects"], *found["mart_subject_merges"]]:
            self.subjects[row["subject_id"]] = self.by_code[row["uscc"]]
        for row in found["mart_credit_records"]:
            key = sources[row["source_sha256"], row["source_row"]]
            # a record keeps its id through all its versions, and no other one has it
            assert self.records.setdefault(row["record_id"], key) == key
            assert self.ids.setdefault(key, row["record_id"]) == row["record_id"]

    def _table(self, mart: str, told: list[dict[str, Any]]) -> Table:
        table: Table = {}
        for row in told:
            named = self._named(mart, row)
            key = tuple(named.pop(column) for column in GRAINS[mart])
            assert key not in table, f"{mart} has {key} twice"
            table[key] = named
        return table

    def _named(self, mart: str, row: dict[str, Any]) -> dict[str, object]:
        """The row with subjects and records by what the model calls them."""
        named: dict[str, object] = dict(row)
        if "subject_id" in named:
            named["subject"] = self.subjects[str(named.pop("subject_id"))]
        if "record_id" in named:
            named["record"] = self.records[str(named.pop("record_id"))]
        if "merged_into" in named:
            named["merged_into"] = self.subjects[str(named["merged_into"])]
        if "feed" in named:
            named["dataset"] = f"{named.pop('feed')}.{named['dataset']}"
        if "evidence_record_id" in named:
            record = named.pop("evidence_record_id")
            named["evidence"] = self.occurred.get(str(record)) if record else None
        if mart == "mart_credit_records":
            self.occurred[row["record_id"]] = row["occurred_date"]
        if mart in ("mart_subject_profiles", "mart_subject_portraits"):
            named = {name: float(value) if name in FLOATS and isinstance(value, Decimal) else value
                     for name, value in named.items()}  # fmt: skip
        return named


FLOATS = {"evaluation_score", "score", "coverage", "peer_percentile"}


def rows(release: Release, mart: str) -> list[dict[str, Any]]:
    """The compared columns of a mart, row by row."""
    columns = COLUMNS[mart]
    told = query(release, f"select {', '.join(columns)} from {mart}")
    return [dict(zip(columns, row, strict=True)) for row in told]

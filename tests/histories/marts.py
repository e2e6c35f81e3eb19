"""What the model says that the marts of a release must say: tables of the columns it knows, by keys it knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from tests.histories import cards, law
from tests.histories.facts import Delivered
from tests.histories.files import party, uscc
from tests.histories.index import index
from tests.histories.model import World
from tests.histories.portrait import loans, portraits, tags
from tests.histories.profile import Profile
from tests.histories.records import Record

Table = dict[tuple[object, ...], dict[str, object]]


def profiles(world: World) -> dict[int, Profile]:
    """Each subject's profile."""
    mine: dict[int, list[Record]] = {subject: [] for subject in world.subjects}
    for record in world.records:
        mine[record.subject].append(record)
    return {subject: Profile(world, subject, records) for subject, records in mine.items()}


def marts(world: World, handed_over: Iterable[Delivered]) -> Mapping[str, Table]:
    """All that the model says of a day."""
    judged = profiles(world)
    known = [one for one in handed_over if one.batch.delivered <= world.day]
    return {
        "mart_subjects": {(number,): row for number, row in subject_rows(judged)},
        "mart_credit_records": {(one.key,): record_row(world, one) for one in world.records},
        "mart_subject_profiles": {(number,): figures(one) for number, one in judged.items()},
        "mart_evaluation_points": dict(_points(judged)),
        "mart_profile_reasons": {
            (number, code, key): {"falls_away_date": day}
            for number, one in judged.items()
            if one.is_active
            for code, key, day in one.reasons()
        },
        "mart_subject_merges": {
            (one.number,): {
                "subject": one.subject,
                "decision_kind": one.kind,
                "uscc": uscc(one.subject),
                "merged_into": one.survivor,
                "decided_date": one.decided,
                "reversed_date": one.ended,
                "decision_basis": "重复登记",
            }
            for one in world.merges
        },
        "mart_subject_portraits": portraits(judged, {one.batch.dataset for one in known}),
        "mart_portrait_tags": tags(judged),
        **loans(judged),
        "mart_batch_ledger": dict(_ledger(known)),
        "mart_city_credit_index": index(world),
        # what the histories tell is told soundly
        "mart_quality_checks": {(sha256,): {"failed_critical": 0} for sha256 in {one.batch.sha256 for one in known}},
        "mart_agency_timeliness": _handed_over(known),
    }


def subject_rows(judged: Mapping[int, Profile]) -> Iterator[tuple[int, dict[str, object]]]:
    for number, one in judged.items():
        yuan = None if one.entry.yuan is None else Decimal(one.entry.yuan)
        yield number, {
            "uscc": uscc(number), "registration_status": one.entry.status, "is_active": one.is_active,
            "subject_type": "企业" if party(number) == "unit" else "个体工商户", "district_code": "150102",
            "established_date": one.entry.established, "registered_capital_yuan": yuan,
            "industry_code": "5211", "industry_section": "F",
        }  # fmt: skip


def record_row(world: World, one: Record) -> dict[str, object]:
    entry = world.subjects[one.subject]
    return {
        "subject": one.subject, "dataset": one.key[0], "record_type": one.record_type, "polarity": one.polarity,
        "severity": one.severity, "occurred_date": one.occurred, "amount_yuan": one.yuan, "confiscated_yuan": None,
        "authority": one.authority, "document_no": one.document, "visible_until": one.until,
        "match_method": "uscc", "is_objected": one.is_objected,
        "is_after_deregistration": not world.active(one.subject) and one.occurred > entry.approved,
        "source_sha256": one.source.batch.sha256, "source_row": one.source.row,
    }  # fmt: skip


def figures(one: Profile) -> dict[str, object]:
    score, grade = one.score(), one.grade_of_tax
    year_ago = law.after(one.world.day, -12)

    def banded(name: str, column: str) -> str | None:
        return None if score is None else "D" if one.is_serious else cards.band(name, column, score)

    return {
        "evaluation_score": None if score is None else float(score),
        "evaluation_grade": banded("ref_evaluation_grade", "grade"),
        "supervision_class": banded("ref_supervision_class", "supervision_class"),
        "penalty_count_12m": sum(each.occurred > year_ago for each in one.penalties),
        "penalty_count_visible": len(one.penalties),
        "fines_yuan_visible": sum((each.yuan or Decimal(0) for each in one.penalties), Decimal(0)),
        "tax_rating": grade.grade if grade else None,
        "tax_rating_year": grade.year if grade else None,
        "tax_arrears_yuan": one.arrears,
        "social_arrears_yuan": Decimal(0),
        "insured_headcount": None,
        "permits_valid": len(one.of("permit")),
        "is_on_serious_list": one.is_serious,
        "is_abnormal": bool(one.of("abnormal_operation")),
    }


def _points(judged: Mapping[int, Profile]) -> Iterator[tuple[tuple[object, ...], dict[str, object]]]:
    for number, one in judged.items():
        for item in one.items() if one.is_active else ():
            yield (number, item.code), {"points": item.points}


def _ledger(known: Iterable[Delivered]) -> Iterator[tuple[tuple[object, ...], dict[str, object]]]:
    for batch in {one.batch for one in known}:
        yield (batch.sha256,), {
            "dataset": batch.dataset, "delivered_date": batch.delivered, "rows_landed": batch.rows,
            "rows_validated": batch.rows, "rows_quarantined": 0, "rows_refused": 0, "status": "accepted",
        }  # fmt: skip


def _handed_over(known: Iterable[Delivered]) -> Table:
    """How many rows each publisher handed over a month: what was withdrawn, and all before it, counts nowhere."""
    withdrawn: dict[object, object] = {}
    for one in sorted(known, key=lambda each: each.order):
        if one.statement.is_withdrawal:
            withdrawn[one.statement.key] = one.order
    counts: dict[tuple[object, ...], int] = {}
    for one in known:
        gone = withdrawn.get(one.statement.key)
        if gone is None or one.order > gone:  # type: ignore[operator]
            dataset = one.statement.body.dataset
            publisher = getattr(one.statement.body, "authority", None) or PUBLISHERS[dataset]
            key = (f"{one.statement.provided:%Y-%m}", publisher, dataset)
            counts[key] = counts.get(key, 0) + 1
    return {key: {"records": count, "quarantined_records": 0, "unresolved_records": 0} for key, count in counts.items()}


PUBLISHERS = {
    "registration.subjects": "未载明",
    "identity.decisions": "呼和浩特市公共信用信息工作机构",
}
"""Who publishes what names no authority."""

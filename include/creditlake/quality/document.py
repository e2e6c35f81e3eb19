"""The validation result in the form Great Expectations stores it, from which its data docs are built.

It holds counts and the numbers of failing source rows; never a value, so never a person's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from creditlake.contracts import Dataset
from creditlake.quality.verdict import RuleResult
from creditlake.quality.view import view_name

if TYPE_CHECKING:
    from creditlake.quality.court import Expected

GX_VERSION = "1.24.1"


@dataclass(frozen=True, slots=True)
class Case:
    """Whose judgement it is: the batch, and the run that judged it."""

    dataset: Dataset
    delivered: date
    run_name: str
    batch_id: str
    rows: int


def validation_document(
    case: Case,
    expected: Sequence[Expected],
    results: Sequence[RuleResult],
    batch_results: Sequence[RuleResult],
    examples: Sequence[Sequence[int]],
) -> dict[str, Any]:
    """Return GX's validation result as JSON-able data; its run is named ``<run>__<batch id>``."""
    rows = [
        _row_entry(one, result, case.rows, example)
        for one, result, example in zip(expected, results, examples, strict=True)
    ]
    whole = [_batch_entry(result) for result in batch_results]
    entries = rows + whole
    passed = sum(entry["success"] for entry in entries)
    suite = f"{case.dataset.feed}.{case.dataset.name}"
    return {
        "success": passed == len(entries),
        "suite_name": suite,
        "results": entries,
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": len(entries),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(entries) - passed,
            "success_percent": 100.0 * passed / len(entries),
        },
        "meta": _meta(case),
        "id": None,
    }


def _meta(case: Case) -> dict[str, Any]:
    return {
        "great_expectations_version": GX_VERSION,
        "run_id": {
            "run_name": f"{case.run_name}__{case.batch_id}",
            "run_time": f"{case.delivered.isoformat()}T00:00:00+00:00",
        },
        "active_batch_definition": {
            "datasource_name": "batches",
            "data_connector_name": "fluent",
            "data_asset_name": view_name(case.dataset),
            "batch_identifiers": {"batch_id": case.batch_id},
        },
        "batch_id": case.batch_id,
        "dataset_title": case.dataset.title,
    }


def _row_entry(one: Expected, result: RuleResult, rows: int, example: Sequence[int]) -> dict[str, Any]:
    rule = one.rule
    share = 100.0 * result.failed / result.evaluated if result.evaluated else 0.0
    return _entry(
        result,
        rule.type,
        dict(rule.arguments),
        rule.basis,
        {
            "element_count": rows,
            "missing_count": rows - result.evaluated,
            "unexpected_count": result.failed,
            "unexpected_percent": share,
            "unexpected_percent_nonmissing": share,
            "partial_unexpected_index_list": [{"_source_row": number} for number in example],
        },
    )


def _batch_entry(result: RuleResult) -> dict[str, Any]:
    return _entry(result, f"batch_{result.rule_id.rpartition('.')[2]}", {}, "", {"observed_value": result.failed == 0})


def _entry(
    result: RuleResult, kind: str, arguments: dict[str, Any], basis: str, outcome: dict[str, Any]
) -> dict[str, Any]:
    return {
        "success": result.failed == 0,
        "expectation_config": {
            "type": kind,
            "kwargs": arguments,
            "meta": {"rule_id": result.rule_id, "title": result.title, "severity": result.severity, "basis": basis},
            "description": f"【{result.rule_id}】{result.title}",
            "severity": result.severity,
            "id": None,
        },
        "result": outcome,
        "meta": {},
        "exception_info": {"raised_exception": False, "exception_traceback": None, "exception_message": None},
    }

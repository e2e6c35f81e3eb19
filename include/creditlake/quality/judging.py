"""Judging one batch: the view, GX's counts, the compiled scan, their agreement, and the verdict."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from creditlake.contracts import Dataset
from creditlake.quality import compiled
from creditlake.quality.court import Court, Expected, Hearing
from creditlake.quality.document import Case, validation_document
from creditlake.quality.repeats import find_repeats
from creditlake.quality.verdict import FAILED_ROWS_SCHEMA, RuleResult, Severity, Verdict
from creditlake.quality.view import view_name, view_sql

LINEAGE = frozenset({"_batch_id", "_source_sha256", "_source_row", "_ragged"})


def judge_batch(court: Court, bronze_file: Path, delivered: date, run_name: str, batch_id: str) -> Verdict:
    """Judge one batch in a court; see ``creditlake.quality.judge``."""
    dataset, connection = court.dataset, court.connection
    columns = [name for name in pq.read_schema(bronze_file).names if name not in LINEAGE]
    find_repeats(connection, dataset, bronze_file, columns)
    connection.execute(view_sql(dataset, court.suite.derived, bronze_file, columns, delivered))
    hearing = court.hearing()
    counted = court.count()
    conditions = [one.failing_sql for one in hearing.expected]
    combinations, numbers = compiled.scan(connection, conditions, view_name(dataset))
    by_scan = compiled.counts(combinations, len(conditions))
    rows = int(counted[hearing.row_count.id])
    results = [_result(one, counted, rows) for one in hearing.expected]
    batch_results, refused = _judge_whole(court, hearing, counted, rows, columns, delivered, results, by_scan)
    failed = FAILED_ROWS_SCHEMA.empty_table()
    if refused is None:
        ids = [one.rule.rule_id for one in hearing.expected]
        critical = frozenset(at for at, one in enumerate(hearing.expected) if one.rule.severity == "critical")
        failed = compiled.failed_rows(connection, combinations, numbers, ids, critical)
    case = Case(dataset, delivered, run_name, batch_id, rows)
    examples = _examples(combinations, numbers, len(conditions))
    return Verdict(
        rows=rows,
        results=(*results, *batch_results),
        failed_rows=failed,
        refused=refused,
        document=validation_document(case, hearing.expected, results, batch_results, examples),
    )


def _result(one: Expected, counted: dict[Any, Any], rows: int) -> RuleResult:
    evaluated = rows
    if one.aside is not None:
        aside = int(counted[one.aside.id] or 0)
        evaluated = aside if one.aside_is_scope else rows - aside
    failed = int(counted[one.failed.id] or 0)
    return RuleResult(one.rule.rule_id, one.rule.title, one.rule.severity, "row", evaluated, failed)


def _judge_whole(
    court: Court,
    hearing: Hearing,
    counted: dict[Any, Any],
    rows: int,
    columns: list[str],
    delivered: date,
    results: list[RuleResult],
    by_scan: list[int],
) -> tuple[list[RuleResult], str | None]:
    """Judge the batch as a whole; the second value says why it is refused."""
    dataset = court.dataset
    missing = [name for name in dataset.header_required if name not in columns]
    differing = [
        f"{result.rule_id} {result.failed} by GX, {scanned} by the scan"
        for result, scanned in zip(results, by_scan, strict=True)
        if result.failed != scanned
    ]
    bounds = dataset.rows
    reasons = (
        f"missing_header: it came without {', '.join(missing)}" if missing else None,
        f"too_few_rows: it has {rows} rows; the contract asks for at least {bounds.min}" if rows < bounds.min else None,
        f"agreement: {'; '.join(differing)}" if differing else None,
    )
    checks: list[RuleResult] = [
        _whole(dataset, "header", "表头含有全部必备字段", "critical", failed=bool(missing)),
        _whole(dataset, "row_count", f"行数不少于{bounds.min}", "critical", failed=rows < bounds.min),
        _whole(dataset, "row_count_high", f"行数不多于{bounds.max}", "warning", failed=rows > bounds.max),
        _whole(dataset, "agreement", "两次独立计数一致", "critical", failed=bool(differing)),
    ]
    stale = _is_stale(court, hearing, counted, delivered)
    if stale is not None:
        days = court.suite.fresh_within_days
        checks.append(_whole(dataset, "freshness", f"最新文书距报送不超过{days}天", "warning", failed=stale))
    return checks, next((reason for reason in reasons if reason), None)


def _whole(dataset: Dataset, name: str, title: str, severity: Severity, *, failed: bool) -> RuleResult:
    return RuleResult(f"{dataset.feed}.{dataset.name}.{name}", title, severity, "batch", 1, int(failed))


def _is_stale(court: Court, hearing: Hearing, counted: dict[Any, Any], delivered: date) -> bool | None:
    """Say whether the newest document is too old; None where the suite does not ask or no document has a date."""
    if hearing.newest is None or court.suite.fresh_within_days is None:
        return None
    newest = counted[hearing.newest.id]
    if newest is None:
        return None
    return (delivered - date.fromisoformat(str(newest)[:10])).days > court.suite.fresh_within_days


def _examples(combinations: list[compiled.Combination], numbers: Any, rules: int) -> list[list[int]]:
    """Return, rule by rule, the first source rows that broke it: numbers only, at most 20."""
    examples: list[list[int]] = [[] for _ in range(rules)]
    rows = numbers["rows"]
    for at, (places, _) in enumerate(combinations):
        if not places:
            continue
        first = rows[at].values.slice(0, 20).to_pylist()
        for place in places:
            examples[place] = sorted([*examples[place], *first])[:20]
    return examples

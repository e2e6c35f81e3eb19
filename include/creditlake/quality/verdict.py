"""What a judgement is: counts by rule, the rows that must go, and whether the file is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

Severity = Literal["critical", "warning"]
Scope = Literal["row", "batch"]

FAILED_ROWS_SCHEMA = pa.schema([pa.field("_source_row", pa.int64()), pa.field("_failed_rules", pa.list_(pa.string()))])


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The outcome of one rule over one batch.

    Attributes:
        evaluated: Rows the rule judged (a row rule) or 1 (a batch rule).
        failed: Rows that broke it, or 1 when the batch did.
    """

    rule_id: str
    title: str
    severity: Severity
    scope: Scope
    evaluated: int
    failed: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of judging one batch.

    Attributes:
        rows: Rows of the batch.
        results: One for every rule of the suite, in its order; then the batch rules.
        failed_rows: ``_source_row BIGINT, _failed_rules VARCHAR[]``, ordered by row: every row that broke a critical
            rule, with all the rules it broke, warnings too. No cap.
        refused: Why the whole batch is refused (``agreement: …``, ``too_few_rows: …``, ``missing_header: …``), or None.
        document: The validation result as Great Expectations writes it, for the data docs; no values of any row.
    """

    rows: int
    results: tuple[RuleResult, ...]
    failed_rows: pa.Table
    refused: str | None
    document: dict[str, Any]

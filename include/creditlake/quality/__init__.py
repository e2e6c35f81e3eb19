"""Judging a batch: Great Expectations counts, one compiled scan names the rows, and both must agree.

Importing this package is cheap; Great Expectations is imported with the first batch that is judged.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from creditlake.contracts import Dataset
from creditlake.quality.normalise import normalised_columns_sql
from creditlake.quality.verdict import RuleResult, Verdict


def judge(bronze_file: Path, dataset: Dataset, delivered: date, run_name: str, batch_id: str) -> Verdict:
    """Judge one batch by its dataset's suite.

    Args:
        bronze_file: Parquet of the delivered columns as text, with ``_source_row`` (1..n) and ``_ragged``.
        delivered: The batch's delivered date: nothing in it may lie later.
        run_name: The run that judges, for the data docs.

    Raises:
        duckdb.Error: the file cannot be read.
        ValueError: the dataset has no suite, or a suite contradicts its contract.
    """
    from creditlake.quality.court import court_of
    from creditlake.quality.judging import judge_batch

    return judge_batch(court_of(dataset), bronze_file, delivered, run_name, batch_id)


__all__ = ["RuleResult", "Verdict", "judge", "normalised_columns_sql"]

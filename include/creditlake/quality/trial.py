"""Trying a suite before any batch has come: a wrong type, argument or column in SQL shows on a batch without rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from great_expectations.exceptions import GreatExpectationsError

from creditlake.contracts import Dataset
from creditlake.quality.court import court_of
from creditlake.quality.judging import judge_batch


def suite_problem(dataset: Dataset, folder: Path, scratch: Path) -> str:
    """Return why the suite in ``folder`` cannot judge its dataset; empty when it can."""
    empty = scratch / f"{dataset.table}.parquet"
    texts = dict.fromkeys((*dataset.column_names, "_ragged", "_batch_id", "_source_sha256"), pa.string())
    pq.write_table(pa.schema(texts | {"_source_row": pa.int64()}).empty_table(), empty)
    try:
        judge_batch(court_of(dataset, folder), empty, date(2026, 1, 1), "trial", "trial")
    except (ValueError, TypeError, duckdb.Error, sa.exc.SQLAlchemyError, GreatExpectationsError) as error:
        return " ".join(str(error).split())
    return ""

"""The code lists name every code that the library itself can write into a mart."""

from __future__ import annotations

from typing import get_args

from creditlake.contracts import all_datasets, load_feeds
from creditlake.refusal import Code

from tests.dbt.seeds import seed_rows


def codes_of(column: str) -> set[str]:
    """Return the codes that ``ref_code_values`` lists for one column."""
    return {row["code"] for row in seed_rows("ref_code_values") if row["column_name"] == column}


def test_every_reason_to_refuse_a_file_is_listed() -> None:
    assert codes_of("refusal_code") == set(get_args(Code))


def test_every_declared_feed_and_dataset_is_listed() -> None:
    assert codes_of("feed") == set(load_feeds())
    assert codes_of("dataset") == {dataset.name for dataset in all_datasets()}

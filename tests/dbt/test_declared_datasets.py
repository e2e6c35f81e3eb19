"""The one list of datasets in the dbt project says what the contracts say."""

from __future__ import annotations

import re

from creditlake.contracts import all_datasets, load_feeds
from creditlake.home import dbt_project

LINE = re.compile(r"""\["(\w+)", "(\w+)", (?:'(".+")'|"('.+')")\]""")


def test_the_models_read_every_declared_dataset_with_its_publisher() -> None:
    macro = (dbt_project() / "macros" / "declared_datasets.sql").read_text(encoding="utf-8")
    listed = {(feed, dataset): column or publisher for feed, dataset, column, publisher in LINE.findall(macro)}

    publishers = {feed.name: f"'{feed.publisher}'" for feed in load_feeds().values()}
    assert listed == {
        (dataset.feed, dataset.name): f'"{dataset.publisher_column}"'
        if dataset.publisher_column
        else publishers[dataset.feed]
        for dataset in all_datasets()
    }

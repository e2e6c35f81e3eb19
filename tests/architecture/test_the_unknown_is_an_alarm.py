"""Law L10: what is not understood is refused or quarantined with a reason, never defaulted."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditlake.bronze import Batch, load_bronze
from creditlake.connectors.files import discover, undeclared_folders
from creditlake.contracts import Column, load_feeds
from creditlake.ingest import validate
from creditlake.lake import LakePaths
from creditlake.landing import land
from creditlake.quality.suite import load_suite

from tests.architecture.tree import write_tree
from tests.conftest import AS_OF
from tests.unit.clean_rows import CLEAN
from tests.unit.deliveries import RATINGS, bronze_of, drop_ratings, ratings_csv

COLOUR = (*RATINGS, "颜色")
CLOSED_LISTS = ("expect_column_values_to_be_in_set",)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (ratings_csv({"颜色": "红"}, header=COLOUR).encode(), "ratings.csv", "unknown_header"),
        (ratings_csv({}, header=RATINGS[:-1]).encode(), "ratings.csv", "unknown_header"),
        (ratings_csv({}).split("\n", 1)[1].encode(), "ratings.csv", "missing_header"),
        (ratings_csv({}).encode() + b"\xff\xfe\xfa\n", "ratings.csv", "undecodable"),
        (ratings_csv({}).encode(), "ratings.ods", "unknown_format"),
        (ratings_csv({}).encode(), "rating.csv", "unknown_dataset"),
    ],
)
def test_l10_an_unknown_column_encoding_format_or_dataset_is_refused(
    paths: LakePaths, tmp_path: Path, content: bytes, name: str, code: str
) -> None:
    drop_ratings(tmp_path, content, name)
    (delivery,) = discover(tmp_path / "drop", load_feeds()["tax"])

    (batch,) = load_bronze(paths, land(paths, delivery), AS_OF)

    assert isinstance(batch, Batch)
    assert batch.refusal.startswith(f"{code}: ")
    assert not batch.rows_file(paths).exists()


def test_l10_a_folder_that_no_contract_declares_is_named(tmp_path: Path) -> None:
    write_tree(tmp_path, {"water/arrears.csv": "户号\n", "tax/ratings.csv": "x\n"})

    assert undeclared_folders(tmp_path, load_feeds()) == ["water"]


def test_l10_an_unknown_word_in_a_contract_is_an_error(tmp_path: Path) -> None:
    write_tree(tmp_path, {"water.yml": "name: water\nconnector: files\ndatasets: {}\ncolour: blue\n"})

    with pytest.raises(TypeError, match=r"contract water\.yml"):
        load_feeds(tmp_path)


def test_l10_an_unknown_kind_of_column_is_an_error() -> None:
    with pytest.raises(ValueError, match="kind 'colour' is none of"):
        Column("颜色", "颜色", kind="colour")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CLEAN)
def test_l10_a_closed_list_keeps_what_is_not_in_it_out(name: str) -> None:
    feed, dataset = name.split(".")
    rules = load_suite(load_feeds()[feed].dataset(dataset)).rules

    closed = [rule for rule in rules if rule.type in CLOSED_LISTS]

    assert closed
    assert {rule.severity for rule in closed} == {"critical"}


def test_l10_an_unknown_category_or_shape_is_kept_out_and_not_guessed(paths: LakePaths, tmp_path: Path) -> None:
    (batch,) = bronze_of(
        paths, drop_ratings(tmp_path, ratings_csv({"评价年度": "二〇二五"}, {"信用等级": "甲"})), AS_OF
    )
    assert isinstance(batch, Batch)

    entry = validate(paths, batch, "test").entry

    assert (entry.rows_validated, entry.rows_quarantined) == (0, 2)

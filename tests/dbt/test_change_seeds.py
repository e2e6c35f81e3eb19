"""What a change is looked for in: every figure, input and dimension has its topics, and every topic is one."""

from __future__ import annotations

import yaml
from creditlake.contracts import all_datasets
from creditlake.home import dbt_project
from creditlake.release.causes import SUBJECT

from tests.dbt.seeds import seed_rows

TIME = {"record_age", "subject_age", "last_12_months"}


def names(part: str) -> set[str]:
    """What has topics of a part."""
    return {row["name"] for row in seed_rows("ref_change_topics") if row["part"] == part}


def profile_columns() -> set[str]:
    document = yaml.safe_load((dbt_project() / "models/marts/profiles/_profiles.yml").read_text(encoding="utf-8"))
    return {column["name"] for column in document["models"][0]["columns"]}


def test_every_figure_of_a_profile_is_compared() -> None:
    assert names("number") == profile_columns() - {"subject_id"}


def test_every_input_of_a_card_and_every_dimension_has_topics() -> None:
    cards = ("ref_evaluation_scorecard", "ref_loan_scorecard", "ref_portrait_scorecard")
    features = {row["feature"] for card in cards for row in seed_rows(card) if row["kind"] != "base"}

    assert names("feature") == features
    assert names("dimension") == {row["dimension_code"] for row in seed_rows("ref_portrait_dimensions")}


def test_every_topic_is_a_kind_of_record_a_column_of_the_subject_head_counts_or_time() -> None:
    kinds = {row["record_type"] for row in seed_rows("ref_record_types")}
    topics = {row["topic"] for row in seed_rows("ref_change_topics") if row["part"] != "source"}

    assert topics <= kinds | set(SUBJECT) | TIME | {"headcounts"}
    assert kinds - topics == {"red_listing", "commitment"}  # they move no number of a subject


def test_the_sources_of_topics_are_declared_datasets() -> None:
    sources = {row["name"]: row["topic"] for row in seed_rows("ref_change_topics") if row["part"] == "source"}

    assert sources.keys() == {"registration", "headcounts"}
    assert set(sources.values()) <= {f"{dataset.feed}.{dataset.name}" for dataset in all_datasets()}


def test_an_item_of_the_evaluation_is_named_once() -> None:
    items = [
        row["item_code"] for seed in ("ref_evaluation_scorecard", "ref_evaluation_caps") for row in seed_rows(seed)
    ]
    items += [row["code"] for row in seed_rows("ref_code_values") if row["column_name"] == "item_code"]

    assert len(items) == len(set(items))

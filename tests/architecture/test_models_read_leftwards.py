"""Laws L1, L2 and L3: the layers of the dbt project."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from creditlake.contracts import all_datasets, load_feeds
from creditlake.release.marts import Mart, released_marts

from tests.architecture import laws_of_models as laws
from tests.architecture.tree import DBT, models_of, write_tree

STAGING, INTERMEDIATE, MARTS = "models/staging/penalty", "models/intermediate/records", "models/marts/quality"
GOOD = {
    f"{STAGING}/stg_penalty__decisions.sql": "select * from {{ source('validated', 'penalty_decisions') }}",
    f"{INTERMEDIATE}/int_records.sql": "select * from {{ ref('stg_penalty__decisions') }}, {{ ref('ref_codes') }}",
    f"{MARTS}/mart_records.sql": "select * from {{ ref('int_records') }}",
    "seeds/ref_codes.csv": "code\n1\n",
}
Law = Callable[[Path], list[str]]


def test_l1_a_layer_reads_only_the_layer_to_its_left() -> None:
    assert models_of(DBT)
    assert laws.reading_rightwards(DBT) == []


def test_l1_a_small_sound_project_breaks_nothing(tmp_path: Path) -> None:
    assert laws.reading_rightwards(write_tree(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("path", "sql", "said"),
    [
        (f"{STAGING}/stg_penalty__x.sql", "select * from {{ ref('int_records') }}", "reads int_records (intermediate)"),
        (f"{INTERMEDIATE}/int_x.sql", 'select * from {{ ref("mart_records") }}', "reads mart_records (marts)"),
        (f"{MARTS}/mart_x.sql", "select * from {{ ref('stg_penalty__decisions') }}", "reads stg_penalty__decisions"),
        (f"{MARTS}/mart_x.sql", "select * from {{ ref('stg_penalty__' ~ name) }}", "reads stg_penalty__*"),
        (f"{INTERMEDIATE}/int_x.sql", "select * from {{ ref('nothing') }}", "neither model nor seed"),
        (f"{INTERMEDIATE}/int_x.sql", "select * from lake.marts.mart_records", "without ref()"),
        ("macros/hidden.sql", "{% macro x() %}select * from {{ ref('int_records') }}{% endmacro %}", "a macro reads"),
        ("models/reports/rep_x.sql", "select * from {{ ref('int_records') }}", "is no layer"),
    ],
)
def test_l1_a_wrong_arrow_is_found(tmp_path: Path, path: str, sql: str, said: str) -> None:
    project = write_tree(tmp_path, GOOD | {path: sql})

    assert any(said in problem for problem in laws.reading_rightwards(project))


def test_l1_an_arrow_in_a_comment_is_none(tmp_path: Path) -> None:
    sql = "-- unlike {{ ref('mart_records') }}\n{# {{ ref('mart_records') }} #}select * from {{ ref('ref_codes') }}"

    assert laws.reading_rightwards(write_tree(tmp_path, GOOD | {f"{INTERMEDIATE}/int_x.sql": sql})) == []


@pytest.mark.parametrize("law", [laws.sources_outside_staging, laws.joins_in_staging], ids=lambda law: law.__name__)
def test_l2_sources_are_read_in_staging_alone_and_staging_never_joins(law: Law) -> None:
    assert law(DBT) == []


def test_l2_one_staging_folder_per_feed_and_one_model_per_dataset() -> None:
    assert laws.staging_folders(DBT, set(load_feeds()), {(d.feed, d.name) for d in all_datasets()}) == []


def test_l2_a_source_right_of_staging_is_found(tmp_path: Path) -> None:
    sql = "select * from {{ source('validated', 'penalty_decisions') }}"

    assert laws.sources_outside_staging(write_tree(tmp_path, GOOD | {f"{MARTS}/mart_x.sql": sql}))


@pytest.mark.parametrize("sql", ["select 1 from {{ source('a', 'b') }} inner JOIN c", "select 1"])
def test_l2_staging_that_joins_or_reads_no_source_is_found(tmp_path: Path, sql: str) -> None:
    assert laws.joins_in_staging(write_tree(tmp_path, GOOD | {f"{STAGING}/stg_penalty__x.sql": sql}))


@pytest.mark.parametrize(
    ("feeds", "datasets", "sql", "said"),
    [
        ({"penalty", "water"}, set(), "select 1", "no staging folder for feed water"),
        (set(), set(), "select 1", "neither feed nor source"),
        ({"penalty"}, {("penalty", "appeals")}, "select 1", "no model stg_penalty__appeals"),
        ({"penalty"}, set(), "select * from {{ source('validated', 'tax_ratings') }}", "reads validated.tax_ratings"),
    ],
)
def test_l2_a_feed_that_is_not_staged_alone_is_found(
    tmp_path: Path, feeds: set[str], datasets: set[tuple[str, str]], sql: str, said: str
) -> None:
    project = write_tree(tmp_path, GOOD | {f"{STAGING}/stg_penalty__x.sql": sql})

    assert any(said in problem for problem in laws.staging_folders(project, feeds, datasets))


def test_l3_every_mart_has_an_enforced_contract_a_described_grain_and_an_exposure() -> None:
    assert [model for model in models_of(DBT) if model.layer == "marts"]
    assert laws.unpromised_marts(DBT) == []


def test_l3_the_prefix_says_the_layer() -> None:
    assert laws.misnamed_models(DBT) == []


def test_l3_a_mart_outside_its_layer_is_found(tmp_path: Path) -> None:
    assert laws.misnamed_models(write_tree(tmp_path, {f"{INTERMEDIATE}/mart_x.sql": "select 1"}))


MART_YML = """
models:
  - name: mart_records
    description: "One row per record."
    config: {contract: {enforced: true}, meta: {grain: [record_id]}}
    columns:
      - {name: record_id, data_type: string, description: "The record.", data_tests: [not_null]}
exposures:
  - {name: portal, type: application, depends_on: ["ref('mart_records')"]}
"""


def test_l3_a_promised_mart_breaks_nothing(tmp_path: Path) -> None:
    assert laws.unpromised_marts(write_tree(tmp_path, GOOD | {f"{MARTS}/_quality.yml": MART_YML})) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("enforced: true", "enforced: false", "enforces no contract"),
        ("grain: [record_id]", "grain: []", "is not among its columns"),
        ("grain: [record_id]", "grain: [batch_id]", "is not among its columns"),
        ("One row per record.", "Records.", "does not begin with its grain"),
        ('description: "The record."', 'description: ""', "no description or no type"),
        (", data_tests: [not_null]", "", "not tested for null"),
        ("ref('mart_records')", "ref('mart_other')", "has no exposure"),
        ("- name: mart_records", "- name: mart_other", "described nowhere"),
    ],
)
def test_l3_an_unpromised_mart_is_found(tmp_path: Path, old: str, new: str, said: str) -> None:
    project = write_tree(tmp_path, GOOD | {f"{MARTS}/_quality.yml": MART_YML.replace(old, new)})

    assert any(said in problem for problem in laws.unpromised_marts(project))


def test_l3_only_marts_are_released(tmp_path: Path) -> None:
    nodes = {
        "a": {"resource_type": "model", "name": "int_records", "config": {"meta": {"grain": ["x"]}}},
        "b": {"resource_type": "model", "name": "mart_records", "config": {"meta": {"grain": ["record_id"]}}},
        "c": {"resource_type": "test", "name": "mart_records_is_unique", "config": {}},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")

    assert released_marts(tmp_path) == [Mart("mart_records", ("record_id",))]


def test_l3_a_mart_without_grain_is_not_released(tmp_path: Path) -> None:
    nodes = {"a": {"resource_type": "model", "name": "mart_records", "config": {"meta": {}}}}
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")

    with pytest.raises(ValueError, match="declares no grain"):
        released_marts(tmp_path)


def test_every_model_begins_with_its_grain() -> None:
    assert laws.undescribed_models(DBT) == []


def test_a_model_without_its_grain_is_found(tmp_path: Path) -> None:
    assert "int_records: the file does not begin with its grain" in laws.undescribed_models(write_tree(tmp_path, GOOD))


def test_judgement_is_data_and_every_row_of_it_names_its_basis() -> None:
    assert sorted({problem.split(" row ")[0] for problem in laws.unfounded_seeds(DBT)}) == []


def test_a_row_without_its_basis_is_found(tmp_path: Path) -> None:
    founded = "seeds:\n  - {name: ref_industries, config: {meta: {basis: GB/T 4754-2017}}}\n"
    files = {
        "seeds/ref_terms.csv": "months,basis\n3,发改委令第58号\n6,\n",
        "seeds/ref_industries.csv": "code\nA\n",
        "seeds/ref.yml": founded,
    }

    assert laws.unfounded_seeds(write_tree(tmp_path, files)) == ["ref_terms row 2 has no basis"]

"""The models right of staging run on Spark as on DuckDB: no word there that one of them does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import laws_of_sql as laws
from tests.architecture.tree import ROOT, models_of, write_tree


def test_no_model_right_of_staging_uses_what_spark_reads_otherwise() -> None:
    assert len(models_of(ROOT / "dbt_project")) > 50
    assert laws.unportable(ROOT / "dbt_project") == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select list_sort(a) as b from t", "int_a calls list_sort()"),
        ("select * exclude (a) from t", "int_a uses select * exclude or except"),
        ('select "a" from t', "int_a uses a quoted name"),
        ("select a[1] from t", "int_a uses a list or an array index"),
        ("select date_diff('day', a, b) from t", "int_a calls date_diff()"),
        ("select regexp_extract(a, '\\d') from t where b = 'x\\y' and c = \\d", "int_a uses a backslash"),
        ("select extract(dow from a) from t", "int_a uses a day of the week"),
    ],
)
def test_what_only_one_engine_knows_is_found(tmp_path: Path, sql: str, said: str) -> None:
    project = write_tree(tmp_path, {"models/intermediate/a/int_a.sql": sql})

    assert said in laws.unportable(project)


def test_what_both_know_breaks_nothing(tmp_path: Path) -> None:
    sql = """-- list_sort(a) in a comment
    {% set x = ["a"] %}
    with n(i) as (values (1), (2)) select sum(case when a in (1, 2) then 1 else 0 end) as b,
        count(*) filter (where c = 'list_sort(a)') as d from {{ ref('t') }} group by 1"""

    assert laws.unportable(write_tree(tmp_path, {"models/intermediate/a/int_a.sql": sql})) == []

"""What linkage knows of letters: their sounds, and one error of writing counted in characters."""

from __future__ import annotations

import duckdb
import pytest
from creditlake.home import dbt_project
from jinja2 import Environment
from pypinyin import lazy_pinyin

from tests.dbt.seeds import seed_rows

GB_2312 = [
    bytes([row, cell]).decode("gb2312")
    for row in range(0xB0, 0xF8)
    for cell in range(0xA1, 0xFF)
    if not (row == 0xD7 and cell > 0xF9)
]
"""The 6,763 characters of the standard, levels one and two."""


def test_every_character_of_gb_2312_sounds_as_pypinyin_says() -> None:
    sounds = {row["letter"]: row["sound"] for row in seed_rows("ref_pinyin")}

    assert len(GB_2312) == 6763
    assert sounds == {letter: lazy_pinyin(letter)[0] for letter in GB_2312}


@pytest.mark.parametrize(
    ("one", "other", "is_one_error"),
    [
        ("蓝海", "蓝天", True),  # replaced
        ("蓝海", "海蓝", True),  # changed about
        ("蓝海", "蓝海天", True),  # added at the end
        ("蓝海科技", "海科技", True),  # lost in front
        ("蓝海科技", "蓝天科贸", False),  # two replaced
        ("蓝海科技", "科技蓝海", False),
        ("蓝海", "蓝海天云", False),
    ],
)
def test_one_error_is_counted_in_characters(one: str, other: str, is_one_error: bool) -> None:
    text = (dbt_project() / "macros" / "name_parts.sql").read_text(encoding="utf-8")
    macros = Environment().from_string(text).module
    steps, judged = macros.shared_beginnings("pair", "one", "other"), macros.is_one_error("one", "other")  # type: ignore[attr-defined]
    query = f"with pair as (select $one as one, $other as other), {steps} select {judged} from beginnings"

    with duckdb.connect() as connection:
        assert connection.execute(query, {"one": one, "other": other}).fetchone() == (is_one_error,)


def test_duckdb_s_own_distance_counts_bytes_and_is_therefore_not_used() -> None:
    with duckdb.connect() as connection:
        assert connection.execute("select levenshtein('蓝海', '蓝天')").fetchone() != (1,)
    models = (dbt_project() / "models").rglob("*.sql")
    assert [path.name for path in models if "levenshtein" in path.read_text(encoding="utf-8")] == []

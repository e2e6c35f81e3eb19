"""Law L6: a declared feed is wired end to end; and adding one touches its own files and one word."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditlake.contracts import load_feeds

from tests.architecture import laws_of_feeds as laws
from tests.architecture.tree import ROOT, write_tree

WATER = """
name: water
title: 供水
publisher: 供水公司
owner: 供水专员
legal_basis: 城市供水条例
schedule: "0 3 * * *"
connector: files
datasets:
  arrears:
    title: 水费欠缴
    key: [户号]
    subject: {uscc: 统一社会信用代码}
    rows: {min: 1, max: 10}
    columns: {统一社会信用代码: {kind: code}, 户号: {}}
"""
CONTRACT = {"include/creditlake/feeds/water.yml": WATER}
WIRED = CONTRACT | {
    "include/creditlake/synthetic/water.py": "",
    "expectations/water.yml": "name: water\ndatasets: {arrears: {groups: []}}\n",
    "dbt_project/models/staging/water/stg_water__arrears.sql": "select 1",
    "tests/fixtures/water/arrears.csv": "户号\n",
}


def test_l6_every_declared_feed_is_wired_end_to_end() -> None:
    assert len(load_feeds()) >= 6
    assert laws.unwired(ROOT) == []


def test_l6_a_feed_that_is_only_declared_is_found(tmp_path: Path) -> None:
    assert laws.unwired(write_tree(tmp_path, CONTRACT)) == [
        "water has no module in synthetic/",
        "water.arrears has no suite",
        "water.arrears is not staged",
        "water.arrears has no fixture",
    ]


@pytest.mark.parametrize("left_out", [path for path in WIRED if path not in CONTRACT])
def test_l6_each_missing_part_is_found(tmp_path: Path, left_out: str) -> None:
    tree = {path: text for path, text in WIRED.items() if path != left_out}

    assert len(laws.unwired(write_tree(tmp_path, tree))) == 1


def test_a_wired_feed_touches_its_own_files_alone(tmp_path: Path) -> None:
    root = write_tree(tmp_path, WIRED)

    assert laws.unwired(root) == laws.shared_edit_points(root) == laws.feeds_known_by_name(root) == []


def test_a_new_feed_is_one_word_in_one_shared_file_at_most() -> None:
    points = laws.shared_edit_points(ROOT)

    assert [path for path in points if not path.startswith("dbt_project/")] == []
    assert len(points) <= 1, points


def test_no_engine_and_no_dag_knows_a_feed_by_name() -> None:
    assert laws.feeds_known_by_name(ROOT) == []


@pytest.mark.parametrize("path", ["dbt_project/models/staging/_sources.yml", "dags/ingest_feeds.py"])
def test_a_file_that_lists_the_feeds_is_found(tmp_path: Path, path: str) -> None:
    root = write_tree(tmp_path, WIRED | {path: "x = ['water']"})

    assert laws.shared_edit_points(root) == [path]


@pytest.mark.parametrize("text", ['if feed == "water": pass', 'T = "water_arrears"', 'D = f("water.arrears")'])
def test_a_module_that_knows_a_feed_is_found(tmp_path: Path, text: str) -> None:
    assert laws.feeds_known_by_name(write_tree(tmp_path, WIRED | {"include/creditlake/bronze.py": text}))

"""The twelve laws of the house, and that each has a test with its number in its name."""

from __future__ import annotations

import ast
import re

from tests.architecture.tree import ROOT, parse, python_files

LAWS = {
    1: "a layer reads only the layer to its left",
    2: "source() only in staging; staging never joins; one staging folder per feed",
    3: "only marts are released, each with a contract, a grain and an exposure",
    4: "airflow, great_expectations, dbt and the catalogue have one place each",
    5: "rows landed = validated + quarantined + refused",
    6: "a declared feed is wired end to end",
    7: "the batch id is a hash of feed, dataset, member and content",
    8: "re-running or killing and running again ends in the same marts",
    9: "a reader sees release N or N+1, never a mix",
    10: "the unknown is an alarm, never a default",
    11: "no clock, no locale, no network inside the library",
    12: "landing and bronze are the vault; persons are keyed hashes from bronze on",
}


def test_every_law_has_a_test_that_names_it() -> None:
    names = {
        node.name
        for path in python_files(ROOT / "tests" / "architecture")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef)
    }

    tested = {int(found[1]) for name in names if (found := re.match(r"test_l([0-9]+)_", name))}

    assert tested == set(LAWS)

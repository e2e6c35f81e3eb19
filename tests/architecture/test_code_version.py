"""What a release's id hangs on: all that decides a number, and nothing of how data comes here or how it is shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from creditlake.connectors.spec import Database, TablePull
from creditlake.contracts import judged, load_feeds
from creditlake.home import decides_a_number
from creditlake.watch.spec import Watch

from tests.architecture.tree import ROOT

WAY = "bronze corrections ingest landing modelling quality readers release.publish"
"""The modules through which a row becomes a number."""
LOADED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(f"creditlake.{name}")
print("\\n".join(name for name in sys.modules if name.startswith("creditlake.")))
"""


def test_every_module_on_the_way_of_a_row_decides_a_number() -> None:
    command = [sys.executable, "-c", LOADED, *WAY.split()]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    files = {name.removeprefix("creditlake.").replace(".", "/") + ".py" for name in loaded}

    # a contract's way to its data is read with the contract and left out of its hash;
    # the source watch stands among the checks of a release and in none of its marts
    beside = {file for file in files if not decides_a_number(file) and not file.startswith("watch/")}
    assert beside == {
        "connectors/spec.py",
        "connectors/service_spec.py",
        "connectors/units.py",
    }


def test_where_the_code_lies_decides_no_number(tmp_path: Path) -> None:
    for part in ("dbt_project", "expectations"):
        shutil.copytree(ROOT / part, tmp_path / "middle" / part, ignore=shutil.ignore_patterns("target", "logs"))
    places = [tmp_path / name for name in ("before", "xbehind")]
    for place in places:
        shutil.copytree(ROOT / "include", place, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))

    command = [sys.executable, "-c", "from creditlake.home import code_version; print(code_version())"]
    home = {**os.environ, "CREDITLAKE_HOME": str(tmp_path / "middle")}
    versions = {
        subprocess.check_output(command, env={**home, "PYTHONPATH": str(place)}, cwd=tmp_path) for place in places
    }

    assert len(versions) == 1


def test_where_a_feed_comes_from_and_who_chases_it_decide_no_number() -> None:
    tax = load_feeds()["tax"]
    datasets = tuple(
        replace(dataset, watch=Watch(), pull=TablePull("share.tax", changed="GXSJ", overlap=timedelta(hours=2)))
        for dataset in tax.datasets
    )
    moved = replace(tax, owner="x", schedule="0 0 * * *", connector=Database("mysql", "tax"), datasets=datasets)

    assert judged(moved) == judged(tax)


def test_what_a_column_is_decides_a_number() -> None:
    tax = load_feeds()["tax"]
    ratings = tax.datasets[0]
    column = replace(ratings.columns[0], kind="text")
    changed = replace(tax, datasets=(replace(ratings, columns=(column, *ratings.columns[1:])), *tax.datasets[1:]))

    assert judged(changed) != judged(tax)

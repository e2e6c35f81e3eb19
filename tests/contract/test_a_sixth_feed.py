"""A feed nobody has heard of is landed, judged and entered by adding its contract and its suite: no code changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.test_feeds_are_data import WATER
from tests.architecture.tree import ROOT, write_tree
from tests.unit.clean_rows import invented_uscc

SUITE = """
name: water
datasets:
  arrears:
    groups:
      - type: expect_column_values_to_not_be_null
        severity: critical
        basis: 城市供水条例
        rules:
          required.户号: 户号必须填写
"""
TAKE = """
import json, sys
from datetime import date
from pathlib import Path
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths, reading
from creditlake.pipeline import ingest_feed

root = Path(sys.argv[1])
paths = LakePaths(root / "lake")
done = ingest_feed(paths, root / "drop", load_feeds()["water"], date(2026, 10, 31), "test")
with reading(paths) as lake:
    kept = lake.execute("select 户号 from lake.validated.water_arrears").fetchall()
    out = lake.execute("select _failed_rules from lake.quarantine.water_arrears").fetchall()
print(json.dumps([[o.entry.status for o in done.outcomes], kept, out]))
"""


def test_a_new_feed_is_taken_by_adding_its_contract_and_its_suite(tmp_path: Path) -> None:
    no_caches = shutil.ignore_patterns("__pycache__", "target", "logs")
    for folder in ("include/creditlake", "expectations", "dbt_project"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=no_caches)
    rows = f"统一社会信用代码,户号\n{invented_uscc(1)},A1\n{invented_uscc(2)},\n"
    added = {"include/creditlake/feeds/water.yml": WATER, "expectations/water.yml": SUITE}
    write_tree(tmp_path, added | {"drop/water/arrears-2026-10.csv": rows, "take.py": TAKE})
    settings = {"PYTHONPATH": str(tmp_path / "include"), "CREDITLAKE_HOME": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, str(tmp_path / "take.py"), str(tmp_path)],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [["accepted"], [["A1"]], [[["water.arrears.required.户号"]]]]

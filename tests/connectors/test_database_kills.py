"""``kill -9`` anywhere between the server and the lake, then the run again: every row exactly once.

A moment is one of the library's calls, so neither the machine's speed nor its load moves it.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from creditlake.lake import LakePaths

from tests.architecture.tree import ROOT
from tests.connectors.exchange import BATCH, CHANGED, Agency

KILLS = 8
SEED = 20261101
DAY = "2026-03-12"
BY_TIME: dict[str, Any] = {"changed": CHANGED, "overlap": {"minutes": 10}}
BY_BATCH: dict[str, Any] = {"batch": BATCH}


@pytest.fixture(scope="module")
def runner() -> Iterator[subprocess.Popen[str]]:
    """The process that pulls."""
    command = [sys.executable, "-m", "tests.connectors.killed"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 0


def run(runner: subprocess.Popen[str], agency: Agency, pull: dict[str, Any], **kill: int) -> int:
    """Pull in the other process; return the number of calls when it came to its end, -1 when it was killed."""
    found = agency.server.endpoint()
    endpoint = {name: getattr(found, name) for name in ("connection", "host", "port", "login", "password", "database")}
    order = {"kind": agency.server.kind, "endpoint": endpoint, "lake": str(agency.paths.root), "as_of": DAY} | kill
    assert runner.stdin is not None and runner.stdout is not None
    runner.stdin.write(json.dumps(order | {"pull": pull}) + "\n")
    runner.stdin.flush()
    return int(runner.stdout.readline())


def add(agency: Agency, round_no: int) -> list[str]:
    """Add rows that grow a batch, begin one, come on time, and are committed late; return their keys."""
    keys = [round_no * 10 + place for place in range(4)]
    agency.add(keys[0], 批次="A0", 更新时间=f"2026-03-12 10:{round_no:02d}:00")
    agency.add(keys[1], 批次=f"A{round_no}", 更新时间=f"2026-03-12 10:{round_no:02d}:00.000001")
    agency.add(keys[2], 批次=None, 更新时间=f"2026-03-12 10:{round_no:02d}:00")
    agency.add(keys[3], 批次="A0", 更新时间=f"2026-03-12 10:{max(0, round_no - 5):02d}:00")
    return [str(key) for key in keys]


@pytest.mark.parametrize("pull", [BY_TIME, BY_BATCH], ids=["by time of change", "by batch number"])
def test_kills_at_any_call_and_the_run_again_take_every_row_once(
    agency: Agency, runner: subprocess.Popen[str], pull: dict[str, Any]
) -> None:
    moments = random.Random(SEED)
    keys = add(agency, 0)
    calls = run(runner, agency, pull)
    killed = 0
    for round_no in range(1, KILLS + 1):
        keys += add(agency, round_no)
        killed += run(runner, agency, pull, call=moments.randint(1, calls)) < 0
    run(runner, agency, pull)
    run(runner, agency, pull)  # what waited in the inbox kept its source from being pulled on

    assert killed >= KILLS - 2
    assert agency.times_taken() == dict.fromkeys(keys, 1)
    assert [place for place in agency.paths.inbox.rglob("*") if place.is_file()] == []


@pytest.mark.parametrize("size", [1, 40_000, 120_000])
def test_a_kill_in_the_middle_of_a_file_leaves_nothing_behind_that_counts(
    agency: Agency, runner: subprocess.Popen[str], tmp_path: Path, size: int
) -> None:
    agency.paths = LakePaths(tmp_path / "without_catalogue")  # so that the first file that grows is the pulled one
    agency.paths.create()
    for key in range(1000):
        agency.add(key, 更新时间="2026-03-12 10:00:00")

    assert run(runner, agency, BY_TIME, bytes=size) == -1
    assert [place.stat().st_size for place in agency.paths.scratch.rglob("arrears-*.csv")] == [size]
    assert [place for place in agency.paths.inbox.rglob("*") if place.is_file()] == []
    assert run(runner, agency, BY_TIME) > 0
    assert agency.times_taken() == {str(key): 1 for key in range(1000)}

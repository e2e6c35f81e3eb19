"""``kill -9`` at ten random moments of a run, then the run again: the marts of an undisturbed run, and no reader ever
saw anything half-done (laws L8 and L9).

A moment is a share of the CPU time that a run takes which finds its files already ingested, as those after the first
kills do: so neither what else the machine does nor what earlier runs achieved moves a kill past the end.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.lake.fsck import fsck
from creditlake.pipeline import ingest_feed

from tests.e2e.harness import AS_OF, City, copy_of, incomplete, mart_hashes, start

KILLS = 10
SEED = 20261031


@contextmanager
def reader(paths: LakePaths) -> Iterator[list[str]]:
    """Read the current release again and again while the block runs; yield what was found wrong with it."""
    findings: list[str] = []
    stop = threading.Event()

    def poll() -> None:
        while not stop.is_set():
            wrong = incomplete(paths)
            if wrong is not None:
                findings.append(wrong)
            time.sleep(0.02)

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield findings
    finally:
        stop.set()
        thread.join()


def undisturbed(paths: LakePaths, drop: Path) -> float:
    """Run to the end in a process of its own and return the seconds of CPU time it took."""
    with start(paths, drop) as process:
        *_, seconds = cpu_seconds(process)
        assert process.returncode == 0, process.stderr and process.stderr.read().decode()
    return seconds


def once_ingested(paths: LakePaths, drop: Path) -> float:
    """Ingest a drop, then run to the end; return the seconds of CPU time that the run took."""
    for feed in load_feeds().values():
        ingest_feed(paths, drop, feed, AS_OF, "kill")
    return undisturbed(paths, drop)


def kill_after(paths: LakePaths, drop: Path, seconds: float) -> bool:
    """Start a run and kill it after some seconds of CPU time; say whether it was still at work."""
    with start(paths, drop) as process:
        for spent in cpu_seconds(process):
            if spent >= seconds:
                os.killpg(process.pid, signal.SIGKILL)
                return True
        return False


def cpu_seconds(process: subprocess.Popen[bytes]) -> Iterator[float]:
    """Yield the seconds of CPU time that a process has taken so far, until it ends."""
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        times = watched.cpu_times()
        yield times.user + times.system
        time.sleep(0.02)


def test_ten_kills_and_the_run_again_end_in_the_same_marts(
    village: City, village_lake: LakePaths, september_lake: LakePaths, tmp_path: Path
) -> None:
    duration = once_ingested(copy_of(september_lake, tmp_path / "undisturbed"), village.drop)
    moments = random.Random(SEED)
    lake = copy_of(september_lake, tmp_path / "lake")

    with reader(lake) as findings:
        # one moment in each tenth, early ones first: so every phase is still to be done when it is hit
        killed = [
            kill_after(lake, village.drop, (tenth + moments.random()) / KILLS * duration) for tenth in range(KILLS)
        ]
        undisturbed(lake, village.drop)

    assert sum(killed) >= KILLS - 1
    assert findings == []
    assert mart_hashes(lake) == mart_hashes(village_lake)
    assert fsck(lake) == []

"""``kill -9`` at ten random moments of a run, then the run again: the marts of an undisturbed run, and no reader ever
saw anything half-done (laws L8 and L9).
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

from creditlake.lake import LakePaths
from creditlake.lake.fsck import fsck

from tests.e2e.harness import City, copy_of, incomplete, mart_hashes, start

KILLS = 10
SEED = 20261031
LIMIT_SECONDS = 300


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
    """Run to the end in a process of its own and return the seconds it took."""
    begun = time.monotonic()
    with start(paths, drop) as process:
        _, told = process.communicate(timeout=LIMIT_SECONDS)
    assert process.returncode == 0, told.decode()
    return time.monotonic() - begun


def kill_after(paths: LakePaths, drop: Path, seconds: float) -> bool:
    """Start a run and kill it after some seconds; say whether it was still at work."""
    with start(paths, drop) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        return False


def test_ten_kills_and_the_run_again_end_in_the_same_marts(
    village: City, village_lake: LakePaths, september_lake: LakePaths, tmp_path: Path
) -> None:
    duration = undisturbed(copy_of(september_lake, tmp_path / "undisturbed"), village.drop)
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

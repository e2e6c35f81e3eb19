"""``kill -9`` at ten random moments of a run, then the run again: the marts of an undisturbed run, and no reader ever
saw anything half-done (laws L8 and L9).

A moment is a touch of a file of the lake, counted in a run whose files are already ingested, as those after the first
kills are: so neither what else the machine does nor what earlier runs achieved moves a kill past the end.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.lake.fsck import fsck
from creditlake.pipeline import ingest_feed

from tests import preloaded
from tests.e2e.harness import AS_OF, City, copy_of, incomplete, mart_hashes, run_arguments

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


def run(paths: LakePaths, drop: Path, moment: int = 0) -> tuple[int, str]:
    """Run in a process of its own, killed at a touch of a file of the lake; return its exit code and last line."""
    said = paths.root.with_name("said")
    arguments = [str(paths.root), str(moment), "--quiet", "run", *run_arguments(paths, drop)]
    code = preloaded.end(preloaded.start("tests.e2e.killed", arguments, said))
    text = said.read_text(encoding="utf-8")
    assert code in (0, -signal.SIGKILL), text
    return code, text.strip().rpartition("\n")[2]


def touches_once_ingested(paths: LakePaths, drop: Path) -> int:
    """Ingest a drop, then run to the end; return how often the run touched a file of the lake."""
    for feed in load_feeds().values():
        ingest_feed(paths, drop, feed, AS_OF, "kill")
    code, last = run(paths, drop)
    assert code == 0
    return int(last)


def test_ten_kills_and_the_run_again_end_in_the_same_marts(
    village: City, village_lake: LakePaths, september_lake: LakePaths, tmp_path: Path
) -> None:
    undisturbed = copy_of(september_lake, tmp_path / "undisturbed")
    touches = touches_once_ingested(undisturbed, village.drop)
    moments = random.Random(SEED)
    lake = copy_of(september_lake, tmp_path / "lake")

    with reader(lake) as findings:
        # one moment in each tenth, early ones first: so every phase is still to be done when it is hit
        codes = [
            run(lake, village.drop, int((tenth + moments.random()) / KILLS * touches) + 1)[0] for tenth in range(KILLS)
        ]
        codes.append(run(lake, village.drop)[0])

    assert codes == [-signal.SIGKILL] * KILLS + [0]
    assert findings == []
    made, alone = mart_hashes(lake), mart_hashes(village_lake)
    assert made == mart_hashes(undisturbed)
    # the other lake has no release of September to be compared with
    assert {name for name, sha256 in made.items() if alone[name] != sha256} == {"mart_profile_deltas"}
    assert fsck(lake) == []

"""The stages from landing to release, each timed by itself; prints one JSON document.

    python bench/stages.py DROP LAKE AS_OF

They are those of ``creditlake run``, by the same functions; only the loops are apart, so that each can be timed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from creditlake import pipeline
from creditlake.bronze import Batch
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths, Writer

Seconds = dict[str, dict[str, float]]


@contextmanager
def timed(seconds: Seconds, name: str) -> Iterator[None]:
    """Note wall-clock and CPU seconds of a block (all threads of this process)."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    seconds[name] = {
        "seconds": round(time.perf_counter() - wall, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
    }
    print(f"{name}: {seconds[name]}", file=sys.stderr, flush=True)


def run(drop: Path, paths: LakePaths, as_of: date) -> dict[str, object]:
    """Take a drop from landing to release and return the seconds of each stage, rows and files."""
    seconds: Seconds = {}
    with timed(seconds, "land"):
        deliveries = [one for feed in load_feeds().values() for one in pipeline.discover(drop, feed)]
        landed = [pipeline.land(paths, delivery) for delivery in deliveries]
    with timed(seconds, "bronze"):
        found = [batch for file in landed for batch in pipeline.load_bronze(paths, file, as_of)]
        batches = [batch for batch in found if isinstance(batch, Batch)]
    with timed(seconds, "validate_and_load"), Writer(paths) as writer:
        outcomes = [pipeline.validate(paths, batch, "bench", writer) for batch in batches]
    with timed(seconds, "dbt_build"):
        built = pipeline.build(paths, as_of)
    with timed(seconds, "publish"):
        release = pipeline.publish(paths, built, as_of, datetime(2026, 11, 1, tzinfo=UTC))
    entries = [outcome.entry for outcome in outcomes]
    return {
        "stages": seconds,
        "batches": len(entries),
        "refused": sum(entry.status == "refused" for entry in entries),
        "rows": sum(entry.rows_landed for entry in entries),
        "rows_quarantined": sum(entry.rows_quarantined for entry in entries),
        "nodes": {node.name: node.seconds for node in sorted(built.nodes, key=lambda node: -node.seconds)[:10]},
        "release_id": release.release_id,
    }


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), LakePaths.at(Path(sys.argv[2])), date.fromisoformat(sys.argv[3]))))

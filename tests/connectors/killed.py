"""A process that pulls and is killed by itself, with ``kill -9`` or at a byte, as often as it is told.

``python -m tests.connectors.killed`` reads one order a line (JSON: kind, endpoint, lake, as_of, pull, and one of
``call`` and ``bytes``) and answers with one line: the number of calls on the way when the run came to its end, else
-1. The libraries are loaded once; every run is a fork.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import creditlake
import great_expectations  # noqa: F401 # loaded once, before the forks
from creditlake import pipeline
from creditlake.connectors.endpoint import Endpoint
from creditlake.lake import LakePaths

from tests.connectors.exchange import tax

WAY = tuple(
    str(Path(creditlake.__file__).parent / part)
    for part in ("connectors/", "lake/", "landing.py", "bronze.py", "ingest.py", "pipeline.py")
)
"""Whose calls count: from the server to the lake, without the judge's many."""


def killing(calls: list[int], last: int) -> Callable[[FrameType, str, Any], None]:
    """Return a profiler that counts the calls on the way and kills this process at one of them."""

    def profiler(frame: FrameType, event: str, _: Any) -> None:
        if event.endswith("call") and frame.f_code.co_filename.startswith(WAY):
            calls[0] += 1
            if calls[0] == last:
                os.kill(os.getpid(), signal.SIGKILL)

    return profiler


def tell(calls: int) -> None:
    """Answer an order."""
    sys.stdout.write(f"{calls}\n")
    sys.stdout.flush()


def work(order: dict[str, Any]) -> None:
    """Do what an order says, and tell how many calls it took."""
    if "bytes" in order:  # the first file that grows beyond it ends the process there
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["bytes"], order["bytes"]))
    paths, feed = LakePaths(Path(order["lake"])), tax(order["kind"], **order["pull"])
    endpoint, day = Endpoint(**order["endpoint"]), date.fromisoformat(order["as_of"])
    calls = [0]
    sys.setprofile(killing(calls, order.get("call", -1)))
    pipeline.ingest_feed(paths, paths.root, feed, day, "kill", lambda _: endpoint)
    sys.setprofile(None)
    tell(calls[0])


def main() -> None:
    """Answer orders until there are no more."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            tell(-1)
        elif status:
            sys.exit(f"a run failed with {status}")


if __name__ == "__main__":
    main()

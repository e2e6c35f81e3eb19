"""``python -m MODULE ARGUMENT…`` in a process of its own, which need not load the large libraries again.

A server loads them once and is forked for every process; our own library it leaves to them.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["great_expectations", "dbt.cli.main", "dbt.adapters.duckdb"])


def start(
    module: str, arguments: list[str], said: Path, environment: Mapping[str, str] | None = None
) -> ForkServerProcess:
    """Start such a process, which leads a group of its own.

    Args:
        said: The file for what it says, on both outputs.
        environment: What is set there beside what is set here; ``PYTHONPATH`` goes before all else.
    """
    settings = {**os.environ, **(environment or {})}
    process = _FORKS.Process(target=_work, args=(module, arguments, said, settings))
    process.start()
    return process


def end(process: ForkServerProcess) -> int:
    """Wait for its end; return its exit code, the negative signal of one that was killed."""
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _work(module: str, arguments: list[str], said: Path, settings: Mapping[str, str]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(settings)
    with open(said, "w", encoding="utf-8") as handle:
        for descriptor in (1, 2):
            os.dup2(handle.fileno(), descriptor)
    sys.path[:0] = [place for place in settings.get("PYTHONPATH", "").split(os.pathsep) if place]
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)

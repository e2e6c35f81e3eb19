"""What Airflow costs: the same city by ``creditlake run`` and by its DAGs, each in a process of its own.

    python bench/dag_path.py --subjects 20000 --out bench/results/dag_path.json

Both run in the order command, DAGs, DAGs, command (``--rounds`` times), each time into an empty lake. Seconds and CPU
seconds (of the process and its children) leave out interpreter start: libraries, and for the DAGs Airflow, its database
and the reading of the DAG files, are loaded before the clock starts; ``load_seconds`` tells what that took. The DAGs do
what ``creditlake run`` does: every ``ingest_<feed>``, ``build_profiles`` and ``publish_release``, task by task in one
process (``DAG.test``). A scheduler adds its own waiting and one interpreter a task, whatever the size.

The result is one JSON document: ``cli`` and ``dag`` with the median seconds and CPU seconds, ``overhead`` = dag / cli
- 1. Exit 1 when the two ways did not give one and the same release.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

AS_OF = date(2026, 10, 31)
CLI, DAG = "cli", "dag"
ORDER = (CLI, DAG, DAG, CLI)


def by_command(lake: Path, drop: Path) -> Callable[[], None]:
    """Load what ``creditlake run`` needs; return its work."""
    import creditlake.commands.making  # noqa: F401
    from creditlake import pipeline
    from creditlake.lake import LakePaths

    return lambda: _discard(pipeline.run(LakePaths(lake), drop, AS_OF, datetime.now(UTC), "bench"))


def by_dags(lake: Path, drop: Path) -> Callable[[], None]:
    """Load Airflow, its database and the DAG files; return the work of the DAGs."""
    from creditlake.orchestration.environment import environment

    settings = environment(lake.with_suffix(".airflow"), lake, drop)
    os.environ.update(settings | {"CREDITLAKE_APPROVAL": "automatic"})
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, stdout=subprocess.DEVNULL)

    from creditlake.orchestration.local import Dags

    dags = Dags(Path(settings["AIRFLOW__CORE__DAGS_FOLDER"]))
    ingest = [dag_id for dag_id in dags.ids if dag_id.startswith("ingest_")]

    def work() -> None:
        for dag_id in (*ingest, "build_profiles", "publish_release"):
            ran = dags.run(dag_id, AS_OF)
            if ran.state != "success":
                raise RuntimeError(f"{dag_id} ended {ran.state}: {ran.states}")

    return work


def measure(way: str, lake: Path, drop: Path) -> dict[str, Any]:
    """Run one way in this process and return its seconds and its release."""
    begun = time.perf_counter()
    import dbt.cli.main  # noqa: F401
    import great_expectations  # noqa: F401
    from creditlake.lake import LakePaths
    from creditlake.release import current

    work = {CLI: by_command, DAG: by_dags}[way](lake.absolute(), drop.absolute())
    load, wall, cpu = time.perf_counter() - begun, time.perf_counter(), _cpu_seconds()
    work()
    return {
        "load_seconds": round(load, 2),
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(_cpu_seconds() - cpu, 2),
        "release_id": current(LakePaths(lake)).release_id,
    }


def bench(subjects: int, months: int, seed: int, rounds: int, folder: Path) -> dict[str, Any]:
    """Measure both ways over one city, alternately; everything is written under ``folder``."""
    city = folder / "city"
    shape = [f"--subjects={subjects}", f"--months={months}", f"--seed={seed}", f"--out={city}"]
    subprocess.run(
        [sys.executable, "-m", "creditlake.cli", "--quiet", "generate", *shape], check=True, stdout=sys.stderr
    )
    runs: dict[str, list[dict[str, Any]]] = {CLI: [], DAG: []}
    for number, way in enumerate(ORDER * rounds):
        lake = folder / f"lake-{number}"
        runs[way].append(_apart(way, lake, city / "drop"))
        shutil.rmtree(lake)
    figures = ("load_seconds", "seconds", "cpu_seconds")
    middle = {
        way: {name: round(median(run[name] for run in made), 2) for name in figures} for way, made in runs.items()
    }
    return {
        "subjects": subjects,
        "months": months,
        "seed": seed,
        "cpus": os.cpu_count(),
        **middle,
        "overhead": {name: round(middle[DAG][name] / middle[CLI][name] - 1, 3) for name in figures[1:]},
        "release_ids": sorted({run["release_id"] for made in runs.values() for run in made}),
        "runs": runs,
    }


def _apart(way: str, lake: Path, drop: Path) -> dict[str, Any]:
    """Measure one way in a process of its own, whose words go to stderr."""
    command = [sys.executable, __file__, "--way", way, "--lake", str(lake), "--drop", str(drop)]
    with tempfile.NamedTemporaryFile(dir=lake.parent, suffix=".json") as answer:
        subprocess.run([*command, "--out", answer.name], check=True, stdout=sys.stderr)
        found: dict[str, Any] = json.loads(Path(answer.name).read_text(encoding="utf-8"))
    print(f"{way}: {found}", file=sys.stderr, flush=True)
    return found


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _discard(_: object) -> None:
    """Nothing."""


def main() -> int:
    """Measure what the arguments say and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subjects", type=int, default=20_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=1, help="each of two runs by command and two by DAGs")
    parser.add_argument("--work", type=Path, default=None, help="folder for city and lakes; default: a temporary one")
    parser.add_argument("--out", type=Path, default=None, help="file for the result; default: stdout")
    one = parser.add_argument_group("one way alone, in this process")
    one.add_argument("--way", choices=(CLI, DAG))
    one.add_argument("--lake", type=Path)
    one.add_argument("--drop", type=Path)
    options = parser.parse_args()
    if options.way:
        result = measure(options.way, options.lake, options.drop)
    else:
        with tempfile.TemporaryDirectory(prefix="creditlake-bench-", dir=options.work) as folder:
            result = bench(options.subjects, options.months, options.seed, options.rounds, Path(folder))
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return int(len(result.get("release_ids", [""])) != 1)


if __name__ == "__main__":
    sys.exit(main())

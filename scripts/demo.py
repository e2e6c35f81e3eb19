"""``make demo``: a synthetic city runs through every DAG, in this process, to a published release.

Airflow's own words go to a log file; here stands what happens. Run again, it finds the same release, quickly.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from creditlake.commands.summary import summarise
from creditlake.contracts import Dataset, all_datasets
from creditlake.corrections import write_open_rows
from creditlake.lake import LakePaths, reading
from creditlake.lake.backup import restore
from creditlake.orchestration.environment import environment
from creditlake.release import NoRelease, current

VAR = Path(__file__).resolve().parents[1] / "var"
SUBJECTS, SEED, MONTHS, AS_OF = 2000, 20261031, 12, date(2026, 10, 31)
AFTER_INGEST = ("feed_cutoff", "build_profiles", "publish_release", "quality_docs", "fsck_lake", "maintain_lake")


class Stopped(Exception):
    """A DAG failed; the message names it and its tasks."""


class Stage:
    """Tells people what happens, while everything else on stdout and stderr goes to the log."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.started = out, time.monotonic()

    def say(self, text: str) -> None:
        """Write one line of progress."""
        print(f"[{time.monotonic() - self.started:5.0f} s] {text}", file=self.out, flush=True)


@contextlib.contextmanager
def quietly(log: Path) -> Iterator[Stage]:
    """Send this process's stdout and stderr, its libraries' too, into a log file while the block runs."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    kept, kept_errors = os.dup(1), os.dup(2)
    with open(log, "w", encoding="utf-8") as file, os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield Stage(out)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(kept, 1)
            os.dup2(kept_errors, 2)


def main() -> int:
    """Run the demo and return its exit code."""
    options = _options()
    log = VAR / "demo.log"
    paths = LakePaths(options.lake.resolve())
    os.umask(0o077)
    os.environ.update(environment(VAR / "airflow", paths.root, VAR / "city" / "drop"))
    here = dict.fromkeys(("CREDITLAKE_CATALOG", "CREDITLAKE_DATA", "CREDITLAKE_LANDING", "CREDITLAKE_BACKUPS"), "")
    os.environ.update(here | {"CREDITLAKE_APPROVAL": "automatic"})
    try:
        with quietly(log) as stage:
            run(stage, paths, options.subjects)
    except Stopped as stopped:
        print(f"demo: {stopped}; see {log}", file=sys.stderr)
        return 1
    print(f"\n{summarise(paths, current(paths), {})}\n\nlog        {log}\nAirflow    make up")
    return 0


def run(stage: Stage, paths: LakePaths, subjects: int) -> None:
    """Generate the city, run every DAG, and, for a new release, the drills on a restored copy of the lake."""
    before = _current_id(paths)
    stage.say(f"{subjects} invented businesses, {MONTHS} months until {AS_OF}; Airflow prepares its database")
    migration = subprocess.Popen([sys.executable, "-m", "airflow", "db", "migrate"])
    _generate(VAR / "city", subjects)
    if migration.wait():
        raise Stopped("airflow db migrate failed")

    from creditlake.orchestration.local import Dags, TaskLogs

    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger().addHandler(TaskLogs(Path(os.environ["AIRFLOW_HOME"]) / "logs"))
    dags = Dags(Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]))
    stage.say(f"{len(dags.ids)} DAGs")
    for dag_id in (*(name for name in dags.ids if name.startswith("ingest_")), *AFTER_INGEST):
        _one(stage, dags, dag_id)
    saved = _one(stage, dags, "backup_lake")
    if _current_id(paths) != before:
        _drill(stage, dags, paths.root / "backups" / str(saved.xcoms["back_up"]))
    stage.say("done")


def _one(stage: Stage, dags: Any, dag_id: str, **conf: str | bool) -> Any:
    ran = dags.run(dag_id, AS_OF, **conf)
    stage.say(f"{dag_id:24} {ran.state:8} {_words(ran.xcoms)}")
    if ran.state != "success":
        raise Stopped(f"{dag_id} failed at {', '.join(ran.failed)}")
    return ran


def _words(xcoms: dict[str, Any]) -> str:
    """What the tasks counted."""
    counts = {name: value for result in xcoms.values() if isinstance(result, dict) for name, value in result.items()}
    counts |= {name: len(value) for name, value in counts.items() if isinstance(value, list)}
    return ", ".join(f"{name} {value}" for name, value in counts.items() if isinstance(value, int) and value)


def _drill(stage: Stage, dags: Any, backup: Path) -> None:
    """Rebuild and replay on a lake put back from the back-up, so that the released one stays as it is."""
    copy = LakePaths(VAR / "drill")
    shutil.rmtree(copy.root, ignore_errors=True)
    restore(backup, copy)
    kept = os.environ["CREDITLAKE_LAKE"]
    os.environ["CREDITLAKE_LAKE"] = str(copy.root)
    try:
        _one(stage, dags, "rebuild_lake", confirm=True)
        for dataset in all_datasets():
            if _correct_one_row(copy, dataset):
                _one(stage, dags, "replay_quarantine", dataset=f"{dataset.feed}.{dataset.name}", file="demo.csv")
                break
    finally:
        os.environ["CREDITLAKE_LAKE"] = kept
        shutil.rmtree(copy.root)


def _correct_one_row(paths: LakePaths, dataset: Dataset) -> bool:
    """Write a quarantined row that lacks one required text, with that text; False where there is none."""
    target = paths.root / "corrections" / "demo.csv"
    target.parent.mkdir(exist_ok=True)
    with reading(paths) as connection:
        write_open_rows(connection, dataset, target)
    with open(target, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = {f"{dataset.feed}.{dataset.name}.required.{name}": name for name in dataset.of_kind("text")}
    found = next((row for row in rows if row["_failed_rules"] in texts), None)
    if found is None:
        return False
    found[texts[found["_failed_rules"]]] = "补录"
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, found)
        writer.writeheader()
        writer.writerow(found)
    return True


def _generate(city: Path, subjects: int) -> None:
    from creditlake.synthetic import generate

    generate(subjects, SEED, city, months=MONTHS, until=AS_OF)


def _current_id(paths: LakePaths) -> str | None:
    try:
        return current(paths).release_id
    except NoRelease:
        return None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, default=VAR / "lake", metavar="DIR", help="the lake (default var/lake)")
    parser.add_argument("--subjects", type=int, default=SUBJECTS, metavar="N", help=f"default {SUBJECTS}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

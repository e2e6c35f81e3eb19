"""The validation against its floor: one file of millions of rows, and the fixed cost of a batch.

    python bench/floor_validation.py --rows 5000000

The floor is SQL written by hand (floor_penalty.sql) that judges the same rules of penalty.decisions and writes the same
two outputs. Both must name the same failing rows with the same rules, so it is an oracle of the compiled rules too.
The fixed cost is that of small files of all datasets (the rows of tests/fixtures), from landing to the lake's commit.
CPU seconds are those of this process, all threads. Prints one JSON document as its last line.
"""

from __future__ import annotations

import argparse
import csv
import gc
import itertools
import json
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from creditlake.bronze import Batch, load_bronze
from creditlake.connectors.files import Delivery
from creditlake.contracts import Dataset, all_datasets
from creditlake.ingest import validate
from creditlake.lake import LakePaths, Writer, reading
from creditlake.landing import land
from creditlake.workdays import load_calendar
from floor_rows import write_rows

HERE = Path(__file__).resolve().parent
DELIVERED = date(2026, 10, 31)
PREFIX = "penalty.decisions."
SMALL_ROWS = 100
FIXTURES = HERE.parent / "tests" / "fixtures"


def timed(work: Callable[..., object], *arguments: object) -> dict[str, float]:
    """Call it and return its wall-clock and CPU seconds."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work(*arguments)
    return {"seconds": round(time.perf_counter() - wall, 3), "cpu_seconds": round(time.process_time() - cpu, 3)}


def batch_of(paths: LakePaths, number: int, rows: int) -> Batch:
    """A batch of invented rows, in bronze."""
    batch = Batch("penalty", "decisions", f"{number:020x}", "", "0" * 64, "decisions.csv", number, DELIVERED, rows=rows)
    batch.folder(paths).mkdir(parents=True)
    write_rows(batch.rows_file(paths), rows, batch.batch_id)
    return batch


def floor(bronze: Path, folder: Path) -> None:
    """Judge and split a file by the hand-written statements; writes validated.parquet and quarantine.parquet."""
    statements = (HERE / "floor_penalty.sql").read_text(encoding="utf-8")
    for name, value in {
        "bronze": bronze,
        "validated": folder / "validated.parquet",
        "quarantine": folder / "quarantine.parquet",
        "delivered": DELIVERED,
    }.items():
        statements = statements.replace("{" + name + "}", str(value))
    calendar = load_calendar()
    start = (date(2026, 1, 1) - calendar.first_day).days
    with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(folder / "spill")}) as connection:
        days = list(calendar.ordinals[start:])
        connection.execute("create temp table workdays as select ?::integer[] as workdays", [days])
        connection.execute(statements)


def differences(paths: LakePaths, folder: Path) -> dict[str, int]:
    """Rows that only one of the two has, by output; the lists of broken rules are compared without their order."""
    ours = {
        "quarantine": "_source_row, list_sort(list_transform(_failed_rules, lambda rule: replace(rule, '{0}', '')))",
        "validated": "columns(c -> c not like '\\_%' escape '\\'), _source_row",
    }
    theirs = {"quarantine": "_source_row, list_sort(_failed_rules)", "validated": ours["validated"]}
    found = {}
    with reading(paths) as connection:
        for zone in ours:
            mine = f"select {ours[zone].replace('{0}', PREFIX)} from lake.{zone}.penalty_decisions"
            other = f"select {theirs[zone]} from read_parquet('{folder / zone}.parquet')"
            counted = "select count(*) from (({}) except all ({}))"
            for name, pair in (("ours", (mine, other)), ("floor", (other, mine))):
                row = connection.execute(counted.format(*pair)).fetchone()
                found[f"{zone}_only_{name}"] = 0 if row is None else int(row[0])
    return found


def compare(folder: Path, rows: int, repeats: int) -> dict[str, Any]:
    """Measure the validation and its floor on one file, in turns; the least CPU of each counts.

    Raises:
        ValueError: the two do not name the same rows and rules.
    """
    ours, theirs = [], []
    for turn in range(repeats):
        paths = LakePaths(folder / f"lake_{turn}")
        paths.create()
        with Writer(paths) as writer:
            validate(paths, batch_of(paths, 0, SMALL_ROWS), "warm-up", writer)
            batch = batch_of(paths, 1, rows)
            ours.append(timed(validate, paths, batch, "bench", writer))
            forget(writer, 0)
        theirs.append(timed(floor, batch.rows_file(paths), folder))
        found = differences(paths, folder)
        if any(found.values()):
            raise ValueError(f"the validation and the hand-written rules disagree: {found}")
    best = [min(runs, key=lambda run: run["cpu_seconds"]) for runs in (ours, theirs)]
    return {
        "rows": rows,
        "ours": best[0],
        "floor": best[1],
        "ratio_cpu": round(best[0]["cpu_seconds"] / best[1]["cpu_seconds"], 2),
        "rows_differing": 0,
    }


def forget(writer: Writer, number: int) -> None:
    """Take the rows of the warm-up out of the lake again."""
    with writer.turn() as connection:
        for zone in ("validated", "quarantine"):
            connection.execute(f"delete from lake.{zone}.penalty_decisions where _batch_id = ?", [f"{number:020x}"])


def small_file(folder: Path, dataset: Dataset, number: int) -> Delivery:
    """A CSV of a hundred rows, those of the dataset's fixture over and over; every number is another file."""
    with open(FIXTURES / dataset.feed / f"{dataset.name}.csv", encoding="utf-8", newline="") as handle:
        header, *rows = [row[:-2] for row in csv.reader(handle)]
    path = folder / f"{dataset.feed}.{dataset.name}-{number}.csv"
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*header, "前置库数据批次号"])
        writer.writerows([*row, str(number)] for row in itertools.islice(itertools.cycle(rows), SMALL_ROWS))
    return Delivery(dataset.feed, dataset.name, path)


def fixed_cost(folder: Path, rounds: int) -> dict[str, Any]:
    """Take small files of all datasets, round after round; the first round warms up and is told apart."""
    paths = LakePaths(folder / "small")
    paths.create()
    datasets = all_datasets()
    spent = []
    with Writer(paths) as writer:
        for number in range(rounds):
            files = [small_file(folder, dataset, number) for dataset in datasets]
            spent.append(timed(take_all, paths, files, writer)["cpu_seconds"])
    warm = sum(spent[1:]) / (len(datasets) * (rounds - 1))
    return {
        "batches": len(datasets) * rounds,
        "fixed_cpu_per_batch_seconds": round(warm, 3),
        "last_round_cpu_per_batch_seconds": round(spent[-1] / len(datasets), 3),
        "first_round_cpu_seconds": round(spent[0], 3),
        "amortised_cpu_per_batch_seconds": round((spent[0] + sum(spent[1:])) / (len(datasets) * rounds), 3),
    }


def take_all(paths: LakePaths, files: list[Delivery], writer: Writer) -> None:
    """Land, read, judge and load files.

    Raises:
        ValueError: one was refused.
    """
    for batch in [batch for file in files for batch in load_bronze(paths, land(paths, file), DELIVERED)]:
        assert isinstance(batch, Batch)
        entry = validate(paths, batch, "bench", writer).entry
        if entry.status == "refused":
            raise ValueError(f"{entry.source_name}: {entry.reason}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeats", type=int, default=1, help="of the comparison; the least CPU counts")
    parser.add_argument("--rounds", type=int, default=24, help="of small files, one a dataset; the first warms up")
    parser.add_argument("--work", type=Path, default=None, help="folder for the files; default: a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="creditlake-floor-", dir=options.work) as name:
        fixed = fixed_cost(Path(name), options.rounds)
        print(json.dumps(compare(Path(name), options.rows, options.repeats) | fixed, ensure_ascii=False))


if __name__ == "__main__":
    main()

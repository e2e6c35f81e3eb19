"""The benchmark: a synthetic city from nothing to a release, with the floors measured in the same run.

    python bench/bench.py --subjects 20000 --out bench/results/20000.json

The result is one JSON document: seconds, CPU seconds and rows/s of each stage; peak memory of the process tree of
generation and of the pipeline (sum of the resident sets, sampled five times a second); and the floors: a plain Parquet
copy of the bronze rows, and hand-written SQL that judges the same rules (bench/floor_validation.py).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import psutil
from creditlake.home import code_version

HERE = Path(__file__).resolve().parent
AS_OF = "2026-10-31"
SAMPLE_SECONDS = 0.2


def measured(command: Sequence[str]) -> tuple[str, float, int]:
    """Run a command; return its output, its seconds and the peak memory of its process tree in MB.

    Raises:
        subprocess.CalledProcessError: it failed; its own messages are on stderr.
    """
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = [0]
        sampler = threading.Thread(target=_sample, args=(process.pid, peak), daemon=True)
        sampler.start()
        output, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return output, round(time.perf_counter() - begun, 3), peak[0] >> 20


def _sample(pid: int, peak: list[int]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            peak[0] = max(peak[0], sum(map(_resident, [root, *root.children(recursive=True)])))
            time.sleep(SAMPLE_SECONDS)
    except psutil.NoSuchProcess:
        return


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def copy_floor(lake: Path, scratch: Path) -> dict[str, float]:
    """Copy the bronze rows of each dataset as plain Parquet, with no judgement at all."""
    wall, cpu = time.perf_counter(), time.process_time()
    with duckdb.connect() as connection:
        for folder in sorted((lake / "bronze").glob("*/*")):
            source = f"{folder}/*/rows.parquet"
            target = scratch / f"{folder.parent.name}_{folder.name}.parquet"
            connection.execute(
                f"copy (from read_parquet('{source}', union_by_name = true)) to '{target}' (format parquet)"
            )
    return {"seconds": round(time.perf_counter() - wall, 3), "cpu_seconds": round(time.process_time() - cpu, 3)}


def bench(subjects: int, months: int, seed: int, folder: Path) -> dict[str, Any]:
    """Measure one size; everything is written under ``folder``."""
    city, lake = folder / "city", folder / "lake"
    shape = [f"--subjects={subjects}", f"--months={months}", f"--seed={seed}", f"--out={city}"]
    _, seconds, peak = measured([sys.executable, "-m", "creditlake.cli", "--quiet", "generate", *shape])
    generated = {"seconds": seconds, "peak_mb": peak, "bytes": _size(city / "drop")}
    output, seconds, peak = measured([sys.executable, str(HERE / "stages.py"), str(city / "drop"), str(lake), AS_OF])
    result = json.loads(output.splitlines()[-1])
    rows = result["rows"]
    for stage in result["stages"].values():
        stage["rows_per_second"] = round(rows / max(stage["seconds"], 0.001))
    scratch = folder / "copy"
    scratch.mkdir()
    return {
        "subjects": subjects,
        "months": months,
        "seed": seed,
        "cpus": os.cpu_count(),
        "code_version": code_version(),
        "generate": generated,
        "landing_to_release": {"seconds": seconds, "peak_mb": peak, "lake_bytes": _size(lake)},
        **result,
        "floors": {"parquet_copy": copy_floor(lake, scratch), "validation": validation_floor()},
    }


def validation_floor() -> dict[str, Any]:
    """Compare the validation with hand-written SQL that judges the same rules (bench/floor_validation.py)."""
    output, _, _ = measured([sys.executable, str(HERE / "floor_validation.py")])
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Measure what the arguments say and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subjects", type=int, default=20_000, help="size of the city (default 20000)")
    parser.add_argument("--months", type=int, default=24, help="months of deliveries (default 24)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the city (default 7)")
    parser.add_argument("--work", type=Path, default=None, help="folder for city and lake; default: a temporary one")
    parser.add_argument("--out", type=Path, default=None, help="file for the result; default: stdout")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="creditlake-bench-", dir=options.work))
    try:
        text = json.dumps(bench(options.subjects, options.months, options.seed, folder), indent=1, ensure_ascii=False)
    finally:
        shutil.rmtree(folder)
    if options.out is None:
        print(text)
    else:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

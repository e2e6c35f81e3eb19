"""What the end-to-end tests share: runs in this process and in others, and what a reader sees of a lake."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
from creditlake.cli import main
from creditlake.lake import LakePaths
from creditlake.release import Release, current

AS_OF = date(2026, 10, 31)
NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)
ACCEPTANCE = Path(__file__).resolve().parents[3] / "shared" / "acceptance" / "check_release.py"
VOLATILE = ("created_at", "lake_snapshot")
"""What may differ between two manifests of the same content (../shared/acceptance/README.md)."""


@dataclass(frozen=True, slots=True)
class City:
    """A synthetic city: what the agencies deliver, and what is true."""

    drop: Path
    truth: Path


def generate(folder: Path, subjects: int, seed: int, months: int, *options: str) -> City:
    """Generate a city by the public command."""
    size = [f"--subjects={subjects}", f"--seed={seed}", f"--months={months}", f"--out={folder}"]
    assert main(["--quiet", "generate", *size, *options]) == 0
    return City(folder / "drop", folder / "truth")


def run(paths: LakePaths, drop: Path, as_of: date = AS_OF, created_at: datetime = NOON) -> int:
    """Run the pipeline by the public command, in this process; return the exit code."""
    return main(["--quiet", "run", *run_arguments(paths, drop, as_of, created_at)])


def run_arguments(
    paths: LakePaths, drop: Path, as_of: date = AS_OF, created_at: datetime = NOON
) -> tuple[str, str, str, str]:
    """The arguments of ``creditlake run``."""
    return f"--lake={paths.root}", f"--drop={drop}", f"--as-of={as_of}", f"--created-at={created_at.isoformat()}"


def copy_of(paths: LakePaths, target: Path) -> LakePaths:
    """Copy a lake, to be written to."""
    return LakePaths(shutil.copytree(paths.root, target))


def mart_hashes(paths: LakePaths) -> dict[str, str]:
    """Name and hash of every mart a reader sees, from the bytes themselves."""
    folder = current(paths).folder
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.parquet"))}


def lasting(release: Release) -> dict[str, Any]:
    """A manifest without what may differ between two runs."""
    return {name: value for name, value in release.manifest.items() if name not in VOLATILE}


def readable(paths: LakePaths) -> dict[str, str]:
    """Hash of every file that a reader may open."""
    files = sorted(path for path in paths.releases.rglob("*") if path.is_file()) if paths.releases.exists() else []
    return {
        path.relative_to(paths.releases).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def query(release: Release, statement: str) -> list[tuple[Any, ...]]:
    """Ask the released marts."""
    with duckdb.connect() as connection:
        for entry in release.manifest["marts"]:
            connection.execute(f"create view {entry['name']} as select * from '{release.mart(entry['name'])}'")
        return connection.execute(statement).fetchall()


def incomplete(paths: LakePaths) -> str | None:
    """Say what is wrong with what ``current.json`` points to; None when it is whole or nothing is current yet."""
    pointer = paths.releases / "current.json"
    if not pointer.exists():
        return None
    folder = paths.releases / json.loads(pointer.read_text(encoding="utf-8"))["path"]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["marts"]:
        found = hashlib.sha256((folder / f"{entry['name']}.parquet").read_bytes()).hexdigest()
        if found != entry["sha256"]:
            return f"{folder.name}: {entry['name']} has another hash than its manifest says"
    return None if len(manifest["marts"]) == 17 else f"{folder.name}: {len(manifest['marts'])} marts"

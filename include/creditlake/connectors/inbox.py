"""The inbox: what was pulled and is not yet in the lake, one folder a pull.

A pull is written in scratch and moved here in one step, with the position it reached beside it. It leaves only after
the lake has taken it, so a crash anywhere is finished by the next run with the very same bytes.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

from creditlake.connectors.files import Delivery, Position
from creditlake.lake import LakePaths

_FACTS = "pull.json"


def waiting(paths: LakePaths, feed: str) -> list[Delivery]:
    """Return the pulls of a feed that the lake has not taken, in the order in which they were pulled."""
    folder = paths.inbox / feed
    return [_read(place) for place in sorted(folder.iterdir())] if folder.is_dir() else []


def put(paths: LakePaths, feed: str, dataset: str, file: Path, position: Position) -> Delivery:
    """Move a pulled file from scratch into the inbox and return it as a delivery."""
    folder = paths.inbox / feed
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = paths.scratch / f"pull-{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    os.replace(file, partial / file.name)
    facts = {"dataset": dataset, "file": file.name, **asdict(position)}
    (partial / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    place = folder / f"{_next(folder):09d}"
    os.replace(partial, place)
    return _read(place)


def place_of(delivery: Delivery) -> str:
    """Return the name of a pull's folder; empty for what was dropped."""
    return delivery.path.parent.name if delivery.position is not None else ""


def remove(paths: LakePaths, feed: str, place: str) -> None:
    """Take a pull that the lake has taken out of the inbox; a run that was killed may have done so before."""
    gone = paths.scratch / f"taken-{feed}-{place}-{os.getpid()}"
    try:
        os.replace(paths.inbox / feed / place, gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone)


def _read(place: Path) -> Delivery:
    facts = json.loads((place / _FACTS).read_text(encoding="utf-8"))
    position = Position(facts["source"], facts["reached"])
    return Delivery(place.parent.name, facts["dataset"], place / facts["file"], position=position)


def _next(folder: Path) -> int:
    return max((int(place.name) for place in folder.iterdir()), default=0) + 1

"""The files of a hand-over: deterministic bytes in a folder that appears whole or not at all.

They may name persons, so the folder has mode 0700 and the files 0600.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from creditlake.release.store import sync_folder
from creditlake.submission.selection import Row


def write_rows(folder: Path, stem: str, header: Sequence[str], rows: Iterable[Row]) -> dict[str, str]:
    """Write rows as CSV (RFC 4180, UTF-8) and as JSON lines, in one pass; return the hash of each file by its name."""
    csv_path, json_path = folder / f"{stem}.csv", folder / f"{stem}.jsonl"
    with _durable(csv_path) as csv_file, _durable(json_path) as json_file:
        writer = csv.writer(csv_file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            json_file.write(json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) + "\n")
    return {path.name: sha256_of(path) for path in (csv_path, json_path)}


def write_document(path: Path, document: object) -> None:
    """Write one JSON document."""
    with _durable(path) as handle:
        json.dump(document, handle, ensure_ascii=False, indent=1)
        handle.write("\n")


@contextlib.contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """Yield a folder beside the target to write into; it is gone afterwards, unless ``put_in_place`` renamed it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def put_in_place(partial: Path, target: Path) -> None:
    """Give the folder its name, in one step; the target must not exist, or be an empty folder."""
    sync_folder(partial)
    partial.rename(target)
    sync_folder(target.parent)


def differing(one: Path, other: Path) -> list[str]:
    """Names of the files that are not the same in both folders, or in one of them only."""
    ours, theirs = _hashes(one), _hashes(other)
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def sha256_of(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256_of(path) if path.is_file() else "" for path in folder.iterdir()}


@contextlib.contextmanager
def _durable(path: Path) -> Iterator[TextIO]:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as handle:
        yield handle
        handle.flush()
        os.fsync(descriptor)

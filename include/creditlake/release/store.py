"""The folder of releases: one folder a release, and ``current.json``, which names the one that readers read."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from creditlake.lake import LakePaths

MANIFEST = "manifest.json"
CURRENT = "current.json"
SEAL = "seal.json"


class NoRelease(LookupError):
    """There is no such release, or none is current."""


@dataclass(frozen=True, slots=True)
class Release:
    """One published release.

    Attributes:
        manifest: Its manifest as written; the keys are those of the public interface.
    """

    folder: Path
    manifest: dict[str, Any]

    @property
    def release_id(self) -> str:
        """as_of and 12 characters of the hash over marts, code and seeds."""
        return str(self.manifest["release_id"])

    @property
    def as_of(self) -> date:
        """The business date."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def seal(self) -> dict[str, Any] | None:
        """What stays of a sealed release beside its manifest (``release.seal``); None for one that can be read."""
        file = self.folder / SEAL
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def mart(self, name: str) -> Path:
        """The Parquet file of one mart."""
        return self.folder / f"{name}.parquet"


def load_release(paths: LakePaths, release_id: str) -> Release:
    """Return a release by its id; NoRelease when there is none."""
    folder = paths.releases / release_id
    if Path(release_id).name != release_id or not (folder / MANIFEST).exists():
        raise NoRelease(f"lake {paths.root} has no release {release_id!r}")
    return Release(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def current(paths: LakePaths) -> Release:
    """Return the current release; NoRelease when nothing was published yet."""
    pointer = paths.releases / CURRENT
    if not pointer.exists():
        raise NoRelease(f"lake {paths.root} has published nothing yet")
    return load_release(paths, json.loads(pointer.read_text(encoding="utf-8"))["release_id"])


def list_releases(paths: LakePaths) -> list[Release]:
    """Return all releases, oldest business date first."""
    found = [load_release(paths, path.parent.name) for path in paths.releases.glob(f"*/{MANIFEST}")]
    return sorted(found, key=lambda release: (release.as_of, str(release.manifest["created_at"]), release.release_id))


def make_current(paths: LakePaths, release_id: str) -> None:
    """Point readers at a complete release, in one atomic step."""
    write_durably(paths.releases / CURRENT, {"release_id": release_id, "path": release_id})


def write_durably(path: Path, document: object) -> None:
    """Write JSON so that a reader sees the old bytes or the new ones, also after a crash."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with open(partial, "w", encoding="utf-8") as handle:
        json.dump(document, handle, ensure_ascii=False, indent=1)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(partial, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The bytes as received, by their hash: in the lake's folder and, where ``CREDITLAKE_LANDING`` names one, in an object
store, which keeps them for good. The folder holds them for a while then, as what was read last is read soonest again.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from creditlake.lake import objects
from creditlake.lake.paths import LakePaths

_HASH = re.compile("[0-9a-f]{64}")


def place_of(paths: LakePaths, sha256: str) -> Path:
    """Return where bytes lie in the lake's folder, there or not."""
    return paths.landing / sha256[:2] / sha256


def keep(paths: LakePaths, sha256: str) -> None:
    """Put bytes that lie in the folder into the object store, where there is one; OSError when they do not arrive."""
    if paths.landing_objects:
        objects.send(paths.landing_objects, place_of(paths, sha256), _name(sha256))


def content(paths: LakePaths, sha256: str) -> Path:
    """Return the file with the bytes, fetched from the object store when the folder has let them go.

    Raises:
        OSError: the store has not got them, or others than were received.
    """
    local = place_of(paths, sha256)
    if local.exists() or not paths.landing_objects:
        return local
    partial = paths.scratch / f"received-{sha256[:16]}-{os.getpid()}"
    partial.unlink(missing_ok=True)
    objects.fetch(paths.landing_objects, _name(sha256), partial)
    with open(partial, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise OSError(f"{paths.landing_objects}/{_name(sha256)} holds other bytes than were received ({found})")
    local.parent.mkdir(mode=0o700, exist_ok=True)
    os.replace(partial, local)
    return local


def held(paths: LakePaths) -> Iterator[Path]:
    """Yield the files with received bytes that lie in the folder."""
    yield from (path for path in sorted(paths.landing.glob("??/*")) if _HASH.fullmatch(path.name))


def let_go(paths: LakePaths, bound: float) -> int:
    """Remove bytes from the folder that lie in the object store too and came before a moment; return how many."""
    stored = objects.sizes(paths.landing_objects) if paths.landing_objects else {}
    gone = 0
    for path in held(paths):
        status = path.stat()
        if status.st_mtime < bound and stored.get(_name(path.name)) == status.st_size:
            path.unlink()
            gone += 1
    return gone


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"

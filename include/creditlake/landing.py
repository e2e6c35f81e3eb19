"""Landing: every file is kept as received, under the hash of its bytes, with a manifest of who delivered it.

The vault: closed to other users (docs/retention.md). The same bytes again change nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from creditlake.connectors.files import NOWHERE, Delivery
from creditlake.lake import LakePaths, received
from creditlake.readers.archive import members
from creditlake.refusal import Refusal

CHUNK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Landed:
    """One received file in the vault.

    Attributes:
        name: The name under which it first came.
        sha256: Hash of its bytes, lower-case hex.
        batch_seq: Place in the order of receipt; breaks ties between versions of one key. An archive takes one for
            each member, by name; this is the first member's.
        from_team: Whether the data team itself brought it first.
        source, reached: How far its source is read with it; empty for what was dropped.
    """

    feed: str
    dataset: str
    name: str
    sha256: str
    batch_seq: int
    from_team: bool = False
    source: str = ""
    reached: str = ""

    def content(self, paths: LakePaths) -> Path:
        """Return the file with the bytes; OSError when an object store keeps them and cannot be read."""
        return received.content(paths, self.sha256)


def land(paths: LakePaths, delivery: Delivery) -> Landed:
    """Bring one delivery into the vault and return what it is there; a file that is there already keeps its first name.

    Raises:
        OSError: the file cannot be read or the vault not written.
    """
    paths.create()
    partial = paths.scratch / f"landing-{os.getpid()}"
    sha256 = _bring(delivery, partial)
    target = received.place_of(paths, sha256)
    with _vault_lock(paths):
        target.parent.mkdir(mode=0o700, exist_ok=True)
        manifest = _read_manifest(target)
        known = [entry for entry in manifest if (entry["feed"], entry["dataset"]) == (delivery.feed, delivery.dataset)]
        if known:
            partial.unlink()
            return Landed(**known[0])
        number = _next_sequence(paths, _places(partial, delivery.path.name))
        at = delivery.position or NOWHERE
        landed = Landed(
            feed=delivery.feed,
            dataset=delivery.dataset,
            name=delivery.path.name,
            sha256=sha256,
            batch_seq=number,
            from_team=delivery.from_team,
            source=at.source,
            reached=at.reached,
        )
        os.replace(partial, target)
        partial.unlink(missing_ok=True)  # a run that was killed here left the target: two names of one file stay two
        received.keep(paths, sha256)
        _write_json(target.with_suffix(".json"), [*manifest, asdict(landed)])
    return landed


def _bring(delivery: Delivery, target: Path) -> str:
    """Put the bytes of a delivery in a place and return their hash.

    What was pulled lies in the inbox, where nobody writes to it again: a second name for it is as good as a copy.
    """
    target.unlink(missing_ok=True)
    if delivery.position is not None:
        with contextlib.suppress(OSError):  # the inbox is on another disk
            os.link(delivery.path, target)
    if not target.exists():
        return _copy_and_hash(delivery.path, target)
    with open(target, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_and_hash(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with open(source, "rb") as reader, open(target, "wb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
    return digest.hexdigest()


def _read_manifest(target: Path) -> list[dict[str, Any]]:
    path = target.with_suffix(".json")
    if not path.exists():
        return []
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def _places(file: Path, name: str) -> int:
    """Return how many batches a file will be: one for each member of an archive, one for an archive to be refused."""
    if not name.lower().endswith(".zip"):
        return 1
    try:
        return len(members(file, name))
    except Refusal:
        return 1


def _next_sequence(paths: LakePaths, places: int) -> int:
    """Take so many places in the order of receipt and return the first."""
    counter = paths.landing / "sequence"
    number = int(counter.read_text(encoding="ascii")) + 1 if counter.exists() else 1
    partial = counter.with_suffix(".partial")
    partial.write_text(str(number + places - 1), encoding="ascii")
    os.replace(partial, counter)
    return number


@contextlib.contextmanager
def _vault_lock(paths: LakePaths) -> Iterator[None]:
    with open(paths.landing / "lock", "a", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _write_json(path: Path, document: object) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(partial, path)

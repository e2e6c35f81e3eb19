"""Files that an agency lays on a server: which are new, and one of them at a time.

What lies in the folder itself counts, whatever its name: a file of no declared dataset is delivered as ``unknown``, as
one that is dropped would be. A file is known by its path, size and time of change; seen once, accepted or refused, it
is not fetched again, and it is when its size or time has changed. The time of change decides nothing else: a file
counts at the business date by what its rows or its name say, as a dropped one does.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from creditlake.connectors.endpoint import Endpoint, SourceFailed, reason_of
from creditlake.connectors.files import dataset_of, order_of
from creditlake.connectors.spec import FileStore
from creditlake.connectors.taken import Increment, Taken
from creditlake.contracts import Feed

log = logging.getLogger(__name__)
UNFINISHED = (".*", "~$*", "*.part", "*.tmp", "*.filepart", "*.crdownload")
"""Names of what is hidden or still being written."""
TIMEOUT_SECONDS = "60"
LONGEST_NAME = 255
"""Bytes that a file system allows a name."""
COPIES = 2
"""A file needs its size on the disk so often: in the inbox and in the vault."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file on a server.

    Attributes:
        modified: Time of its last change, seconds since 1970.
        version: What else tells one content from another, where the server tells it; of a listing empty.
    """

    name: str
    size: int
    modified: int
    version: str = ""

    @property
    def reached(self) -> str:
        """The position that it is."""
        return f"{self.size} bytes of {datetime.fromtimestamp(self.modified, UTC):%Y-%m-%dT%H:%M:%SZ}"


class Store(Protocol):
    """One folder on a server."""

    def listing(self) -> list[Entry]:
        """Return the files that lie in the folder itself; what is no file is told in the log."""

    def entry(self, name: str) -> Entry | None:
        """Return what one file is now; None when it is gone."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of one file, in pieces of a few MiB at most."""

    def close(self) -> None:
        """Sign out."""


@dataclass(frozen=True, slots=True)
class ServerKind:
    """One kind of server.

    Attributes:
        open: Signs in, given the connection and the folder.
        failures: What that and the store's methods raise when the server fails or refuses.
    """

    open: Callable[[Endpoint, str], Store]
    failures: tuple[type[Exception], ...]


class FileStoreConnector:
    """One feed's files on one server."""

    def __init__(self, feed: Feed, spec: FileStore, endpoint: Endpoint, server: ServerKind) -> None:
        self._feed = feed
        self._spec = spec
        self._endpoint = endpoint
        self._server = server
        self._opened: Store | None = None

    def increments(self, taken: Sequence[Taken]) -> list[Increment]:
        """Return every file that is new or has changed, and stood still for a while.

        Raises:
            SourceFailed: the server cannot be reached or lets us not in, or the folder is not there.
        """
        seen = {(one.dataset, one.source, one.reached) for one in taken}
        offered = [increment for increment in map(self._increment, self._listing()) if _place(increment) not in seen]
        if not offered or not self._spec.settle:
            return offered
        time.sleep(self._spec.settle.total_seconds())
        now = {_place(increment) for increment in map(self._increment, self._listing())}
        for increment in offered:
            if _place(increment) not in now:
                self._leave(increment, "is still being written")
        return [increment for increment in offered if _place(increment) in now]

    def pull(self, increment: Increment, taken: Sequence[Taken], target: Path) -> str | None:
        """Write one file, byte by byte as it is on the server; return its position, None where it changed meanwhile.

        Raises:
            SourceFailed: the server went away, the file is beyond the size that was agreed on, or the disk is full.
        """
        entry = self._entry(increment)
        if entry is None or entry.reached != increment.offered:
            self._leave(increment, "has changed since it was listed")
            return None
        self._refuse_too_large(entry, target)
        size = self._write(increment, target)
        if size != entry.size or self._entry(increment) != entry:
            target.unlink()
            self._leave(increment, "changed while it was read")
            return None
        return entry.reached

    def sample(self, dataset: str, rows: int, folder: Path) -> Path | None:
        """Write the newest file of a dataset, whole, into a folder; return it, None where there is none.

        Raises:
            SourceFailed: as ``pull``.
        """
        files = [one for one in map(self._increment, self._listing()) if one.dataset == dataset]
        if not files:
            return None
        newest = max(files, key=lambda one: order_of(one.name))
        target = folder / newest.name
        return target if self.pull(newest, (), target) else None

    def close(self) -> None:
        """Sign out."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @property
    def _store(self) -> Store:
        if self._opened is None:
            self._opened = self._server.open(self._endpoint, self._spec.folder)
        return self._opened

    def _listing(self) -> list[Entry]:
        """Return the files that count, unfinished ones and those of impossible names left out."""
        with self._told(""):
            found = self._store.listing()
        usual = [entry for entry in found if not _is_unfinished(entry.name)]
        if left := sorted({entry.name for entry in found} - {entry.name for entry in usual}):
            log.info("%s: hidden or unfinished, left alone: %s", self._feed.name, ", ".join(left))
        good = [entry for entry in usual if _is_name(entry.name)]
        for entry in usual:
            if not _is_name(entry.name):
                log.warning("%s: no file can be called %r here; it stays at the source", self._feed.name, entry.name)
        return good

    def _increment(self, entry: Entry) -> Increment:
        source = f"{self._spec.folder.rstrip('/')}/{entry.name}"
        return Increment(dataset_of(entry.name, self._feed), entry.name, source, entry.reached)

    def _entry(self, increment: Increment) -> Entry | None:
        with self._told(increment.name):
            return self._store.entry(increment.name)

    def _write(self, increment: Increment, target: Path) -> int:
        """Write what the server sends and return the number of bytes; an error of our own disk stays what it is."""
        with self._told(increment.name):
            chunks = self._store.chunks(increment.name)
        size = 0
        with open(target, "wb") as writer:
            while True:
                with self._told(increment.name):
                    chunk = next(chunks, b"")
                if not chunk:
                    return size
                size += writer.write(chunk)

    def _refuse_too_large(self, entry: Entry, target: Path) -> None:
        what = f"{self._feed.name}, {self._endpoint.place}: {entry.name} has {entry.size:,} bytes"
        if entry.size > self._spec.largest:
            raise SourceFailed(f"{what}, more than the {self._spec.largest:,} that the contract allows (largest)")
        free = shutil.disk_usage(target.parent).free
        if COPIES * entry.size > free:
            raise SourceFailed(f"{what} and needs twice that on the lake's disk, which has {free:,} left")

    def _leave(self, increment: Increment, why: str) -> None:
        log.warning("%s.%s: %s %s; left for the next run", self._feed.name, increment.dataset, increment.name, why)

    @contextlib.contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Raise what the server says as ``SourceFailed``; the error itself may quote how we signed in."""
        try:
            yield
        except SourceFailed as failed:
            raise SourceFailed(f"{self._feed.name}, {self._endpoint.place}: {failed}") from None
        except self._server.failures as error:
            said = self._endpoint.hidden(reason_of(error))
            about = f"{self._spec.folder.rstrip('/')}/{name}: " if self._opened is not None else ""
            raise SourceFailed(f"{self._feed.name}, {self._endpoint.place}: {about}{said}") from None


def file_store(feed: Feed, spec: FileStore, endpoint: Endpoint) -> FileStoreConnector:
    """Return the connector to a feed's files on the kind of server that its contract names."""
    if spec.kind == "sftp":
        from creditlake.connectors.sftp import SFTP

        return FileStoreConnector(feed, spec, endpoint, SFTP)
    from creditlake.connectors.s3 import S3

    return FileStoreConnector(feed, spec, endpoint, S3)


def timeout_of(endpoint: Endpoint) -> float:
    """Return after how many silent seconds a server is given up: ``timeout`` of the connection's extra."""
    setting = endpoint.extra.get("timeout", TIMEOUT_SECONDS)
    try:
        return float(setting)
    except ValueError:
        raise SourceFailed(f"timeout in the connection's extra is no number of seconds: {setting!r}") from None


def _place(increment: Increment) -> tuple[str, str, str]:
    return increment.dataset, increment.source, increment.offered


def _is_unfinished(name: str) -> bool:
    return any(fnmatchcase(name.lower(), pattern) for pattern in UNFINISHED)


def _is_name(name: str) -> bool:
    return bool(name) and "/" not in name and "\0" not in name and len(name.encode()) <= LONGEST_NAME

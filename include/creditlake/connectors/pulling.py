"""Pull what a feed's source has and the lake has not, into the inbox.

A connector says what is there (``increments``) and writes one of it into a file (``pull``); what was taken before, the
order, and the inbox are the same for all of them.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol

from creditlake.connectors import inbox
from creditlake.connectors.database import ExchangeDatabase
from creditlake.connectors.endpoint import Endpoint, Endpoints, SourceFailed
from creditlake.connectors.files import Delivery, Position, discover, order_of
from creditlake.connectors.known import is_known
from creditlake.connectors.service import ServiceConnector
from creditlake.connectors.service_spec import Service
from creditlake.connectors.spec import Database, DropFolder, FileStore
from creditlake.connectors.store import FileStoreConnector, file_store
from creditlake.connectors.taken import Increment, Taken
from creditlake.contracts import Feed
from creditlake.lake import LakePaths
from creditlake.lake.received import content
from creditlake.lake.watermarks import watermarks

log = logging.getLogger(__name__)


class Connector(Protocol):
    """The way to one feed's data."""

    def increments(self, taken: Sequence[Taken]) -> list[Increment]:
        """Return what the source has beyond what was taken."""

    def pull(self, increment: Increment, taken: Sequence[Taken], target: Path) -> str | None:
        """Write one increment to a file; return the position it reaches, None when there is nothing new in it."""

    def sample(self, dataset: str, rows: int, folder: Path) -> Path | None:
        """Write a few rows or one file of a dataset into a folder; return the file, None where the source has none."""

    def close(self) -> None:
        """Sign out."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a pull is about: whose data, as of which day, with which connections.

    Attributes:
        as_of: The business date; what changed after it is left for later.
        endpoints: How a connection is looked up.
    """

    feed: Feed
    drop: Path
    as_of: date
    endpoints: Endpoints


def deliveries(paths: LakePaths, errand: Errand) -> Iterator[Delivery]:
    """Yield what a feed delivers: the files in its drop folder, or what waits in the inbox and then what it pulls.

    A pull is yielded as soon as it is in the inbox. The caller removes it once the lake has taken it
    (``inbox.remove``).

    Raises:
        SourceFailed: the source cannot be read, or another run pulls it; what was yielded before stands.
    """
    feed = errand.feed
    if isinstance(feed.connector, DropFolder):
        yield from discover(errand.drop, feed)
        return
    with _alone(paths, feed.name):
        yield from inbox.waiting(paths, feed.name)
        yield from _pull_all(paths, errand)


@contextlib.contextmanager
def _alone(paths: LakePaths, feed: str) -> Iterator[None]:
    """Keep other processes from pulling the same feed, and sweep up what one that was killed left in scratch.

    Raises:
        SourceFailed: another process is pulling it.
    """
    paths.create()
    folder = paths.inbox / feed
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SourceFailed(f"{feed}: another run is pulling it; try again when that one has ended") from None
        shutil.rmtree(_scratch(paths, feed), ignore_errors=True)
        yield
    finally:
        os.close(handle)


def _scratch(paths: LakePaths, feed: str) -> Path:
    return paths.scratch / f"pulling-{feed}"


def _pull_all(paths: LakePaths, errand: Errand) -> Iterator[Delivery]:
    feed = errand.feed
    taken = _taken(paths, feed.name)
    waits = {(one.dataset, one.source) for one in taken if one.waits}
    with contextlib.closing(connector_to(errand, paths.scratch)) as connector:
        for increment in sorted(connector.increments(taken), key=lambda one: order_of(one.name)):
            if (increment.dataset, increment.source) in waits:
                log.info("%s.%s: %s waits in the inbox; pulled on after it is taken",
                         feed.name, increment.dataset, increment.source or "a pull")  # fmt: skip
                continue
            yield from _pulled(paths, feed.name, connector, increment, taken)


def _pulled(
    paths: LakePaths, feed: str, connector: Connector, increment: Increment, taken: Sequence[Taken]
) -> Iterator[Delivery]:
    scratch = _scratch(paths, feed)
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = scratch / increment.name
    try:
        reached = connector.pull(increment, taken, target)
        if reached is None:
            log.info("%s.%s: nothing new", feed, increment.dataset)
            return
        log.info("%s.%s: pulled %s, %d bytes", feed, increment.dataset, increment.name, target.stat().st_size)
        position = Position(increment.source, reached)
        if isinstance(connector, FileStoreConnector) and is_known(paths, (feed, increment.dataset), target, position):
            log.info("%s.%s: %s holds what came before", feed, increment.dataset, increment.name)
            return
        yield inbox.put(paths, feed, increment.dataset, target, position)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def connector_to(errand: Errand, scratch: Path) -> Connector:
    """Return the connector that a feed's contract names; a feed that is dropped has none (ValueError)."""
    feed, spec = errand.feed, errand.feed.connector
    match spec:
        case Database():
            return ExchangeDatabase(feed, spec, _endpoint(errand), errand.as_of, scratch)
        case FileStore():
            return file_store(feed, spec, _endpoint(errand))
        case Service():
            return ServiceConnector(feed, spec, _endpoint(errand), errand.as_of)
        case _:
            raise ValueError(f"feed {feed.name} is not pulled: its connector is {spec.kind!r}")


def _endpoint(errand: Errand) -> Endpoint:
    """Return the connection that a feed's contract names; a failure names the feed."""
    try:
        return errand.endpoints(errand.feed.connector.connection)
    except SourceFailed as failed:
        raise SourceFailed(f"{errand.feed.name}: {failed}") from None


def _taken(paths: LakePaths, feed: str) -> list[Taken]:
    """Return every pull of a feed, the oldest first, those that wait in the inbox last."""
    done = [
        Taken(mark.dataset, mark.source, mark.reached, partial(content, paths, mark.source_sha256),
              is_accepted=mark.is_accepted)
        for mark in watermarks(paths, feed)
    ]  # fmt: skip
    waiting = [
        Taken(
            delivery.dataset,
            delivery.position.source,
            delivery.position.reached,
            partial(Path, delivery.path),
            waits=True,
        )
        for delivery in inbox.waiting(paths, feed)
        if delivery.position is not None
    ]
    return done + waiting

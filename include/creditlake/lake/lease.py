"""The lease of the one writer.

DuckLake with more than one writing process or thread put tables silently into the wrong schema
(docs/decisions/0002), so every batch, dbt build, maintenance and release holds this lease. The kernel
(or PostgreSQL) gives it back when the holder dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Iterator

from creditlake.lake.paths import LakePaths

log = logging.getLogger(__name__)
ADVISORY_LOCK_KEY = 4_201_501
POLL_SECONDS = 0.2
DEFAULT_WAIT_SECONDS = 3600.0


class LeaseHeld(RuntimeError):
    """Another process writes to this lake and did not finish in time."""


@contextlib.contextmanager
def lease(paths: LakePaths, wait_seconds: float = DEFAULT_WAIT_SECONDS) -> Iterator[None]:
    """Hold the lake's lease while the block runs.

    Raises:
        LeaseHeld: another writer kept it longer than ``wait_seconds``; the message names its process where known.
    """
    paths.create()
    with _file_lease(paths, wait_seconds) if not paths.postgres else _postgres_lease(paths, wait_seconds):
        yield


@contextlib.contextmanager
def _file_lease(paths: LakePaths, wait_seconds: float) -> Iterator[None]:
    with open(paths.writer_lock, "a+", encoding="ascii") as handle:
        deadline = time.monotonic() + wait_seconds
        told = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                handle.seek(0)
                holder = handle.read().strip() or "unknown"
                if time.monotonic() >= deadline:
                    raise LeaseHeld(
                        f"lake {paths.root}: process {holder} has been writing for {wait_seconds:.0f} s"
                    ) from None
                if not told:
                    log.info("waiting for the lease of %s, held by process %s", paths.root, holder)
                    told = True
                time.sleep(POLL_SECONDS)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


@contextlib.contextmanager
def _postgres_lease(paths: LakePaths, wait_seconds: float) -> Iterator[None]:
    import psycopg2

    connection = psycopg2.connect(paths.postgres)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            deadline = time.monotonic() + wait_seconds
            while True:
                cursor.execute("select pg_try_advisory_lock(%s)", (ADVISORY_LOCK_KEY,))
                row = cursor.fetchone()
                if row is not None and row[0]:
                    break
                if time.monotonic() >= deadline:
                    raise LeaseHeld(f"lake {paths.root}: another session holds the lease in PostgreSQL")
                time.sleep(POLL_SECONDS)
            yield
    finally:
        connection.close()

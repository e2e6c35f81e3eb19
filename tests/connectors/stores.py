"""What the tests of file stores share: a folder on a server of each kind, and what a run pulls from it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from creditlake.connectors.endpoint import Endpoint
from creditlake.connectors.files import Delivery
from creditlake.connectors.pulling import Errand, deliveries
from creditlake.connectors.spec import FileStore
from creditlake.contracts import Feed, load_feeds
from creditlake.lake import LakePaths, reading
from creditlake.pipeline import ingest_feed

from tests.connectors.servers import S3, Sftp

AS_OF = date(2026, 10, 31)
AT_ONCE = timedelta(0)
PULL = """
import sys
from pathlib import Path
from tests.connectors.stores import feed_at, pulled
from creditlake.connectors.endpoint import Endpoint
from creditlake.lake import LakePaths
from datetime import timedelta
endpoint = eval(sys.argv[4])
list(pulled(LakePaths(Path(sys.argv[1])), feed_at(sys.argv[2], sys.argv[3], timedelta(0)), endpoint))
"""


@dataclass(frozen=True)
class Agency:
    """A folder on a server of one kind.

    Attributes:
        put: Lays a file into it, or replaces one.
        copy: Lays the content of one file down under another name, in one step.
    """

    kind: str
    folder: str
    endpoint: Endpoint
    put: Callable[[str, bytes], None]
    remove: Callable[[str], None]
    copy: Callable[[str, str], None]

    def feed(self, settle: timedelta = AT_ONCE) -> Feed:
        """The feed ``tax``, whose files lie there."""
        return feed_at(self.kind, self.folder, settle)


def feed_at(kind: str, folder: str, settle: timedelta) -> Feed:
    return replace(load_feeds()["tax"], connector=FileStore(kind, "agency", folder, settle))


def on_sftp(server: Sftp, folder: Path) -> Agency:
    folder.mkdir()

    def put(name: str, content: bytes) -> None:
        """Whole at once, as a careful agency does; the time of change goes on with every file."""
        partial = folder / f"{name}.part"
        partial.write_bytes(content)
        at = time.time_ns() if not (folder / name).exists() else (folder / name).stat().st_mtime_ns + 10**9
        os.utime(partial, ns=(at, at))
        os.replace(partial, folder / name)

    def copy(name: str, other: str) -> None:
        put(other, (folder / name).read_bytes())

    return Agency("sftp", str(folder), server.endpoint(), put, lambda name: (folder / name).unlink(), copy)


def on_s3(server: S3, folder: str) -> Agency:
    def put(name: str, content: bytes) -> None:
        server.put(f"{folder}/{name}", content)

    def remove(name: str) -> None:
        server.client.delete_object(Bucket=server.bucket, Key=f"{folder}/{name}")

    def copy(name: str, other: str) -> None:
        source = {"Bucket": server.bucket, "Key": f"{folder}/{name}"}
        server.client.copy_object(Bucket=server.bucket, Key=f"{folder}/{other}", CopySource=source)

    return Agency("s3", f"{server.bucket}/{folder}", server.endpoint(), put, remove, copy)


def pulled(paths: LakePaths, feed: Feed, endpoint: Endpoint) -> Iterator[Delivery]:
    return deliveries(paths, Errand(feed, paths.root / "no-drop", AS_OF, lambda _: endpoint))


def ingest(paths: LakePaths, agency: Agency) -> list[tuple[str, str, str]]:
    """Ingest what the agency has; return file, status and code of the reason of every batch that came in."""
    ingested = ingest_feed(paths, paths.root / "no-drop", agency.feed(), AS_OF, "test", lambda _: agency.endpoint)
    return [
        (one.entry.source_name, one.entry.status, (one.entry.reason or "").split(":")[0]) for one in ingested.outcomes
    ]


def rows_of(paths: LakePaths, table: str) -> list[tuple[object, ...]]:
    with reading(paths) as lake:
        return lake.execute(f"select * from lake.{table} order by all").fetchall()


def no_half_file(paths: LakePaths) -> bool:
    """Whether nothing but whole pulls lies in scratch and inbox."""
    left = [path for path in paths.scratch.rglob("*") if path.is_file()]
    return not left and all((place / "pull.json").exists() for place in paths.inbox.glob("*/*"))


def wait_until(reached: Callable[[], bool]) -> None:
    """Wait for what another thread or process brings about."""
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def bytes_in(paths: LakePaths) -> int:
    """What is downloaded of a file that is being fetched."""
    return sum(path.stat().st_size for path in paths.scratch.glob("pulling-*/*"))


def evaluable(endpoint: Endpoint) -> str:
    """An endpoint as Python writes it, its secrets included."""
    return (
        f"Endpoint({endpoint.connection!r}, {endpoint.host!r}, {endpoint.port!r}, {endpoint.login!r}, "
        f"{endpoint.password!r}, extra={dict(endpoint.extra)!r})"
    )

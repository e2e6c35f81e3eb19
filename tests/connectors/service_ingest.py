"""Take the ratings of a service on loopback into a lake, as ``ingest_tax`` does; also as a process to be killed.

python -m tests.connectors.service_ingest PORT LAKE AS_OF
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

from creditlake.connectors.service_spec import Numbered, ServicePull
from creditlake.lake import LakePaths
from creditlake.pipeline import Ingested, ingest_feed

from tests.connectors.service_feed import endpoint_at, feed_behind, service

PULL = ServicePull(
    "/page",
    "data.list",
    Numbered(total="data.total", echo="data.page"),
    changed="提供日期",
    since="since",
    overlap=timedelta(days=1),
)


def take(port: int, paths: LakePaths, as_of: date, pull: ServicePull = PULL) -> Ingested:
    """Pull, land, read, judge and take in what the service has."""
    feed = feed_behind(service(), pull)
    return ingest_feed(paths, paths.root, feed, as_of, "test", lambda connection: endpoint_at(port))


if __name__ == "__main__":
    take(int(sys.argv[1]), LakePaths(Path(sys.argv[2])), date.fromisoformat(sys.argv[3]))

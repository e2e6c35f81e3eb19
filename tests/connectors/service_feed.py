"""Builders for the tests of services: a feed behind one, its endpoint, and one pull of it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from creditlake.connectors.endpoint import Endpoint
from creditlake.connectors.service import ServiceConnector
from creditlake.connectors.service_spec import Limits, NoAuth, Numbered, Service, ServicePull
from creditlake.connectors.taken import Taken
from creditlake.contracts import Feed, load_feeds

from tests.connectors.fault_server import LOGIN, PASSWORD, Row

AS_OF = date(2026, 10, 31)
QUICK = Limits(
    connect=timedelta(seconds=2),
    read=timedelta(milliseconds=400),
    pull=timedelta(seconds=20),
    tries=4,
    readings=3,
    first_pause=timedelta(milliseconds=1),
    longest_pause=timedelta(milliseconds=4),
)
"""Patience that a test has."""
BY_NUMBER = ServicePull("/page", "data.list", Numbered(total="data.total", echo="data.page"))


def rows_of(number: int) -> list[Row]:
    """So many rows, each with a name of its own."""
    return [{"id": n, "纳税人名称": f"某某商贸有限公司{n}", "金额": 12.50} for n in range(number)]


def service(auth: Any = None, limits: Limits = QUICK) -> Service:
    """A connector's words."""
    return Service("http", "tax_api", auth or NoAuth(), limits)


def feed_behind(spec: Service, pull: ServicePull) -> Feed:
    """The tax feed with one dataset, its ratings, pulled from a service."""
    feed = load_feeds()["tax"]
    return replace(feed, connector=spec, datasets=(replace(feed.dataset("ratings"), pull=pull),))


def endpoint_at(port: int, **facts: Any) -> Endpoint:
    """An Airflow connection to a service on loopback."""
    known: dict[str, Any] = {"host": "127.0.0.1", "database": "http", "login": LOGIN, "password": PASSWORD}
    return Endpoint("tax_api", port=port, **{**known, **facts})


def pulled(
    port: int,
    folder: Path,
    pull: ServicePull = BY_NUMBER,
    spec: Service | None = None,
    taken: Sequence[Taken] = (),
    **more: Any,
) -> tuple[list[Row], str | None]:
    """Pull the ratings once; return the rows in the file and the position reached.

    Args:
        more: ``as_of``, or facts of the endpoint.
    """
    as_of = more.pop("as_of", AS_OF)
    spec = spec or service()
    feed = feed_behind(spec, pull)
    with contextlib.closing(ServiceConnector(feed, spec, endpoint_at(port, **more), as_of)) as connector:
        (increment,) = connector.increments(taken)
        target = folder / increment.name
        reached = connector.pull(increment, taken, target)
    return read_rows(target) if reached is not None else [], reached


def read_rows(file: Path) -> list[Row]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]

"""What a contract says of the way to a feed's data: the connector of the feed, and the pull of each dataset.

Never a credential: ``connection`` is the id of an Airflow connection. An unknown or missing key is a ``TypeError``.
Source: GB/T 39443 (public-credit information is exchanged as files, through databases and through services).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from creditlake.connectors.service_spec import Service, ServicePull, service_of, service_pull_of
from creditlake.connectors.units import size, span

_TABLE = re.compile(r"[^\s.\"`;]+(\.[^\s.\"`;]+){0,2}")


@dataclass(frozen=True, slots=True)
class DropFolder:
    """The agency drops files into ``<drop>/<feed>/``; nothing is fetched."""

    kind: ClassVar[str] = "files"
    connection: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class FileStore:
    """The agency lays files on a server.

    Attributes:
        kind: ``sftp`` or ``s3``.
        folder: The folder on the server; for S3, bucket and prefix.
        settle: A new file counts once its size and time of change stood still so long.
        largest: Size in bytes beyond which a file stops the run: something else lies there than was agreed on.
    """

    kind: str
    connection: str
    folder: str
    settle: timedelta = timedelta(seconds=5)
    largest: int = 20 << 30

    def __post_init__(self) -> None:
        if not self.folder.strip("/"):
            raise ValueError(f"connector: {self.folder!r} names no folder")


@dataclass(frozen=True, slots=True)
class Database:
    """The agency writes into an exchange database (前置库).

    Attributes:
        kind: ``postgresql`` or ``mysql`` (MariaDB too).
    """

    kind: str
    connection: str


@dataclass(frozen=True, slots=True)
class TablePull:
    """How one table of an exchange database is pulled: by batch number or by time of change, one of the two.

    Attributes:
        table: Name of the table or view, with its schema.
        batch: The column with the batch number; every number is pulled once, and again when its rows became more.
        changed: The column with the time of change, in Beijing time; what changed since the last pull is pulled.
        overlap: How far before the last pull it begins, for rows that were committed late; those that came before
            are left out.
        order: The column that orders rows of one batch, or of one time; where it is not named, none does.
        columns: The source's name of a column that the contract calls otherwise.
    """

    table: str
    batch: str = ""
    changed: str = ""
    overlap: timedelta = timedelta(0)
    order: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if bool(self.batch) == bool(self.changed):
            raise ValueError("pull: name either batch or changed, the column by which rows are pulled")
        if not _TABLE.fullmatch(self.table):
            raise ValueError(f"pull: {self.table!r} is no name of a table like share.xzcf")


Connector = DropFolder | FileStore | Database | Service
Pull = TablePull | ServicePull

_CONNECTORS: dict[str, Callable[..., FileStore | Database | Service]] = {
    "sftp": FileStore,
    "s3": FileStore,
    "postgresql": Database,
    "mysql": Database,
    "http": service_of,
}
_PULLS: dict[type, Callable[..., Pull]] = {Database: TablePull, Service: service_pull_of}


def connector_of(entry: Any) -> Connector:
    """Return the connector that a contract's entry names: the word ``files`` or a mapping with its ``kind``.

    Raises:
        TypeError, ValueError: the kind is unknown, or a key is unknown or missing.
    """
    if entry == DropFolder.kind:
        return DropFolder()
    if not isinstance(entry, Mapping) or entry.get("kind") not in _CONNECTORS:
        kinds = ", ".join(_CONNECTORS)
        raise ValueError(f"connector: {entry!r} is neither 'files' nor a mapping whose kind is one of {kinds}")
    read: dict[str, Any] = {name: _READ[name](value) for name, value in entry.items() if name in _READ}
    return _CONNECTORS[entry["kind"]](**{**entry, **read})


def pull_of(connector: Connector, entry: Mapping[str, Any] | None) -> Pull | None:
    """Return how a dataset is pulled through a connector; None where whole files come, which need no more words.

    Raises:
        TypeError, ValueError: it says nothing where it must, something where it must not, or something wrong.
    """
    kind = _PULLS.get(type(connector))
    if kind is None:
        if entry is not None:
            raise ValueError(f"pull: a feed whose connector is {connector.kind!r} brings files; leave it out")
        return None
    if entry is None:
        raise ValueError(f"pull is missing: the connector {connector.kind!r} must know where the rows are")
    spans: dict[str, Any] = {name: span(value) for name, value in entry.items() if name == "overlap"}
    return kind(**{**entry, **spans})


_READ: dict[str, Callable[[Any], Any]] = {"settle": span, "largest": size}
"""How the values of a connector that are no plain text are read."""

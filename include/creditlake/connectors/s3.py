"""S3 and what speaks its protocol (MinIO, Ceph, the clouds'): the folder is a bucket and a prefix.

The connection's login is the access key and its password the secret; nothing is looked for elsewhere, so that no run
signs in as somebody nobody entered. Names in the extra are those of Airflow's AWS connections: ``endpoint_url`` (or
host and port of the connection, with ``scheme``, https when not given), ``region_name`` (may be left out where an
endpoint is named), ``aws_session_token``; ``ca_file`` for an authority of one's own; ``timeout`` in seconds.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from pyarrow import fs

from creditlake.connectors.endpoint import Endpoint, SourceFailed
from creditlake.connectors.store import Entry, ServerKind, timeout_of

log = logging.getLogger(__name__)
ATTEMPTS = 4
PIECE_BYTES = 8 << 20
HOME_REGION = "us-east-1"
"""What servers of one's own call theirs when nobody has named it."""


class S3Store:
    """One prefix of one bucket."""

    def __init__(self, endpoint: Endpoint, folder: str) -> None:
        self._folder = folder.strip("/")
        self._files = _signed_in(endpoint)

    def listing(self) -> list[Entry]:
        """Return the objects right below the prefix.

        Raises:
            SourceFailed: there is no such bucket. A prefix is not there while nothing begins with it: that is told.
        """
        bucket = self._folder.split("/")[0]
        if self._files.get_file_info(bucket).type != fs.FileType.Directory:
            raise SourceFailed(f"there is no bucket {bucket}, or this account may not see it")
        found = self._files.get_file_info(fs.FileSelector(self._folder, allow_not_found=True))
        if not found:
            log.warning("%s holds nothing", self._folder)
        return [_entry(info.base_name, info) for info in found if info.type == fs.FileType.File]

    def entry(self, name: str) -> Entry | None:
        """Return what one object is now, with the mark (ETag) of its content; None when it is gone."""
        path = f"{self._folder}/{name}"
        info = self._files.get_file_info(path)
        if info.type != fs.FileType.File:
            return None
        with contextlib.suppress(FileNotFoundError), self._files.open_input_stream(path) as stream:
            told = dict((stream.metadata() or {}).items())
            return _entry(name, info, told.get(b"ETag", b"").decode("ascii"))
        return None

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content."""
        with self._files.open_input_stream(f"{self._folder}/{name}") as stream:
            while chunk := stream.read(PIECE_BYTES):
                yield chunk

    def close(self) -> None:
        """Nothing stays open between requests."""


S3 = ServerKind(S3Store, (OSError,))


def _signed_in(endpoint: Endpoint) -> fs.S3FileSystem:
    if not endpoint.login or not endpoint.password:
        raise SourceFailed("the connection has no login (access key) or no password (secret key)")
    extra = endpoint.extra
    scheme, server = _server(endpoint)
    region = extra.get("region_name") or (HOME_REGION if server else "")
    if not region:
        raise SourceFailed("the connection names neither region_name nor a server (endpoint_url, or host)")
    timeout = timeout_of(endpoint)
    return fs.S3FileSystem(
        access_key=endpoint.login,
        secret_key=endpoint.password,
        session_token=extra.get("aws_session_token"),
        region=region,
        scheme=scheme,
        endpoint_override=server or None,
        connect_timeout=timeout,
        request_timeout=timeout,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
        tls_ca_file_path=extra.get("ca_file"),  # type: ignore[call-arg]
    )


def _server(endpoint: Endpoint) -> tuple[Literal["http", "https"], str]:
    """Return scheme and ``host:port`` of the server; the latter is empty for Amazon's own."""
    if address := endpoint.extra.get("endpoint_url"):
        parts = urlsplit(address)
        if not parts.netloc:
            raise SourceFailed("endpoint_url in the connection's extra is no address like https://host:port")
        return _scheme(parts.scheme), parts.netloc
    port = f":{endpoint.port}" if endpoint.port else ""
    return _scheme(endpoint.extra.get("scheme", "https")), f"{endpoint.host}{port}" if endpoint.host else ""


def _scheme(text: str) -> Literal["http", "https"]:
    if text == "http":
        return "http"
    if text == "https":
        return "https"
    raise SourceFailed(f"the connection's scheme is http or https, not {text!r}")


def _entry(name: str, info: fs.FileInfo, version: str = "") -> Entry:
    if info.size is None or info.mtime_ns is None:
        raise SourceFailed(f"the server does not tell the size and the time of {name}")
    return Entry(name, info.size, info.mtime_ns // 1_000_000_000, version)

"""Files of the lake in an object store (S3, MinIO, …): data files and landed bytes, each below a bucket and a prefix.

Who signs in stands in the environment alone, under the names that every S3 client reads: ``AWS_ACCESS_KEY_ID``,
``AWS_SECRET_ACCESS_KEY``, ``AWS_SESSION_TOKEN``, ``AWS_REGION``, ``AWS_ENDPOINT_URL``. DuckDB's extension and the
client here read it there themselves: no key is written into the catalogue, a file, a log or a statement.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pyarrow import fs

HOME_REGION = "us-east-1"
"""What servers of one's own call theirs when nobody has named it."""
TIMEOUT_SECONDS = 60.0
ATTEMPTS = 5
CHUNK_BYTES = 8 << 20


def duckdb_settings() -> dict[str, str]:
    """Return the settings with which DuckDB finds the server; of Amazon's own it needs none.

    Raises:
        ValueError: the environment names nobody to sign in as, or no server.
    """
    scheme, server, region = _server()
    if not server:
        return {"s3_region": region}
    style = {"s3_url_style": "path", "s3_use_ssl": "true" if scheme == "https" else "false"}
    return {"s3_region": region, "s3_endpoint": server, **style}


def sizes(place: str) -> dict[str, int]:
    """Return size in bytes of every file by its path below a place like ``s3://bucket/prefix``.

    Raises:
        OSError: the server cannot be reached or lets us not in.
    """
    prefix = _prefix(place)
    found = _client().get_file_info(fs.FileSelector(prefix, allow_not_found=True, recursive=True))
    files = [info for info in found if info.type == fs.FileType.File]
    return {info.path.removeprefix(f"{prefix}/"): int(info.size or 0) for info in files}


def local_size(file: Path) -> int | None:
    """Return the size of a data file that lies in the lake's folder; None when it is not there."""
    return file.stat().st_size if file.exists() else None


def fetch(place: str, name: str, target: Path) -> None:
    """Copy one file into a new local file; OSError when it cannot be read."""
    with _client().open_input_stream(f"{_prefix(place)}/{name}") as reader, open(target, "xb") as writer:
        shutil.copyfileobj(reader, writer, CHUNK_BYTES)


def send(place: str, source: Path, name: str) -> None:
    """Copy a local file to a name below a place and see that it arrived; OSError when it did not."""
    client, path = _client(), f"{_prefix(place)}/{name}"
    with open(source, "rb") as reader, client.open_output_stream(path) as writer:
        shutil.copyfileobj(reader, writer, CHUNK_BYTES)
    arrived = client.get_file_info(path).size
    if arrived != source.stat().st_size:
        raise OSError(f"{place}/{name} has {arrived} bytes after it was sent, not {source.stat().st_size}")


def _prefix(place: str) -> str:
    return place.removeprefix("s3://")


def _client() -> fs.S3FileSystem:
    scheme, server, region = _server()
    return fs.S3FileSystem(
        scheme=scheme,
        endpoint_override=server or None,
        region=region,
        connect_timeout=TIMEOUT_SECONDS,
        request_timeout=TIMEOUT_SECONDS,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
    )


def _server() -> tuple[Literal["http", "https"], str, str]:
    """Return scheme, ``host:port`` (empty for Amazon's own) and region."""
    if missing := [name for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") if not os.environ.get(name)]:
        raise ValueError(f"the lake uses an object store, but {missing[0]} is not in the environment")
    address = os.environ.get("AWS_ENDPOINT_URL", "")
    region = os.environ.get("AWS_REGION") or (HOME_REGION if address else "")
    if not region:
        raise ValueError("the lake uses an object store, but neither AWS_REGION nor AWS_ENDPOINT_URL is set")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")):
        raise ValueError("AWS_ENDPOINT_URL must be like https://host:port")
    return "http" if parts.scheme == "http" else "https", parts.netloc, region

"""What S3 alone has: prefixes that are no folders, two ways to name a server, and connections that break off."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from creditlake.connectors.endpoint import Endpoint, SourceFailed
from creditlake.lake import LakePaths

from tests.connectors.servers import S3
from tests.connectors.stores import Agency, no_half_file, on_s3, pulled


@pytest.fixture
def agency(s3_server: S3, tmp_path: Path) -> Agency:
    return on_s3(s3_server, f"outgoing/{tmp_path.name}")


@contextlib.contextmanager
def breaking(port: int, after: int, times: int) -> Iterator[int]:
    """A port that hands connections on to another, and breaks so many off after so many bytes of the answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        left = [times]

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=hand_on, args=(client,), daemon=True).start()

        def hand_on(client: socket.socket) -> None:
            with client, socket.create_connection(("127.0.0.1", port)) as server, contextlib.suppress(OSError):
                threading.Thread(target=copy, args=(client, server), daemon=True).start()
                sent = 0
                while chunk := server.recv(1 << 16):
                    client.sendall(chunk)
                    sent += len(chunk)
                    if sent > after and left[0] > 0:
                        left[0] -= 1
                        client.shutdown(socket.SHUT_RDWR)
                        return

        def copy(reader: socket.socket, writer: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while chunk := reader.recv(1 << 16):
                    writer.sendall(chunk)

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


def at(endpoint: Endpoint, port: int, **extra: str) -> Endpoint:
    return replace(endpoint, extra={**endpoint.extra, "endpoint_url": f"http://127.0.0.1:{port}", **extra})


def test_a_server_may_be_named_by_host_and_port(paths: LakePaths, agency: Agency, s3_server: S3) -> None:
    agency.put("ratings-2026-10.csv", b"x")
    endpoint = replace(agency.endpoint, host="127.0.0.1", port=s3_server.port, extra={"scheme": "http"})

    (found,) = pulled(paths, agency.feed(), endpoint)

    assert found.path.read_bytes() == b"x"


def test_what_lies_deeper_is_another_prefix_and_an_empty_one_is_told(
    paths: LakePaths, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    assert list(pulled(paths, agency.feed(), agency.endpoint)) == []
    assert f"{agency.folder} holds nothing" in caplog.text

    agency.put("archive/ratings-2026-09.csv", b"old")
    agency.put("ratings-2026-10.csv", b"new")

    assert [one.path.read_bytes() for one in pulled(paths, agency.feed(), agency.endpoint)] == [b"new"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"login": ""}, "no login"),
        ({"password": ""}, "no password"),
        ({"extra": {}}, "neither region_name nor a server"),
        ({"extra": {"endpoint_url": "127.0.0.1:9000"}}, "no address"),
        ({"extra": {"endpoint_url": "ftp://127.0.0.1"}}, "http or https"),
        ({"extra": {"endpoint_url": "http://127.0.0.1", "timeout": "soon"}}, "no number of seconds"),
    ],
)
def test_a_connection_that_lacks_something_says_what(
    paths: LakePaths, agency: Agency, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(SourceFailed, match=message):
        list(pulled(paths, agency.feed(), replace(agency.endpoint, **changes)))  # type: ignore[arg-type]


def test_nobody_signs_in_as_who_the_environment_names(
    paths: LakePaths, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "else")

    with pytest.raises(SourceFailed, match="no login"):
        list(pulled(paths, agency.feed(), replace(agency.endpoint, login="", password="")))


def test_a_connection_that_breaks_off_once_costs_nothing(paths: LakePaths, agency: Agency, s3_server: S3) -> None:
    content = os.urandom(20 << 20)
    agency.put("ratings-2026-10.csv", content)

    with breaking(s3_server.port, after=6 << 20, times=1) as port:
        (found,) = pulled(paths, agency.feed(), at(agency.endpoint, port))

    assert found.path.read_bytes() == content


def test_a_server_that_breaks_off_every_time_leaves_nothing_and_the_next_run_is_exact(
    paths: LakePaths, agency: Agency, s3_server: S3, caplog: pytest.LogCaptureFixture
) -> None:
    content = os.urandom(20 << 20)
    agency.put("ratings-2026-10.csv", content)

    with (
        caplog.at_level(logging.DEBUG),
        breaking(s3_server.port, after=6 << 20, times=1000) as port,
        pytest.raises(SourceFailed, match=r"^tax, agency_s3: .*ratings-2026-10.csv") as failed,
    ):
        list(pulled(paths, agency.feed(), at(agency.endpoint, port)))

    assert no_half_file(paths)
    assert agency.endpoint.password not in str(failed.value) + caplog.text
    (found,) = pulled(paths, agency.feed(), agency.endpoint)
    assert found.path.read_bytes() == content


def test_a_server_that_accepts_and_falls_silent_is_given_up(paths: LakePaths, agency: Agency) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SourceFailed, match=r"^tax, agency_s3: "):
        list(pulled(paths, agency.feed(), at(agency.endpoint, silent.getsockname()[1], timeout="1")))

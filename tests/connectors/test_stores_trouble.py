"""Files on a server that are not ready, too large or out of reach, and runs that are killed."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from creditlake.connectors import inbox
from creditlake.connectors.endpoint import SourceFailed
from creditlake.connectors.spec import FileStore
from creditlake.lake import LakePaths

from tests.connectors.stores import (
    AT_ONCE,
    PULL,
    Agency,
    bytes_in,
    evaluable,
    no_half_file,
    pulled,
    wait_until,
)


@pytest.fixture
def agency(store_agency: Agency) -> Agency:
    """A folder on each kind of server, one after the other."""
    return store_agency


def test_a_file_that_is_still_being_written_is_left_for_the_next_run(
    paths: LakePaths, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    agency.put("arrears-2026-10.csv", b"whole")
    agency.put("ratings-2026-10.csv", b"x")
    written = threading.Event()

    def write() -> None:
        for part in range(2, 10000):
            agency.put("ratings-2026-10.csv", b"x" * part)
            if written.wait(0.05):
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [one.path.name for one in pulled(paths, agency.feed(timedelta(seconds=3)), agency.endpoint)]
    finally:
        written.set()
        writer.join()
    later = [one.path.name for one in pulled(paths, agency.feed(), agency.endpoint)]

    assert found == ["arrears-2026-10.csv"]
    assert "ratings-2026-10.csv is still being written" in caplog.text
    assert later == ["arrears-2026-10.csv", "ratings-2026-10.csv"]


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    agency: Agency, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    for attempt in range(8):  # a server may be slower to copy than we to read: then nothing changed under us
        paths = LakePaths(tmp_path / f"lake-{attempt}")
        agency.put("ratings-2026-10.csv", b"a" * (64 << 20))
        agency.put("next.part", b"b" * (64 << 20))

        def replace_it(paths: LakePaths = paths) -> None:
            wait_until(lambda: bytes_in(paths) > 0)
            agency.copy("next.part", "ratings-2026-10.csv")

        writer = threading.Thread(target=replace_it)
        writer.start()
        found = list(pulled(paths, agency.feed(), agency.endpoint))
        writer.join()
        if not found:
            break

    assert found == []
    assert "changed while it was read" in caplog.text
    (later,) = pulled(paths, agency.feed(), agency.endpoint)
    assert later.path.read_bytes() == b"b" * (64 << 20)


def test_a_file_beyond_the_size_that_was_agreed_on_stops_the_run(paths: LakePaths, agency: Agency) -> None:
    agency.put("arrears-2026-09.csv", b"x")
    agency.put("ratings-2026-10.csv", b"x" * 2000)
    spec = FileStore(agency.kind, "agency", agency.folder, AT_ONCE, largest=1000)
    found = pulled(paths, replace(agency.feed(), connector=spec), agency.endpoint)

    assert next(found).path.name == "arrears-2026-09.csv"
    with pytest.raises(SourceFailed, match=r"ratings-2026-10.csv has 2,000 bytes, more than the 1,000"):
        next(found)


def test_a_file_for_which_the_disk_has_no_room_is_not_begun(
    paths: LakePaths, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency.put("ratings-2026-10.csv", b"x" * 2000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=3999))

    with pytest.raises(SourceFailed, match=r"needs twice that on the lake's disk, which has 3,999 left"):
        list(pulled(paths, agency.feed(), agency.endpoint))
    assert no_half_file(paths)


def test_a_folder_that_is_not_there_is_no_feed_without_files(paths: LakePaths, agency: Agency) -> None:
    gone = replace(agency, folder="/not-there" if agency.kind == "sftp" else "not-there/x")

    with pytest.raises(SourceFailed, match=r"not-there|no bucket"):
        list(pulled(paths, gone.feed(), gone.endpoint))


def test_a_server_that_is_not_there_is_told_without_a_credential(
    paths: LakePaths, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "a-password-nobody-may-read"
    extra = {**agency.endpoint.extra, "endpoint_url": "http://127.0.0.1:1"}
    nobody = replace(agency.endpoint, port=1, password=secret, extra=extra)

    with caplog.at_level(logging.DEBUG), pytest.raises(SourceFailed, match=r"^tax, agency_") as failed:
        list(pulled(paths, agency.feed(), nobody))

    assert secret not in str(failed.value) + caplog.text
    assert failed.value.__cause__ is None


def test_a_run_that_is_killed_in_the_middle_of_a_file_is_finished_by_the_next(paths: LakePaths, agency: Agency) -> None:
    files = {f"ratings-2026-0{month}.csv": os.urandom(40 << 20) for month in (7, 8, 9)}
    for name, content in files.items():
        agency.put(name, content)
    process = subprocess.Popen(
        [sys.executable, "-c", PULL, str(paths.root), agency.kind, agency.folder, evaluable(agency.endpoint)],
    )
    wait_until(lambda: len(list(paths.inbox.glob("*/*"))) == 1 and bytes_in(paths) > 0)
    process.send_signal(signal.SIGKILL)
    process.wait()
    whole = [one.path.name for one in inbox.waiting(paths, "tax")]

    found = list(pulled(paths, agency.feed(), agency.endpoint))

    assert whole[0] == "ratings-2026-07.csv" and len(whole) < 3
    assert [one.path.name for one in found] == list(files)
    assert {one.path.name: one.path.read_bytes() for one in found} == files

"""Files that agencies lay on a server, by SFTP and in S3: what is new comes, as it is, once."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from creditlake.connectors import inbox
from creditlake.connectors.endpoint import Endpoint, SourceFailed
from creditlake.connectors.files import Delivery, discover
from creditlake.connectors.pulling import Errand, connector_to, deliveries
from creditlake.connectors.spec import FileStore, connector_of
from creditlake.contracts import Feed, load_feeds
from creditlake.lake import LakePaths, reading
from creditlake.lake.watermarks import watermarks
from creditlake.pipeline import ingest_feed

from tests.connectors.servers import S3, Sftp, s3, sftp
from tests.unit.deliveries import ratings_csv
from tests.unit.test_landing import zip_of

AS_OF = date(2026, 10, 31)
AT_ONCE = timedelta(0)
PULL = """
import sys
from pathlib import Path
from tests.connectors.test_stores import feed_at, pulled
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
    """

    kind: str
    folder: str
    endpoint: Endpoint
    put: Callable[[str, bytes], None]
    remove: Callable[[str], None]

    def feed(self, settle: timedelta = AT_ONCE) -> Feed:
        """The feed ``tax``, whose files lie there."""
        return feed_at(self.kind, self.folder, settle)


def feed_at(kind: str, folder: str, settle: timedelta) -> Feed:
    return replace(load_feeds()["tax"], connector=FileStore(kind, "agency", folder, settle))


@pytest.fixture(scope="session")
def sftp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sftp]:
    with sftp(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    with s3() as server:
        yield server


def on_sftp(server: Sftp, folder: Path) -> Agency:
    folder.mkdir()

    def put(name: str, content: bytes) -> None:
        """Whole at once, as a careful agency does; the time of change goes on with every file."""
        partial = folder / f"{name}.part"
        partial.write_bytes(content)
        at = time.time_ns() if not (folder / name).exists() else (folder / name).stat().st_mtime_ns + 10**9
        os.utime(partial, ns=(at, at))
        os.replace(partial, folder / name)

    return Agency("sftp", str(folder), server.endpoint(), put, lambda name: (folder / name).unlink())


def on_s3(server: S3, folder: str) -> Agency:
    def put(name: str, content: bytes) -> None:
        server.put(f"{folder}/{name}", content)

    def remove(name: str) -> None:
        server.client.delete_object(Bucket=server.bucket, Key=f"{folder}/{name}")

    return Agency("s3", f"{server.bucket}/{folder}", server.endpoint(), put, remove)


@pytest.fixture(params=["sftp", "s3"])
def agency(request: pytest.FixtureRequest, tmp_path: Path) -> Agency:
    if request.param == "sftp":
        return on_sftp(request.getfixturevalue("sftp_server"), tmp_path / "outgoing")
    name = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    return on_s3(request.getfixturevalue("s3_server"), f"outgoing/{name}")


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


def test_files_arrive_byte_for_byte_and_in_the_order_of_a_drop(
    paths: LakePaths, agency: Agency, tmp_path: Path
) -> None:
    drop = tmp_path / "drop" / "tax"
    drop.mkdir(parents=True)
    contents = {
        "violations-2026-10.csv": ratings_csv({}).encode("gb18030"),
        "arrears-2026-09.zip": zip_of(tmp_path / "a.zip", {"arrears-2026-09.csv": ratings_csv({})}).read_bytes(),
        "ratings.xlsx": b"PK\x03\x04" + os.urandom(9 << 20),
        "ratings_2026-02.jsonl": "{}\r\n".encode("utf-8-sig"),
        "说明 2026-10.csv": b"",
        "weather-2026-10.csv": b"\x00\xff",
    }
    for name, content in contents.items():
        agency.put(name, content)
        (drop / name).write_bytes(content)

    found = list(pulled(paths, agency.feed(), agency.endpoint))

    dropped = discover(tmp_path / "drop", load_feeds()["tax"])
    assert [(one.dataset, one.path.name) for one in found] == [(one.dataset, one.path.name) for one in dropped]
    assert {one.path.name: one.path.read_bytes() for one in found} == contents


def test_a_file_is_read_with_its_path_size_and_time(paths: LakePaths, agency: Agency) -> None:
    agency.put("ratings-2026-10.csv", ratings_csv({}).encode())

    ingest(paths, agency)

    (mark,) = watermarks(paths, "tax")
    assert mark.source == f"{agency.folder}/ratings-2026-10.csv"
    assert mark.reached.startswith(f"{len(ratings_csv({}).encode())} bytes of 20")
    assert mark.is_accepted
    assert list(paths.inbox.glob("*/*")) == []
    assert no_half_file(paths)


def test_what_came_from_a_server_is_what_would_have_come_by_a_drop(
    paths: LakePaths, agency: Agency, tmp_path: Path
) -> None:
    dropped = LakePaths(tmp_path / "dropped")
    drop = tmp_path / "drop" / "tax"
    drop.mkdir(parents=True)
    archive = zip_of(tmp_path / "r.zip", {"a-2026-10.csv": ratings_csv({"信用等级": "C"})})
    files = {
        "ratings-2026-09.csv": ratings_csv({"信用等级": "B"}, {"评价年度": "2024", "信用等级": "Q"}).encode("gb18030"),
        "ratings-2026-10.zip": archive.read_bytes(),
        "ratings-2026-08.csv": b"<html>503</html>",
        "other.csv": b"a,b\n1,2\n",
    }
    for name, content in files.items():
        agency.put(name, content)
        (drop / name).write_bytes(content)

    ingest(paths, agency)
    ingest_feed(dropped, tmp_path / "drop", load_feeds()["tax"], AS_OF, "test")

    for table in ("ops.batches", "ops.quality_checks", "validated.tax_ratings", "quarantine.tax_ratings"):
        assert rows_of(paths, table) == rows_of(dropped, table)
    assert len(rows_of(paths, "validated.tax_ratings")) == 2
    assert [mark.is_accepted for mark in watermarks(paths, "tax")] == [False, True, True, False]


def test_what_was_seen_is_not_fetched_again_whether_it_was_accepted_or_refused(
    paths: LakePaths, agency: Agency
) -> None:
    agency.put("ratings-2026-09.csv", ratings_csv({}).encode())
    agency.put("ratings-2026-10.csv", b"<html>maintenance</html>")
    agency.put("surprise.csv", b"a\n1\n")

    first, second = ingest(paths, agency), ingest(paths, agency)

    assert first == [
        ("ratings-2026-09.csv", "accepted", ""),
        ("ratings-2026-10.csv", "refused", "html"),
        ("surprise.csv", "refused", "unknown_dataset"),
    ]
    assert second == []


def test_a_file_that_has_changed_comes_again(paths: LakePaths, agency: Agency) -> None:
    agency.put("ratings-2026-10.csv", b"<html>maintenance</html>")
    ingest(paths, agency)

    agency.put("ratings-2026-10.csv", ratings_csv({}).encode())

    assert ingest(paths, agency) == [("ratings-2026-10.csv", "accepted", "")]
    assert ingest(paths, agency) == []


def test_the_same_bytes_under_another_name_are_fetched_once_and_change_nothing(
    paths: LakePaths, agency: Agency
) -> None:
    agency.put("ratings-2026-10.csv", ratings_csv({}).encode())
    ingest(paths, agency)
    before = rows_of(paths, "ops.batches")

    agency.put("ratings-2026-10-copy.csv", ratings_csv({}).encode())

    assert (ingest(paths, agency), list(pulled(paths, agency.feed(), agency.endpoint))) == ([], [])
    assert rows_of(paths, "ops.batches") == before
    assert [Path(mark.source).name for mark in watermarks(paths, "tax")] == [
        "ratings-2026-10.csv",
        "ratings-2026-10-copy.csv",
    ]


def test_hidden_and_unfinished_files_are_left_alone_and_told(
    paths: LakePaths, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    names = [".ratings.csv", "~$ratings.xlsx", "ratings.csv.part", "ratings.TMP", "r.filepart", "r.crdownload"]
    for name in names:
        agency.put(name, b"x")

    with caplog.at_level(logging.INFO):
        assert list(pulled(paths, agency.feed(), agency.endpoint)) == []

    assert all(name in caplog.text for name in names)


def test_a_file_that_is_still_being_written_is_left_for_the_next_run(
    paths: LakePaths, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    agency.put("arrears-2026-10.csv", b"whole")
    written = threading.Event()

    def write() -> None:
        for part in range(1, 1000):
            agency.put("ratings-2026-10.csv", b"x" * part)
            if written.wait(0.05):
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [one.path.name for one in pulled(paths, agency.feed(timedelta(seconds=1)), agency.endpoint)]
    finally:
        written.set()
        writer.join()
    later = [one.path.name for one in pulled(paths, agency.feed(), agency.endpoint)]

    assert found == ["arrears-2026-10.csv"]
    assert "ratings-2026-10.csv is still being written" in caplog.text
    assert later == ["arrears-2026-10.csv", "ratings-2026-10.csv"]


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    paths: LakePaths, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    agency.put("ratings-2026-10.csv", b"a" * (64 << 20))

    def replace_it() -> None:
        wait_until(lambda: bytes_in(paths) > 0)
        agency.put("ratings-2026-10.csv", b"b" * (64 << 20))

    writer = threading.Thread(target=replace_it)
    writer.start()
    found = list(pulled(paths, agency.feed(), agency.endpoint))
    writer.join()

    assert found == []
    assert "changed while it was read" in caplog.text
    (later,) = pulled(paths, agency.feed(), agency.endpoint)
    assert later.path.read_bytes() == b"b" * (64 << 20)


def wait_until(reached: Callable[[], bool]) -> None:
    """Wait for what another thread or process brings about."""
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def bytes_in(paths: LakePaths) -> int:
    """What is downloaded of a file that is being fetched."""
    return sum(path.stat().st_size for path in paths.scratch.glob("pulling-*/*"))


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


def evaluable(endpoint: Endpoint) -> str:
    """An endpoint as Python writes it, its secrets included."""
    return (
        f"Endpoint({endpoint.connection!r}, {endpoint.host!r}, {endpoint.port!r}, {endpoint.login!r}, "
        f"{endpoint.password!r}, extra={dict(endpoint.extra)!r})"
    )


def test_a_sample_is_the_newest_file_of_a_dataset(paths: LakePaths, agency: Agency, tmp_path: Path) -> None:
    agency.put("ratings-2026-09.csv", b"old")
    agency.put("ratings-2026-10.csv", b"new")
    connector = connector_to(Errand(agency.feed(), tmp_path, AS_OF, lambda _: agency.endpoint), paths.scratch)

    sample = connector.sample("ratings", 10, tmp_path)

    assert sample is not None and sample.read_bytes() == b"new"
    assert connector.sample("arrears", 10, tmp_path) is None
    connector.close()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"kind": "sftp", "connection": "tax"}, "folder"),
        ({"kind": "sftp", "connection": "tax", "folder": "/"}, "names no folder"),
        ({"kind": "s3", "connection": "tax", "folder": "a/b", "password": "x"}, "password"),
        ({"kind": "s3", "connection": "tax", "folder": "a/b", "largest": "5 GB"}, "no size"),
        ({"kind": "s3", "connection": "tax", "folder": "a/b", "settle": 5}, "no span"),
    ],
)
def test_a_wrong_word_in_a_contract_is_an_error(entry: dict[str, object], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        connector_of(entry)


def test_a_contract_tells_how_long_a_file_must_stand_still_and_how_large_it_may_be() -> None:
    spec = connector_of({"kind": "sftp", "connection": "tax", "folder": "/out", "settle": "1m", "largest": "2GiB"})

    assert spec == FileStore("sftp", "tax", "/out", timedelta(minutes=1), 2 << 30)

"""Files that agencies lay on a server, by SFTP and in S3: what is new comes, as it is, once."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from pathlib import Path

import pytest
from creditlake.connectors.files import discover
from creditlake.connectors.pulling import Errand, connector_to
from creditlake.connectors.spec import FileStore, connector_of
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.lake.watermarks import watermarks
from creditlake.pipeline import ingest_feed

from tests.connectors.stores import (
    AS_OF,
    Agency,
    ingest,
    no_half_file,
    pulled,
    rows_of,
)
from tests.unit.deliveries import ratings_csv
from tests.unit.test_landing import zip_of


@pytest.fixture
def agency(store_agency: Agency) -> Agency:
    """A folder on each kind of server, one after the other."""
    return store_agency


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
    assert {Path(mark.source).name for mark in watermarks(paths, "tax")} == {
        "ratings-2026-10.csv",
        "ratings-2026-10-copy.csv",
    }


def test_hidden_and_unfinished_files_are_left_alone_and_told(
    paths: LakePaths, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    names = [".ratings.csv", "~$ratings.xlsx", "ratings.csv.part", "ratings.TMP", "r.filepart", "r.crdownload"]
    for name in names:
        agency.put(name, b"x")

    with caplog.at_level(logging.INFO):
        assert list(pulled(paths, agency.feed(), agency.endpoint)) == []

    assert all(name in caplog.text for name in names)


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

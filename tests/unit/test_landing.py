"""Landing and bronze: what arrives is kept as received, once, and nothing but its content says what it is."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from creditlake.bronze import Batch, Postponed, all_batches, batch_id, load_bronze
from creditlake.connectors.files import Delivery, discover, month_in, undeclared_folders
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.landing import land

from tests.unit.clean_rows import clean_row
from tests.unit.deliveries import bronze_of, drop_ratings, ratings_csv

AS_OF = date(2026, 10, 31)


def batch_of(paths: LakePaths, delivery: Delivery, as_of: date = AS_OF) -> Batch:
    """The one batch of a delivery that is not left for later."""
    (batch,) = bronze_of(paths, delivery, as_of)
    assert isinstance(batch, Batch)
    return batch


def zip_of(path: Path, members: dict[str, str | bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_bytes_are_kept_as_received_under_their_hash(paths: LakePaths, tmp_path: Path) -> None:
    content = b"\xff\x00 not even text"

    landed = land(paths, drop_ratings(tmp_path, content))

    assert landed.sha256 == hashlib.sha256(content).hexdigest()
    assert landed.content(paths).read_bytes() == content


def test_the_same_bytes_under_another_name_are_the_same_delivery(paths: LakePaths, tmp_path: Path) -> None:
    first = land(paths, drop_ratings(tmp_path, ratings_csv({})))
    again = land(paths, drop_ratings(tmp_path, ratings_csv({}), "ratings-2026-09-corrected.csv"))

    assert again == first


def test_the_same_bytes_for_another_dataset_are_another_delivery(paths: LakePaths, tmp_path: Path) -> None:
    delivery = drop_ratings(tmp_path, b"")

    first, other = land(paths, delivery), land(paths, replace(delivery, dataset="arrears"))

    assert (first.sha256, first.batch_seq) == (other.sha256, other.batch_seq - 1)
    assert land(paths, delivery) == first


def test_deliveries_are_numbered_in_the_order_of_receipt(paths: LakePaths, tmp_path: Path) -> None:
    numbers = [land(paths, drop_ratings(tmp_path, ratings_csv({"评价年度": year}))).batch_seq for year in "123"]

    assert numbers == [1, 2, 3]


def test_a_landing_that_was_killed_before_its_manifest_is_landed_again(paths: LakePaths, tmp_path: Path) -> None:
    delivery = drop_ratings(tmp_path, ratings_csv({}))
    first = land(paths, delivery)
    first.content(paths).with_suffix(".json").unlink()

    again = land(paths, delivery)

    assert again == replace(first, batch_seq=2)


def test_the_vault_is_closed_to_other_users(paths: LakePaths, tmp_path: Path) -> None:
    landed = land(paths, drop_ratings(tmp_path, ratings_csv({})))

    folders = (paths.landing, landed.content(paths).parent, paths.bronze)
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700] * 3


def test_a_batch_id_depends_on_feed_dataset_member_and_content_alone() -> None:
    known = batch_id("tax", "ratings", "", "0" * 64)

    assert known == hashlib.sha256(b"tax\nratings\n\n" + b"0" * 64).hexdigest()[:20]
    others = [("tax", "arrears", "", "0" * 64), ("tax", "ratings", "a.csv", "0" * 64), ("tax", "ratings", "", "1" * 64)]
    assert len({known, *(batch_id(*other) for other in others)}) == 4


def test_bronze_keeps_every_value_as_text_with_its_row(paths: LakePaths, tmp_path: Path) -> None:
    batch = batch_of(paths, drop_ratings(tmp_path, ratings_csv({"信用等级": " a "}, {"信用等级": "暂无"})))

    rows = pq.read_table(batch.rows_file(paths)).to_pylist()
    assert [(row["信用等级"], row["_source_row"], row["_batch_id"]) for row in rows] == [
        (" a ", 1, batch.batch_id),
        ("暂无", 2, batch.batch_id),
    ]
    assert batch.rows == 2


def test_identity_numbers_of_persons_are_keyed_hashes_from_bronze_on(paths: LakePaths, tmp_path: Path) -> None:
    row = clean_row("penalty.decisions", CF_FR_SFZH="150102199001011234", CF_XDR_ZJHM=None)
    header = [name for name in row if row[name] is not None or name == "CF_NR_WFFF"] + ["CF_XDR_ZJHM"]
    text = ",".join(header) + "\n" + ",".join(row[name] or "" for name in header) + "\n"
    target = tmp_path / "drop" / "penalty" / "decisions.csv"
    target.parent.mkdir(parents=True)
    target.write_text(text, encoding="utf-8")

    batch = batch_of(paths, Delivery("penalty", "decisions", target))

    (kept,) = pq.read_table(batch.rows_file(paths)).to_pylist()
    assert "150102199001011234" not in str(kept)
    assert len(kept["CF_FR_SFZH"]) == 32
    assert not kept["CF_XDR_ZJHM"]


def test_a_batch_is_delivered_on_the_latest_day_its_rows_name(paths: LakePaths, tmp_path: Path) -> None:
    header = (*ratings_csv().strip().split(","), "提供日期")
    rows = (
        {"提供日期": "2026-10-08"},
        {"提供日期": "2026/10/09"},
        {"提供日期": "20261007"},
        {"提供日期": "2026-13-40"},
        {"提供日期": "2026-10-311"},
        {"提供日期": " 2026-10-11 23:59:59.999999"},
        {"提供日期": "2026/10/9T08:00"},
        {"提供日期": "2026-10-12T00:00:00+08:00"},
        {"提供日期": "T"},
    )

    batch = batch_of(paths, drop_ratings(tmp_path, ratings_csv(*rows, header=header), "ratings-2026-08.csv"))

    assert (batch.delivered, batch.by_month) == (date(2026, 10, 12), False)


@pytest.mark.parametrize(
    ("name", "delivered"),
    [
        ("ratings-2026-02.csv", date(2026, 2, 28)),
        ("ratings_202602.csv", date(2026, 2, 28)),
        ("ratings.csv", AS_OF),
        ("ratings-20260215.csv", AS_OF),
    ],
)
def test_without_a_day_in_its_rows_the_month_in_the_name_counts_else_as_of(
    paths: LakePaths, tmp_path: Path, name: str, delivered: date
) -> None:
    assert batch_of(paths, drop_ratings(tmp_path, ratings_csv({}), name)).delivered == delivered


def test_a_month_is_not_read_out_of_longer_numbers() -> None:
    assert month_in("x-2026-10.csv") == month_in("x202610.csv") == date(2026, 10, 1)
    assert [month_in(name) for name in ("x-2026-13.csv", "x-1202610.csv", "x-2026100.csv", "x.csv")] == [None] * 4


def test_what_lies_after_as_of_is_left_for_later_and_nothing_of_it_is_in_bronze(
    paths: LakePaths, tmp_path: Path
) -> None:
    delivery = drop_ratings(tmp_path, ratings_csv({}), "ratings-2026-11.csv")

    (later,) = bronze_of(paths, delivery, AS_OF)

    assert isinstance(later, Postponed)
    assert list(all_batches(paths)) == []
    assert batch_of(paths, delivery, date(2026, 11, 1)).rows == 1


def test_a_file_of_a_month_that_has_begun_counts(paths: LakePaths, tmp_path: Path) -> None:
    assert batch_of(paths, drop_ratings(tmp_path, ratings_csv({}), "ratings-2026-10.csv"), date(2026, 10, 1)).rows == 1


def test_a_refused_file_of_a_later_month_is_left_for_later_too(paths: LakePaths, tmp_path: Path) -> None:
    (later,) = bronze_of(paths, drop_ratings(tmp_path, b"", "ratings-2026-11.csv"), AS_OF)

    assert isinstance(later, Postponed)


def test_each_member_of_an_archive_is_a_batch_with_its_own_month(paths: LakePaths, tmp_path: Path) -> None:
    content = {"b-2026-09.csv": ratings_csv({}), "a-2026-11.csv": ratings_csv({"评价年度": "2024"}), "c.csv": ""}
    path = zip_of(tmp_path / "drop" / "tax" / "ratings-2026-10.zip", dict(content))

    later, first, broken = bronze_of(paths, Delivery("tax", "ratings", path), AS_OF)

    assert isinstance(later, Postponed)
    assert isinstance(first, Batch) and (first.member, first.delivered) == ("b-2026-09.csv", date(2026, 9, 30))
    assert isinstance(broken, Batch) and broken.refusal.startswith("zero_bytes")
    assert broken.delivered == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"../outside.csv": "x"}, "zip_path"),
        ({}, "bad_archive"),
    ],
)
def test_a_bad_archive_is_one_refused_batch(
    paths: LakePaths, tmp_path: Path, content: dict[str, str | bytes], code: str
) -> None:
    batch = batch_of(paths, Delivery("tax", "ratings", zip_of(tmp_path / "drop" / "tax" / "ratings.zip", content)))

    assert batch.refusal.split(":")[0] == code
    assert (batch.member, batch.rows) == ("", 0)


def test_damaged_bytes_inside_an_archive_refuse_the_member(paths: LakePaths, tmp_path: Path) -> None:
    path = zip_of(tmp_path / "drop" / "tax" / "ratings.zip", {"a.csv": ratings_csv(*[{}] * 50)})
    damaged = bytearray(path.read_bytes())
    damaged[60:90] = b"\xff" * 30
    path.write_bytes(damaged)

    assert batch_of(paths, Delivery("tax", "ratings", path)).refusal.startswith("bad_archive")


def test_a_file_of_no_declared_dataset_is_refused(paths: LakePaths, tmp_path: Path) -> None:
    drop_ratings(tmp_path, ratings_csv({}), "surprise-2026-10.csv")

    (delivery,) = discover(tmp_path / "drop", load_feeds()["tax"])

    assert batch_of(paths, delivery).refusal.startswith("unknown_dataset: feed tax")


def test_a_drop_is_read_oldest_month_first_and_undeclared_folders_are_told(tmp_path: Path) -> None:
    names = ("ratings.csv", "violations-2026-09.csv", "arrears-2026-10.csv", ".hidden.csv")
    for name in names:
        drop_ratings(tmp_path, ratings_csv({}), name)
    (tmp_path / "drop" / "weather").mkdir()

    found = discover(tmp_path / "drop", load_feeds()["tax"])

    assert [delivery.path.name for delivery in found] == [
        "violations-2026-09.csv",
        "arrears-2026-10.csv",
        "ratings.csv",
    ]
    assert undeclared_folders(tmp_path / "drop", load_feeds()) == ["weather"]


def test_what_is_no_file_in_a_drop_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = drop_ratings(tmp_path, ratings_csv({}), "ratings-2026-10.csv").path.parent
    (folder / "ratings-2026-09.csv").symlink_to("gone.csv")
    (folder / "arrears-2026-10.csv").mkdir()
    os.mkfifo(folder / "violations-2026-10.csv")
    (folder / ".snapshot").mkdir()

    found = discover(tmp_path / "drop", load_feeds()["tax"])

    assert [delivery.path.name for delivery in found] == ["ratings-2026-10.csv"]
    assert [record.args for record in caplog.records] == [
        ("tax", name) for name in ("arrears-2026-10.csv", "ratings-2026-09.csv", "violations-2026-10.csv")
    ]


def test_a_bronze_folder_without_its_last_file_is_written_again(paths: LakePaths, tmp_path: Path) -> None:
    delivery = drop_ratings(tmp_path, ratings_csv({}))
    batch = batch_of(paths, delivery)
    (batch.folder(paths) / "batch.json").unlink()
    batch.rows_file(paths).write_bytes(b"half")

    assert batch_of(paths, delivery) == batch
    assert pq.read_table(batch.rows_file(paths)).num_rows == 1


def test_bronze_is_written_once_and_only_read_afterwards(paths: LakePaths, tmp_path: Path) -> None:
    delivery = drop_ratings(tmp_path, ratings_csv({}))
    batch = batch_of(paths, delivery)
    written = batch.rows_file(paths).stat().st_mtime_ns

    assert load_bronze(paths, land(paths, delivery), date(2027, 1, 1)) == [batch]
    assert batch.rows_file(paths).stat().st_mtime_ns == written
    assert not list(paths.scratch.iterdir())


def test_a_hashed_identity_number_that_comes_back_is_not_hashed_again(paths: LakePaths, tmp_path: Path) -> None:
    number, known = "11010519491231002X", "0123456789abcdef0123456789abcdef"
    kept = {}
    for label, extra in (("first", {}), ("back", {"_corrects_batch_id": "b", "_corrects_row": "1"})):
        row = clean_row("penalty.decisions", CF_FR_SFZH=number, CF_XDR_ZJHM=known) | extra
        file = tmp_path / f"decisions-{label}.csv"
        file.write_text(f"{','.join(row)}\n{','.join(value or '' for value in row.values())}\n", encoding="utf-8")
        batch = batch_of(paths, Delivery("penalty", "decisions", file))
        (kept[label],) = pq.read_table(batch.rows_file(paths)).to_pylist()

    assert kept["back"]["CF_XDR_ZJHM"] == known != kept["first"]["CF_XDR_ZJHM"]
    assert kept["back"]["CF_FR_SFZH"] == kept["first"]["CF_FR_SFZH"] != number

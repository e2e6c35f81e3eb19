"""Workbooks and archives that are odd, damaged or hostile: nothing is lost in silence, nothing kills the run."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from creditlake.bronze import Batch
from creditlake.lake import LakePaths
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.conftest import AS_OF
from tests.unit.deliveries import RATING, RATINGS, bronze_of, drop_ratings, ratings_csv

VALUES = list(RATING.values())
ONE = ratings_csv({})


def workbook(fill: Callable[[Worksheet, Workbook], object]) -> bytes:
    """A workbook whose first sheet is filled by the test."""
    book, target = Workbook(), io.BytesIO()
    assert isinstance(book.active, Worksheet)
    fill(book.active, book)
    book.save(target)
    return target.getvalue()


def archive(*members: tuple[str | zipfile.ZipInfo, str | bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packed) as made:
        for name, content in members:
            made.writestr(name, content)
    return target.getvalue()


def changed(packed: bytes, old: bytes, new: bytes) -> bytes:
    assert old in packed
    return packed.replace(old, new)


def with_header_bits(packed: bytes, local: int, central: int, value: bytes) -> bytes:
    """An archive of one member with bytes of both its headers overwritten."""
    made, directory = bytearray(packed), packed.find(b"PK\x01\x02")
    made[local : local + len(value)] = value
    made[directory + central : directory + central + len(value)] = value
    return bytes(made)


def batches(paths: LakePaths, folder: Path, content: bytes, name: str) -> list[Batch]:
    found = bronze_of(paths, drop_ratings(folder, content, name), AS_OF)
    return [batch for batch in found if isinstance(batch, Batch)]


def rows(paths: LakePaths, batch: Batch) -> list[dict[str, str | None]]:
    assert batch.refusal == ""
    return pq.read_table(batch.rows_file(paths)).to_pylist()


def table(sheet: Worksheet, *lines: list[object]) -> None:
    for line in (list(RATINGS), *lines):
        sheet.append(line)


def test_a_cell_becomes_the_text_a_person_sees(paths: LakePaths, tmp_path: Path) -> None:
    cells = [["91150102", "甲", 2025, "A", True, date(2026, 4, 10)], [330203000030639, "乙", 2025.5, None, "局", None]]
    at_noon = ["91150102", "丙", "2025", "A", "局", datetime.fromisoformat("2026-04-10T12:30:00")]
    content = workbook(lambda sheet, _: table(sheet, *cells, [None] * 6, at_noon))

    (batch,) = batches(paths, tmp_path, content, "ratings.xlsx")

    found = [[row[name] for name in RATINGS] for row in rows(paths, batch)]
    assert found == [
        ["91150102", "甲", "2025", "A", "TRUE", "2026-04-10"],
        ["330203000030639", "乙", "2025.5", None, "局", None],
        ["91150102", "丙", "2025", "A", "局", "2026-04-10T12:30:00"],
    ]


def test_an_identifier_kept_as_text_stays_and_one_kept_as_a_long_number_is_marked(
    paths: LakePaths, tmp_path: Path
) -> None:
    code = "911501020000000018"
    content = workbook(lambda sheet, _: table(sheet, [code, *VALUES[1:]], [int(code), *VALUES[1:]]))

    (batch,) = batches(paths, tmp_path, content, "ratings.xlsx")

    text, number = rows(paths, batch)
    assert (text["统一社会信用代码"], text["_ragged"]) == (code, None)
    assert str(number["_ragged"]).startswith("a number of more than 15 digits, not a text: 9115010200000000")


def test_cells_beyond_the_header_mark_the_row(paths: LakePaths, tmp_path: Path) -> None:
    content = workbook(lambda sheet, _: table(sheet, [*VALUES, None, "多"], VALUES[:3]))

    (batch,) = batches(paths, tmp_path, content, "ratings.xlsx")

    assert [row["_ragged"] for row in rows(paths, batch)] == ["expected 6 fields, got more: ['多']", None]


def titled(sheet: Worksheet, _: Workbook) -> None:
    sheet.append(["纳税信用等级表"])
    sheet.merge_cells("A1:F1")
    table(sheet, VALUES)


def far_out(sheet: Worksheet, _: Workbook) -> None:
    table(sheet, VALUES)
    sheet["XFD1048576"] = "x"


def two_sheets(sheet: Worksheet, book: Workbook) -> None:
    table(sheet, VALUES)
    table(book.create_sheet("二月"), VALUES)


@pytest.mark.parametrize(
    ("fill", "reason"),
    [
        (two_sheets, "unknown_header: tax.ratings, ratings.xlsx: sheet '二月' holds columns of the contract too"),
        (titled, "missing_header: tax.ratings, ratings.xlsx: the first line holds no column name"),
        (far_out, "zip_bomb: tax.ratings, ratings.xlsx: xl/worksheets/sheet1.xml names the cell XFD1048576"),
        (lambda sheet, _: table(sheet), "too_few_rows: tax.ratings, ratings.xlsx holds 0 rows"),
        (lambda sheet, _: None, "missing_header: tax.ratings, ratings.xlsx: the first sheet is empty"),
    ],
)
def test_a_workbook_that_is_not_what_was_agreed_is_refused(
    paths: LakePaths, tmp_path: Path, fill: Callable[[Worksheet, Workbook], object], reason: str
) -> None:
    (batch,) = batches(paths, tmp_path, workbook(fill), "ratings.xlsx")

    assert batch.refusal.startswith(reason)


def test_a_second_sheet_of_remarks_does_no_harm(paths: LakePaths, tmp_path: Path) -> None:
    content = workbook(lambda sheet, book: (table(sheet, VALUES), book.create_sheet("说明").append(["填报说明"])))

    (batch,) = batches(paths, tmp_path, content, "ratings.xlsx")

    assert batch.rows == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook(lambda sheet, _: table(sheet, VALUES))[:-100], "bad_archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "bad_archive"),
        (ONE.encode(), "bad_archive"),
        (b"<html><body>504</body></html>", "html"),
    ],
)
def test_bytes_that_are_no_workbook_are_refused(paths: LakePaths, tmp_path: Path, content: bytes, code: str) -> None:
    (batch,) = batches(paths, tmp_path, content, "ratings.xlsx")

    assert batch.refusal.startswith(f"{code}: tax.ratings, ratings.xlsx")


def link(name: str) -> zipfile.ZipInfo:
    """A member that is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


GOOD = archive(("a.csv", ONE))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive(("/etc/ratings.csv", ONE)), "zip_path: tax.ratings, r.zip: member '/etc/ratings.csv' leads outside"),
        (archive(("C:\\ratings.csv", ONE)), "zip_path: "),
        (archive(("..\\ratings.csv", ONE)), "zip_path: "),
        (archive(("a/../../ratings.csv", ONE)), "zip_path: "),
        (archive((link("ratings.csv"), "/etc/passwd")), "zip_path: "),
        (
            archive(("a.csv", ONE), ("b.csv", ONE)).replace(b"b.csv", b"a.csv"),
            "bad_archive: tax.ratings, r.zip: mem",
        ),
        (with_header_bits(GOOD, 6, 8, b"\x01"), "bad_archive: tax.ratings, r.zip: member a.csv is encrypted"),
        (
            with_header_bits(GOOD, 8, 10, b"\x63"),
            "bad_archive: tax.ratings, r.zip: member a.csv is packed",
        ),
        (archive(("a.csv", ONE), packed=zipfile.ZIP_BZIP2), "bad_archive: "),
        (archive(*[(f"{n}.csv", b"0" * (10 << 20)) for n in range(7)]), "zip_bomb: tax.ratings, r.zip would unpack"),
        (archive(("d/", ""), (".DS_Store", "x")), "bad_archive: tax.ratings, r.zip holds no file"),
        (b"", "zero_bytes: tax.ratings, r.zip is empty"),
        (b"<!DOCTYPE html>", "html: tax.ratings, r.zip is a web page"),
        (ONE.encode(), "bad_archive: tax.ratings, r.zip is not a readable archive"),
    ],
)
def test_a_hostile_or_damaged_archive_is_one_refused_batch_and_nothing_of_it_is_unpacked(
    paths: LakePaths, tmp_path: Path, content: bytes, reason: str
) -> None:
    (batch,) = batches(paths, tmp_path, content, "r.zip")

    assert batch.refusal.startswith(reason)
    assert (batch.member, batch.rows) == ("", 0)
    assert not list(paths.scratch.iterdir())


def test_a_size_that_the_archive_lies_about_is_found_out(paths: LakePaths, tmp_path: Path) -> None:
    packed = archive(("a.csv", ratings_csv(*[{}] * 5000)))

    (batch,) = batches(paths, tmp_path, with_header_bits(packed, 22, 24, struct.pack("<I", 100)), "r.zip")

    assert batch.refusal.startswith("bad_archive: tax.ratings, r.zip: member a.csv cannot be unpacked")


def test_what_is_wrong_with_one_member_refuses_that_member_only(paths: LakePaths, tmp_path: Path) -> None:
    packed = archive(("a.csv", ONE), ("b.zip", GOOD), ("c.csv", ""), (".hidden.csv", "x"), ("__MACOSX/._a.csv", "x"))

    found = batches(paths, tmp_path, packed, "r.zip")

    assert [(batch.member, batch.refusal) for batch in found] == [
        ("a.csv", ""),
        ("b.zip", "unknown_format: tax.ratings, r.zip/b.zip: an archive inside an archive is not opened"),
        ("c.csv", "zero_bytes: tax.ratings, r.zip/c.csv is empty"),
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_name_in_the_archive_that_does_not_tell_its_encoding_is_read(
    paths: LakePaths, tmp_path: Path, encoding: str
) -> None:
    name = "评级.csv".encode(encoding)
    packed = changed(archive(("x" * len(name), ONE)), b"x" * len(name), name)

    (batch,) = batches(paths, tmp_path, packed, "r.zip")

    assert (batch.member, batch.rows, batch.refusal) == ("评级.csv", 1, "")

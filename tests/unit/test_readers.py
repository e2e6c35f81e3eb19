"""What a file becomes in bronze, and when it is refused as a whole."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from creditlake.bronze import Batch, Postponed
from creditlake.lake import LakePaths
from creditlake.persons import hashed, person_key
from openpyxl import Workbook

from tests.conftest import AS_OF
from tests.unit.deliveries import RATING, RATINGS, bronze_of, drop_ratings, ratings_csv


def rows_of(paths: LakePaths, batch: Batch | Postponed) -> list[dict[str, object]]:
    assert isinstance(batch, Batch)
    assert batch.refusal == ""
    return pq.read_table(batch.rows_file(paths)).to_pylist()


def refusal_of(paths: LakePaths, folder: Path, content: str | bytes, name: str = "ratings-2026-10.csv") -> str:
    (batch,) = bronze_of(paths, drop_ratings(folder, content, name), AS_OF)
    assert isinstance(batch, Batch)
    return batch.refusal


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_encoding_of_the_agencies_gives_the_same_text(paths: LakePaths, tmp_path: Path, encoding: str) -> None:
    content = ratings_csv({"纳税人名称": "呼和浩特市鑫源（玉泉）商贸有限公司"}).encode(encoding)

    (batch,) = bronze_of(paths, drop_ratings(tmp_path, content), AS_OF)

    assert rows_of(paths, batch)[0]["纳税人名称"] == "呼和浩特市鑫源（玉泉）商贸有限公司"


def test_rows_are_counted_from_one_without_the_header(paths: LakePaths, tmp_path: Path) -> None:
    (batch,) = bronze_of(paths, drop_ratings(tmp_path, ratings_csv({}, {"信用等级": "B"})), AS_OF)

    assert [(row["_source_row"], row["信用等级"]) for row in rows_of(paths, batch)] == [(1, "A"), (2, "B")]


def test_a_quoted_line_break_stays_inside_its_field(paths: LakePaths, tmp_path: Path) -> None:
    (batch,) = bronze_of(paths, drop_ratings(tmp_path, ratings_csv({"纳税人名称": "甲\n乙,丙"}, {})), AS_OF)

    assert [row["纳税人名称"] for row in rows_of(paths, batch)] == ["甲\n乙,丙", "某某商贸有限公司"]


def test_a_row_with_too_many_fields_is_kept_and_says_what_was_too_much(paths: LakePaths, tmp_path: Path) -> None:
    lines = ratings_csv({}, {}).splitlines()
    lines[1] += ",多出"

    (batch,) = bronze_of(paths, drop_ratings(tmp_path, "\n".join(lines) + "\n"), AS_OF)

    ragged = [row["_ragged"] for row in rows_of(paths, batch)]
    assert ragged == ["expected 6 fields, got 7: 多出", None]


def test_a_short_row_in_the_middle_is_kept_and_marked(paths: LakePaths, tmp_path: Path) -> None:
    lines = ratings_csv({}, {}).splitlines()
    lines[1] = "91150100701465425Y,某某商贸有限公司"

    (batch,) = bronze_of(paths, drop_ratings(tmp_path, "\n".join(lines) + "\n"), AS_OF)

    first = rows_of(paths, batch)[0]
    assert (first["_ragged"], first["评价年度"]) == ("expected 6 fields, got 2", None)


def test_json_lines_and_workbooks_give_the_same_rows_as_csv(paths: LakePaths, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(list(RATINGS))
    book.active.append([*list(RATING.values())[:2], 2025, "A", RATING["评价单位"], date(2026, 4, 10)])
    workbook = io.BytesIO()
    book.save(workbook)

    (from_xlsx,) = bronze_of(paths, drop_ratings(tmp_path, workbook.getvalue(), "ratings-2026-10.xlsx"), AS_OF)
    line = json.dumps(RATING | {"评价年度": 2025}, ensure_ascii=False) + "\n"
    (from_jsonl,) = bronze_of(paths, drop_ratings(tmp_path, line, "ratings-2026-10.jsonl"), AS_OF)

    for batch in (from_xlsx, from_jsonl):
        row = rows_of(paths, batch)[0]
        assert {name: row[name] for name in RATINGS} == RATING


def test_each_member_of_an_archive_is_a_batch_of_its_own(paths: LakePaths, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", ratings_csv({}))
        archive.writestr("b.csv", ratings_csv({}, {}))

    batches = bronze_of(paths, drop_ratings(tmp_path, packed.getvalue(), "ratings-2026-10.zip"), AS_OF)

    assert [(batch.member, batch.rows) for batch in batches if isinstance(batch, Batch)] == [("a.csv", 1), ("b.csv", 2)]
    assert len({batch.batch_id for batch in batches if isinstance(batch, Batch)}) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "zero_bytes"),
        (b" \n\n", "zero_bytes"),
        (b"<!DOCTYPE html><html><body>504</body></html>", "html"),
        (b"\xef\xbb\xbf<html>", "html"),
        ("评价".encode("utf-16"), "undecodable"),
        (ratings_csv({}).encode() + b"\xff\xfe\xfa\n", "undecodable"),
        (ratings_csv({}).partition("\n")[2].encode(), "missing_header"),
        (ratings_csv({}, header=(*RATINGS, "信用分")).encode(), "unknown_header"),
        (ratings_csv({}, header=RATINGS[:-1]).encode(), "unknown_header"),
        (ratings_csv({}, header=(*RATINGS, "信用等级")).encode(), "unknown_header"),
        (ratings_csv({}, {}).encode()[:-40], "truncated"),
        (ratings_csv({}).encode() + b'"91150100701465425Y,\xe6\x9f\x90', "truncated"),
        (ratings_csv().encode(), "too_few_rows"),
    ],
)
def test_a_file_that_is_not_what_was_agreed_is_refused_whole(
    paths: LakePaths, tmp_path: Path, content: bytes, reason: str
) -> None:
    assert refusal_of(paths, tmp_path, content).partition(":")[0] == reason


def test_a_member_that_leads_outside_its_archive_refuses_the_archive(paths: LakePaths, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../etc/ratings.csv", ratings_csv({}))

    assert refusal_of(paths, tmp_path, packed.getvalue(), "ratings-2026-10.zip").startswith("zip_path: ")


def test_an_archive_that_unpacks_to_suspiciously_much_is_refused(paths: LakePaths, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (65 << 20))

    assert refusal_of(paths, tmp_path, packed.getvalue(), "ratings-2026-10.zip").startswith("zip_bomb: ")


def test_a_cut_archive_is_refused(paths: LakePaths, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", ratings_csv({}))

    assert refusal_of(paths, tmp_path, packed.getvalue()[:-30], "ratings-2026-10.zip").startswith("bad_archive: ")


def test_a_delivery_of_a_later_month_is_left_for_later(paths: LakePaths, tmp_path: Path) -> None:
    delivery = drop_ratings(tmp_path, ratings_csv({}), "ratings-2026-11.csv")

    assert bronze_of(paths, delivery, AS_OF) == [Postponed("tax", "ratings", "ratings-2026-11.csv", date(2026, 11, 30))]


def test_the_month_of_as_of_counts_before_it_has_ended(paths: LakePaths, tmp_path: Path) -> None:
    (batch,) = bronze_of(paths, drop_ratings(tmp_path, ratings_csv({})), date(2026, 10, 1))

    assert isinstance(batch, Batch)
    assert batch.delivered == date(2026, 10, 31)


def test_the_hand_over_date_outweighs_the_month_in_the_name(paths: LakePaths, tmp_path: Path) -> None:
    content = ratings_csv({"提供日期": "2026-11-02"}, header=(*RATINGS, "提供日期"))

    (postponed,) = bronze_of(paths, drop_ratings(tmp_path, content), AS_OF)

    assert postponed == Postponed("tax", "ratings", "ratings-2026-10.csv", date(2026, 11, 2))


def test_the_same_bytes_under_another_name_and_day_are_the_same_batch(paths: LakePaths, tmp_path: Path) -> None:
    (first,) = bronze_of(paths, drop_ratings(tmp_path, ratings_csv({})), AS_OF)
    (again,) = bronze_of(paths, drop_ratings(tmp_path, ratings_csv({}), "ratings-copy.csv"), date(2026, 12, 31))

    assert again == first


def test_identity_numbers_of_persons_are_keyed_hashes_from_bronze_on(paths: LakePaths, tmp_path: Path) -> None:
    key = person_key(paths)
    number = "11010519491231002X"

    assert hashed(number, key) == hashed(number, key) != number
    assert hashed(number, key) != hashed(number, b"another key")
    assert [hashed(missing, key) for missing in (None, "", " ")] == [None, "", " "]


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002X",
        "110105194912310021",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X",
    ],
)
def test_a_persons_number_in_the_column_of_a_bodys_code_is_hashed_too(
    paths: LakePaths, tmp_path: Path, written: str
) -> None:
    body = "121101198001010012"  # a valid unified code that also reads as a person born on 1 January 1980
    rows = ratings_csv(
        {"统一社会信用代码": written}, {"统一社会信用代码": body}, {"统一社会信用代码": "11010519491331002X"}
    )

    (batch,) = bronze_of(paths, drop_ratings(tmp_path, rows), AS_OF)

    assert isinstance(batch, Batch)
    kept = pq.read_table(batch.rows_file(paths)).column("统一社会信用代码").to_pylist()
    assert kept == [hashed(written, person_key(paths)), body, "11010519491331002X"]  # the last one has a 13th month

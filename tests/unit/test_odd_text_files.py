"""CSV and JSON lines as agencies really send them: what is a row, what is marked, and what refuses the file."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from creditlake.bronze import Batch
from creditlake.lake import LakePaths

from tests.conftest import AS_OF
from tests.unit.deliveries import RATING, RATINGS, bronze_of, drop_ratings, ratings_csv

TWO = ratings_csv({}, {"信用等级": "B"})
NAME = RATING["纳税人名称"]


def read(paths: LakePaths, folder: Path, content: str | bytes, name: str = "ratings-2026-10.csv") -> Batch:
    """The one batch of a delivery."""
    (batch,) = bronze_of(paths, drop_ratings(folder, content, name), AS_OF)
    assert isinstance(batch, Batch)
    return batch


def rows(paths: LakePaths, batch: Batch) -> list[dict[str, str | None]]:
    assert batch.refusal == ""
    return pq.read_table(batch.rows_file(paths)).to_pylist()


def lines_of(*objects: dict[str, object] | str) -> str:
    texts = [one if isinstance(one, str) else json.dumps({**RATING, **one}, ensure_ascii=False) for one in objects]
    return "".join(f"{text}\n" for text in texts)


@pytest.mark.parametrize(
    "content",
    [
        TWO,
        TWO.replace("\n", "\r\n"),
        TWO.replace("\n", "\r"),
        TWO.replace("\n", "\n\n"),
        TWO.rstrip("\n"),
        "\ufeff" + TWO,
        TWO.replace("信用等级", " 信用等级　", 1),
        "\n".join(",".join(f'"{field}"' for field in line.split(",")) for line in TWO.splitlines()),
    ],
)
def test_line_ends_blank_lines_quotes_and_bom_change_no_row(paths: LakePaths, tmp_path: Path, content: str) -> None:
    found = rows(paths, read(paths, tmp_path, content))

    assert [(row["_source_row"], row["信用等级"], row["_ragged"]) for row in found] == [(1, "A", None), (2, "B", None)]
    assert [tuple(row)[:6] for row in found] == [RATINGS, RATINGS]


@pytest.mark.parametrize("name", ['某"某', "甲\n乙", "甲\r\n乙", "甲,乙", "甲\u2028乙\x0b丙", "名" * 700_000, "㐂𠮷"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_value_comes_through_as_it_was_written(paths: LakePaths, tmp_path: Path, name: str, encoding: str) -> None:
    found = rows(paths, read(paths, tmp_path, ratings_csv({"纳税人名称": name}, {}).encode(encoding)))

    assert [row["纳税人名称"] for row in found] == [name, NAME]
    assert [row["_ragged"] for row in found] == [None, None]


@pytest.mark.parametrize(
    ("written", "kept", "mark"),
    [
        ('某"某"公司', '某"某"公司', None),
        ('"某"某公司', "某某公司", "line 2: ',' expected after '\"'"),
        (' "甲,乙"', ' "甲', "expected 6 fields, got 7: 2026-04-10"),
    ],
)
def test_a_quote_that_is_out_of_place_is_kept_or_its_row_marked(
    paths: LakePaths, tmp_path: Path, written: str, kept: str, mark: str | None
) -> None:
    first, second = rows(paths, read(paths, tmp_path, TWO.replace(NAME, written, 1)))

    assert (first["纳税人名称"], first["_ragged"]) == (kept, mark)
    assert (second["纳税人名称"], second["_ragged"]) == (NAME, None)


def test_a_comma_too_many_at_the_end_of_a_row_marks_the_row(paths: LakePaths, tmp_path: Path) -> None:
    header, *lines = TWO.splitlines()

    found = rows(paths, read(paths, tmp_path, "\n".join([header, *(f"{line}," for line in lines)]) + "\n"))

    assert [row["_ragged"] for row in found] == ['expected 6 fields, got 7: ""'] * 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("\n".join(f"{line}," for line in TWO.splitlines()), "unknown_header: tax.ratings, {0}: column 7 has no name"),
        (TWO.replace(",", ";"), "missing_header: tax.ratings, {0}: the first line holds no column name"),
        ("纳税信用表,,,,,\n" + TWO, "missing_header: tax.ratings, {0}: the first line holds no column name"),
        ('{"error": "timeout"}', "missing_header: tax.ratings, {0}: "),
        (ratings_csv(*[{}] * 300).replace(NAME, "某\0某"), "undecodable: tax.ratings, {0} holds a NUL byte at "),
        (ratings_csv(*[{}] * 300) + "\0", "undecodable: tax.ratings, {0} holds a NUL byte at "),
        (TWO.encode() + b"\x81\x20\xff", "undecodable: tax.ratings, {0} is neither UTF-8 nor GB18030"),
        (TWO.encode("gb18030")[:-40] + b"\xb9", "truncated: tax.ratings, {0} ends inside a character, at byte "),
        (TWO.encode()[:-60] + "呼".encode()[:2], "truncated: tax.ratings, {0} ends inside a character, at byte "),
        (TWO + '"9115', "truncated: tax.ratings, {0} ends inside quotes, in line 4"),
        ("<!-- 504 --><html>", "html: tax.ratings, {0} is a web page"),
        (TWO[:-20], "truncated: tax.ratings, {0} ends inside line 3"),
        (ratings_csv(), "too_few_rows: tax.ratings, {0} holds 0 rows"),
    ],
)
def test_a_file_is_refused_with_a_reason_that_names_feed_and_file(
    paths: LakePaths, tmp_path: Path, content: str | bytes, reason: str
) -> None:
    refused = read(paths, tmp_path, content)

    assert refused.refusal.startswith(reason.format("ratings-2026-10.csv"))
    assert [path.name for path in refused.folder(paths).iterdir()] == ["batch.json"]
    assert not list(paths.scratch.iterdir())


@pytest.mark.parametrize(
    ("value", "text"),
    [(2025, "2025"), (1.50, "1.5"), (True, "true"), (None, None), ({"年": [1, "二"]}, '{"年": ["1", "二"]}')],
)
def test_a_json_value_of_another_type_is_the_text_of_it(
    paths: LakePaths, tmp_path: Path, value: object, text: str | None
) -> None:
    (row,) = rows(paths, read(paths, tmp_path, lines_of({"评价年度": value}), "ratings.jsonl"))

    assert (row["评价年度"], row["_ragged"]) == (text, None)


def test_blank_json_lines_are_no_rows_and_a_field_that_is_missing_is_null(paths: LakePaths, tmp_path: Path) -> None:
    content = lines_of({}, "", "  ", '{"纳税人名称": "甲"}')

    found = rows(paths, read(paths, tmp_path, content, "ratings.jsonl"))

    assert [(row["_source_row"], row["信用等级"], row["_ragged"]) for row in found] == [(1, "A", None), (2, None, None)]


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("[1]", "line 2 is no JSON object"),
        ('{"信用等级":', "line 2 is no JSON object"),
        ("[" * 100_000, "line 2 is no JSON object"),
        ('{"信用等级": "A", "信用等级 ": "D"}', "line 2: 信用等级 comes twice or is no text"),
        ('{"信用等级": "\\ud83d"}', "line 2: 信用等级 comes twice or is no text"),
        ('{"信用等级": "\\u0000"}', "line 2: 信用等级 comes twice or is no text"),
    ],
)
def test_a_json_line_that_is_no_row_is_kept_as_a_marked_one(
    paths: LakePaths, tmp_path: Path, line: str, mark: str
) -> None:
    found = rows(paths, read(paths, tmp_path, lines_of({}, line, {}), "ratings.jsonl"))

    assert [row["_ragged"] for row in found] == [None, mark, None]
    assert found[1]["信用等级"] is None


def test_the_text_of_a_broken_json_line_is_not_repeated_for_it_may_hold_an_identity_number(
    paths: LakePaths, tmp_path: Path
) -> None:
    batch = read(paths, tmp_path, lines_of({}, '{"证件": "110105194912310021"', {}), "ratings.jsonl")

    assert "110105194912310021" not in str(rows(paths, batch))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (json.dumps([RATING]), "missing_header: "),
        (lines_of({}, {"信用分": 1}), "unknown_header: "),
        (lines_of({}, {})[:-30], "truncated: "),
        ("\n\n", "zero_bytes: "),
    ],
)
def test_json_lines_that_are_none_are_refused(paths: LakePaths, tmp_path: Path, content: str, reason: str) -> None:
    assert read(paths, tmp_path, content, "ratings.jsonl").refusal.startswith(reason + "tax.ratings, ratings.jsonl")

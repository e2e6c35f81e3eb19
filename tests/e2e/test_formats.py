"""The same content in another format or encoding is the same content: only hashes and batch ids differ."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

import openpyxl
from creditlake.lake import LakePaths
from creditlake.release import Release, current

from tests.e2e.harness import City, query, run

Rows = list[list[str]]
LINEAGE = "batch_id|source_sha256"


def as_text(rows: Rows) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def with_bom(target: Path, rows: Rows) -> None:
    target.with_suffix(".csv").write_text(as_text(rows), encoding="utf-8-sig", newline="")


def chinese(target: Path, rows: Rows) -> None:
    target.with_suffix(".csv").write_text(as_text(rows), encoding="gb18030", newline="")


def zipped(target: Path, rows: Rows) -> None:
    with zipfile.ZipFile(target.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{target.stem}.csv", as_text(rows))


def json_lines(target: Path, rows: Rows) -> None:
    lines = (json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) for row in rows[1:])
    target.with_suffix(".jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def workbook(target: Path, rows: Rows) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(target.with_suffix(".xlsx"))


ANY_ROWS: Sequence[Callable[[Path, Rows], None]] = (with_bom, chinese, zipped)
EVEN_ROWS: Sequence[Callable[[Path, Rows], None]] = (workbook, json_lines, *ANY_ROWS)


def rows_of(path: Path) -> Rows | None:
    """The rows of a delivery, None where it is broken as a whole (the generator says so in its name)."""
    content = path.read_bytes()
    if "-重报" in path.name:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    return [row for row in csv.reader(io.StringIO(text)) if row]


def in_other_formats(source: Path, target: Path) -> int:
    """Write every delivery of a drop again, each in another format; return how many formats were used."""
    any_rows, even_rows = cycle(ANY_ROWS), cycle(EVEN_ROWS)
    used = set()
    for path in sorted(source.glob("*/*")):
        folder = target / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        rows = rows_of(path)
        if rows is None:
            (folder / path.name).write_bytes(path.read_bytes())
            continue
        even = all(len(row) == len(rows[0]) for row in rows)
        write = next(even_rows) if even else next(any_rows)
        write(folder / path.stem, rows)
        used.add(write)
    return len(used)


def content(release: Release, mart: str) -> list[tuple[object, ...]]:
    """The rows of a mart without what names the file they came in."""
    return query(release, f"select columns(c -> not regexp_matches(c, '^({LINEAGE})$')) from {mart} order by all")


def test_every_format_and_encoding_of_the_same_content_gives_the_same_marts(
    village: City, village_lake: LakePaths, tmp_path: Path
) -> None:
    assert in_other_formats(village.drop, tmp_path / "drop") == len(EVEN_ROWS)
    paths = LakePaths(tmp_path / "lake")

    assert run(paths, tmp_path / "drop") == 0

    ours, theirs = current(paths), current(village_lake)
    for entry in theirs.manifest["marts"]:
        assert content(ours, entry["name"]) == content(theirs, entry["name"]), entry["name"]

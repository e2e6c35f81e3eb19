"""A record that has ended is in the vault alone after the upkeep, and everything else is as if it were still there.

One penalty, the canary, has number, fact and amount of its own. It is shown in the first release, then repaired.
Beside it one penalty runs out of its term, one is withdrawn, one revoked upon an objection, an entry of a list is
removed, and a faulty copy of the canary waits in quarantine.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths, reading
from creditlake.lake.fsck import fsck
from creditlake.quality.docs import build_docs
from creditlake.quality.docs_model import load_batches
from creditlake.rebuild import rebuild
from creditlake.release import Release, current, list_releases
from creditlake.release.marts import export, released_marts
from creditlake.release.seal import record_sha256
from creditlake.submission import before_day, submit
from creditlake.upkeep import upkeep

from tests.e2e.canary import (
    DOCUMENT,
    FIRST,
    NIGHT,
    SECOND,
    THIRD,
    WORDS,
    found_in,
    hits,
    november,
    october,
    taken_back,
    texts_of_files,
)
from tests.e2e.conftest import Once
from tests.e2e.harness import copy_of, query, run


@dataclass(frozen=True, slots=True)
class Lakes:
    """The lake before its upkeep and after."""

    before: LakePaths
    after: LakePaths


@pytest.fixture(scope="module")
def lakes(once: Once) -> Lakes:
    """The lake of two releases, and the same after its upkeep."""

    def make(folder: Path) -> None:
        before = LakePaths(folder / "before")
        assert run(before, october(folder / "october"), FIRST) == 0
        assert run(before, november(folder / "november"), SECOND) == 0
        build_docs(before)
        after = copy_of(before, folder / "after")
        steps = {step.name: step.count for step in upkeep(after, NIGHT)}
        (folder / "steps.json").write_text(json.dumps(steps), encoding="utf-8")
        build_docs(after)

    folder = once("erasure", make)
    return Lakes(LakePaths(folder / "before"), LakePaths(folder / "after"))


def record_of(release: Release, document: str) -> dict[str, str | None]:
    """A released record as text, by its document."""
    with duckdb.connect() as connection:
        cursor = connection.execute(
            "select columns(*)::varchar from read_parquet(?) where document_no = ?",
            [str(release.mart("mart_credit_records")), document],
        )
        names = [column[0] for column in cursor.description or []]
        (row,) = cursor.fetchall()
    return dict(zip(names, row, strict=True))


def documents(release: Release) -> set[str]:
    """The penalties that a release shows, by document."""
    return {
        number for (number,) in query(release, "select document_no from mart_credit_records where feed = 'penalty'")
    }


def test_the_search_finds_the_canary_wherever_it_was(lakes: Lakes) -> None:
    found = found_in(texts_of_files(lakes.before))

    assert {hit.split("/")[0].split(":")[0] for hit in found} == {"catalog.sqlite", "data", "releases"}
    assert {hit.rsplit(": ", 1)[1] for hit in found} == set(WORDS)


def test_after_the_upkeep_the_canary_is_in_the_vault_alone(lakes: Lakes) -> None:
    assert hits(lakes.after) == []


def test_every_row_that_left_has_its_line_and_the_lake_is_sound(lakes: Lakes) -> None:
    with reading(lakes.after) as lake:
        lines = lake.execute(
            """select feed, dataset, zone, ended_by, count(*), count(*) filter (where is_counted),
            cast(min(ended_date) as varchar), cast(max(answers_from) as varchar)
            from lake.ops.sealed_rows group by all order by all"""
        ).fetchall()

    assert lines == [
        ("lists", "entries", "validated", "removed", 2, 2, "2026-10-19", "2026-10-19"),
        ("objection", "cases", "validated", "repaired", 1, 1, "2026-10-15", "2026-10-15"),
        ("objection", "cases", "validated", "revoked", 1, 1, "2026-10-15", "2026-10-15"),
        ("penalty", "decisions", "quarantine", "repaired", 1, 0, "2026-10-15", "2026-10-15"),
        ("penalty", "decisions", "validated", "expired", 1, 1, "2026-10-21", "2026-10-21"),
        ("penalty", "decisions", "validated", "repaired", 1, 1, "2026-10-15", "2026-10-15"),
        ("penalty", "decisions", "validated", "revoked", 1, 1, "2026-10-15", "2026-10-15"),
        ("penalty", "decisions", "validated", "withdrawn", 2, 0, "2026-10-20", "2026-10-20"),
        ("repair", "cases", "validated", "repaired", 3, 3, "2026-10-15", "2026-10-15"),
    ]
    assert fsck(lakes.after) == []


def test_every_mart_has_the_same_bytes_without_the_rows_that_left(lakes: Lakes, tmp_path: Path) -> None:
    released = {entry["name"]: entry["sha256"] for entry in current(lakes.before).manifest["marts"]}
    del released["mart_profile_deltas"]  # not of the lake: it compares releases, and the older one is sealed now

    with reading(lakes.after) as lake:
        built = {mart.name: export(lake, mart, tmp_path).sha256 for mart in released_marts(lakes.after.dbt)}

    assert built == released
    assert current(lakes.after).release_id == current(lakes.before).release_id


def test_the_days_of_a_repair_are_still_told(lakes: Lakes) -> None:
    states = """select state, cast(began_date as varchar) from lake.intermediate.int_record_states
        where record_id = ? order by all"""
    record_id = record_of(list_releases(lakes.before)[0], DOCUMENT)["record_id"]

    with reading(lakes.before) as lake:
        before = lake.execute(states, [record_id]).fetchall()
    with reading(lakes.after) as lake:
        after = lake.execute(states, [record_id]).fetchall()

    assert after == before
    assert ("repaired", "2026-10-15") in after


def samples(paths: LakePaths) -> set[tuple[str, int]]:
    """The rows that the data docs name as having broken a rule, by batch."""
    rules = [(doc.entry.batch_id, rule) for doc in load_batches(paths) for rule in doc.rules]
    return {(batch_id, row) for batch_id, rule in rules for row in rule.samples or ()}


def test_the_data_docs_no_longer_name_its_rows(lakes: Lakes) -> None:
    with reading(lakes.after) as lake:
        left = set(lake.execute("select _batch_id, _source_row from lake.ops.sealed_rows").fetchall())

    assert samples(lakes.before) & left
    assert samples(lakes.after) == samples(lakes.before) - left


def test_what_is_handed_up_is_the_same_as_before(lakes: Lakes, tmp_path: Path) -> None:
    handed_up = {}
    for name, paths in (("before", lakes.before), ("after", lakes.after)):
        submit(paths, before_day(date(2026, 10, 14)), SECOND, tmp_path / name)
        files = sorted((tmp_path / name).iterdir())
        handed_up[name] = {file.name: file.read_bytes() for file in files}

    assert handed_up["after"] == handed_up["before"]
    assert "呼市监罚〔2026〕3号".encode() in b"".join(handed_up["after"].values())


def test_the_release_that_showed_it_is_sealed_and_says_so(lakes: Lakes, capsys: pytest.CaptureFixture[str]) -> None:
    first = list_releases(lakes.before)[0].release_id
    lake = f"--lake={lakes.after.root}"
    left = {path.name for path in (lakes.after.releases / first).iterdir()}

    codes = [main(["--quiet", *command, lake]) for command in (["verify", first], ["rollback", first])]
    told = capsys.readouterr()
    assert main(["--quiet", "releases", lake]) == 0

    assert left == {"manifest.json", "seal.json"}
    assert codes == [1, 1]
    assert told.err.count("is sealed since 2026-11-01: by 2026-10-31 records that it showed had ended") == 2
    assert "1 expired, 1 removed, 1 repaired, 1 revoked, 1 withdrawn" in told.err
    listed = [line for line in capsys.readouterr().out.splitlines() if "sealed" in line]
    assert [first in line for line in listed] == [True]
    assert current(lakes.after).release_id != first


def test_the_seal_proves_that_it_was_shown(lakes: Lakes, capsys: pytest.CaptureFixture[str]) -> None:
    first = list_releases(lakes.before)[0]
    record = record_of(first, DOCUMENT)

    assert main(["--quiet", "explain", f"--lake={lakes.after.root}", f"--record={record['record_id']}"]) == 0

    told = capsys.readouterr().out
    assert first.release_id in told
    assert record_sha256(record) in told
    assert "repaired" in told
    assert "2026-10-15" in told


def test_a_day_on_which_it_was_still_shown_is_refused(lakes: Lakes, capsys: pytest.CaptureFixture[str]) -> None:
    before = current(lakes.after).release_id

    assert run(lakes.after, lakes.after.root.parent / "october", FIRST) == 1

    assert "the lake answers from 2026-10-21 on" in capsys.readouterr().err
    assert current(lakes.after).release_id == before


def test_a_lake_made_from_the_vault_answers_for_that_day(lakes: Lakes, tmp_path: Path) -> None:
    own = LakePaths(tmp_path / "own")
    for vault in ("landing", "bronze"):
        shutil.copytree(lakes.after.root / vault, own.root / vault)

    rebuild(own)
    assert run(own, lakes.after.root.parent / "october", FIRST) == 0

    assert current(own).manifest["marts"] == list_releases(lakes.before)[0].manifest["marts"]
    assert DOCUMENT in documents(current(own))


def test_a_grant_that_is_taken_back_shows_it_again_as_if_it_had_never_left(lakes: Lakes, tmp_path: Path) -> None:
    drop = taken_back(tmp_path / "november")
    later = [copy_of(paths, tmp_path / name) for name, paths in (("before", lakes.before), ("after", lakes.after))]

    for paths in later:
        assert run(paths, drop, THIRD) == 0

    assert current(later[1]).manifest["marts"] == current(later[0]).manifest["marts"]
    assert documents(current(later[1])) == {DOCUMENT, "呼市监罚〔2026〕1号", "4号"}

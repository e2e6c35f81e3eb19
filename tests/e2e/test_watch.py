"""The source watch over whole runs: silent where a city delivers as usual, and told before the release where not."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths
from creditlake.lake.backup import backup, restore
from creditlake.rebuild import rebuild
from creditlake.release import current
from creditlake.watch.bounds import read_moves
from creditlake.watch.report import look

from tests.e2e.harness import ACCEPTANCE, AS_OF, City, copy_of, generate, run

MONTH_ENDS = [date(2026, month, day) for month, day in ((3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30))]
WHOSE = {("silence", "lending"), ("volume", "social_security"), ("schema", "licensing")}


@pytest.mark.parametrize("as_of", [*MONTH_ENDS, AS_OF], ids=str)
def test_a_city_that_delivers_as_usual_raises_no_alarm(lake: LakePaths, as_of: date) -> None:
    assert look(lake, as_of).findings == ()


def test_a_release_says_of_every_dataset_that_nothing_is_odd(lake: LakePaths) -> None:
    watched = [check for check in current(lake).manifest["checks"] if check["name"].startswith("watch.")]

    assert len(watched) == 3 * 16
    assert {(check["kind"], check["severity"], check["status"]) for check in watched} == {
        ("release", "warning", "passed")
    }


@pytest.fixture(scope="module")
def odd_lake(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """A town's lake: no authorizations since September, half of October's head counts, permits with a new column."""
    folder = tmp_path_factory.mktemp("odd")
    drop = make_odd(generate(folder / "town", 400, 5, 6, "--clean")).drop
    paths = LakePaths(folder / "lake")
    assert run(paths, drop) == 0
    return paths


def make_odd(town: City) -> City:
    """Change a town's deliveries."""
    for month in ("2026-09", "2026-10"):
        (town.drop / "lending" / f"authorizations-{month}.csv").unlink()
    halve(town.drop / "social_security" / "headcounts-2026-10.csv")
    for file in sorted((town.drop / "licensing").glob("permits-*.csv"))[:-1]:
        without_column(file, "BZ")
    return town


def halve(file: Path) -> None:
    """Leave the first half of a file's rows."""
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: len(lines) // 2]))


def without_column(file: Path, column: str) -> None:
    """Take a column out of a file."""
    with open(file, encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    with open(file, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [name for name in rows[0] if name != column], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def test_each_oddity_is_an_alarm_by_its_owners_name_and_stands_in_the_release(odd_lake: LakePaths) -> None:
    found = look(odd_lake, AS_OF).findings
    checks = current(odd_lake).manifest["checks"]
    warned = {check["name"] for check in checks if check["name"].startswith("watch.") and check["status"] == "warned"}

    assert {(finding.kind, finding.feed) for finding in found} == WHOSE
    assert {finding.owner for finding in found} == {"信易贷专员", "双公示专员", "社保数据专员"}
    assert warned == {
        "watch.silence.lending.authorizations",
        "watch.volume.social_security.headcounts",
        "watch.schema.licensing.permits",
    }
    assert {finding.kind: finding.found.split("：")[-1] for finding in found}["schema"] == "新增列 BZ"


@pytest.mark.skipif(not ACCEPTANCE.exists(), reason="the acceptance suite is not beside the checkout")
def test_a_release_with_alarms_is_a_release(odd_lake: LakePaths) -> None:
    judged = subprocess.run(
        [sys.executable, str(ACCEPTANCE), str(odd_lake.root)], capture_output=True, text=True, check=False
    )

    wrong = [line for line in judged.stdout.splitlines() if line.startswith(("FAIL", "✗", "not ok"))]
    assert judged.returncode == 0, wrong or judged.stdout[-2000:]


def test_the_command_lists_the_alarms_and_says_no(odd_lake: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    answer = main(["--quiet", "watch", "list", f"--lake={odd_lake.root}", f"--as-of={AS_OF}"])

    said = capsys.readouterr()
    assert answer == 1
    assert "3 alarms as of 2026-10-31" in said.err
    assert "未按时报送：信用信息查询授权" in said.err and "责任人：社保数据专员" in said.err
    assert "lending.authorizations" in said.out and "2026-11-10" in said.out


def test_a_run_tells_the_alarms_beside_its_release(odd_lake: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    from creditlake.commands.summary import summarise

    assert "source watch, 3 alarms:" in summarise(odd_lake, current(odd_lake), {})


def test_moved_bounds_end_the_alarms_and_outlive_a_rebuild_and_a_restore(
    odd_lake: LakePaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = copy_of(odd_lake, tmp_path / "lake")
    schema = next(s.schema for s in look(mine, AS_OF).standings if s.dataset == "permits")
    moves = (("lending.authorizations", "quiet_until", "2026-11-30"), ("social_security.headcounts", "least", "0.4"))
    for dataset, bound, to in (*moves, ("licensing.permits", "schema", str(schema))):
        who = ["--by=王芳", "--reason=已与报送单位核实", f"--as-of={AS_OF}"]
        assert (
            main(
                ["watch", "move", f"--lake={mine.root}", f"--dataset={dataset}", f"--bound={bound}", f"--to={to}", *who]
            )
            == 0
        )

    assert main(["watch", "list", f"--lake={mine.root}", f"--as-of={AS_OF}"]) == 0
    assert "已与报送单位核实" in capsys.readouterr().out
    kept = read_moves(mine)
    assert [(move.bound, move.by, bool(move.at)) for move in kept] == [
        ("quiet_until", "王芳", True), ("least", "王芳", True), ("schema", "王芳", True),
    ]  # fmt: skip
    rebuild(mine)
    backup(mine, tmp_path / "copy")
    restore(tmp_path / "copy", LakePaths(tmp_path / "restored"))
    assert (read_moves(mine), read_moves(LakePaths(tmp_path / "restored"))) == (kept, kept)
    assert look(mine, AS_OF).findings == ()


@pytest.mark.parametrize(
    ("bound", "to"),
    [
        ("due", "soon"),
        ("due", "-1"),
        ("least", "1.5"),
        ("most", "0.5"),
        ("quiet_until", "2026-13-01"),
        ("schema", "abc"),
    ],
)
def test_a_bound_is_not_moved_to_what_it_cannot_be(
    odd_lake: LakePaths, bound: str, to: str, capsys: pytest.CaptureFixture[str]
) -> None:
    who = ["--by=王芳", "--reason=试", f"--lake={odd_lake.root}", "--dataset=penalty.decisions"]

    assert main(["watch", "move", *who, f"--bound={bound}", f"--to={to}"]) == 1
    assert "nothing was moved" in capsys.readouterr().err
    assert read_moves(odd_lake) == []


def test_what_the_data_team_brings_is_no_delivery(odd_lake: LakePaths, tmp_path: Path) -> None:
    mine = copy_of(odd_lake, tmp_path / "lake")
    standing = {(s.feed, s.dataset): s for s in look(mine, AS_OF).standings}["penalty", "decisions"]
    open_rows = tmp_path / "open.csv"
    source = next((mine.root / "bronze" / "penalty" / "decisions").glob("*/rows.parquet"))
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select columns(name -> not starts_with(name, '_')) from '{source}' limit 1) "
            f"to '{open_rows}' (format csv, header)"
        )
    given = ["--dataset=penalty.decisions", f"--file={open_rows}", f"--as-of={AS_OF}"]

    assert main(["--quiet", "replay", f"--lake={mine.root}", *given]) == 0

    again = {(s.feed, s.dataset): s for s in look(mine, AS_OF).standings}["penalty", "decisions"]
    assert again == standing

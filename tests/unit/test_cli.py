"""The command line: what is a wrong argument, what is a no, and that a no is a sentence and not a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths, lease, writing
from creditlake.release.store import make_current

from tests.unit.small_release import release

RUN = ["run", "--lake=LAKE", "--drop=DROP", "--as-of=2026-10-31"]
WAIVE = ["waive", "--lake=LAKE", "--dataset=tax.ratings", "--batch=1", "--row=1"]
WAIVE += ["--until=2026-12-01", "--as-of=2026-10-31"]
NO_LAKE = "there is no lake at"


def call(folder: Path, *arguments: str) -> int:
    """Run a command; LAKE and DROP stand for folders of the test."""
    (folder / "drop").mkdir(exist_ok=True)
    places = {"LAKE": str(folder / "lake"), "DROP": str(folder / "drop")}
    for name, place in places.items():
        arguments = tuple(argument.replace(name, place) for argument in arguments)
    return main(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["run"],
        RUN[:-1],
        [*RUN[:-1], "--as-of=31.10.2026"],
        [*RUN[:-1], "--as-of=2026-02-30"],
        [*RUN, "--drop=DROP/missing"],
        [*RUN, "--created-at=yesterday"],
        [*RUN, "--lake=DROP/file"],
        [*RUN, "--faster"],
        ["generate", "--subjects=0", "--seed=1", "--out=DROP"],
        ["generate", "--subjects=many", "--seed=1", "--out=DROP"],
        ["explain", "--lake=LAKE"],
        ["explain", "--lake=LAKE", "--subject=1", "--record=2"],
        ["explain", "--lake=LAKE", "--indicator=T00", "--period=last"],
        ["rollback", "--lake=LAKE"],
        ["quarantine", "--lake=LAKE", "--dataset=tax.weather", "--out=DROP/x.csv"],
        ["quarantine", "--lake=LAKE", "--dataset=tax.ratings", "--out=DROP/missing/x.csv"],
        ["replay", "--lake=LAKE", "--dataset=tax.ratings", "--file=DROP", "--as-of=2026-10-31"],
        [*WAIVE, "--by= ", "--reason=seen"],
        ["restore", "--lake=LAKE", "--from=DROP/missing"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_end_with_2(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "file").write_text("")

    with pytest.raises(SystemExit) as end:
        call(tmp_path, *arguments)

    assert end.value.code == 2
    assert not (tmp_path / "lake").exists()


def test_a_catalogue_setting_that_nobody_understands_is_a_wrong_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITLAKE_CATALOG", "mysql:host=somewhere")

    with pytest.raises(SystemExit) as end:
        call(tmp_path, "status", "--lake=LAKE")

    assert end.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["status", "--lake=LAKE"], NO_LAKE),
        (["releases", "--lake=LAKE"], NO_LAKE),
        (["verify", "--lake=LAKE", "2026-10-31-abc"], NO_LAKE),
        (["rollback", "--lake=LAKE", "2026-10-31-abc"], NO_LAKE),
        (["explain", "--lake=LAKE", "--batch=1"], NO_LAKE),
        (["fsck", "--lake=LAKE"], NO_LAKE),
        (["maintain", "--lake=LAKE"], NO_LAKE),
        (["rebuild", "--lake=LAKE"], NO_LAKE),
        (["docs", "--lake=LAKE"], NO_LAKE),
        (["backup", "--lake=LAKE", "--to=DROP/copy"], NO_LAKE),
        (["quarantine", "--lake=LAKE", "--dataset=tax.ratings", "--out=DROP/x.csv"], NO_LAKE),
        ([*WAIVE, "--by=somebody", "--reason=seen"], NO_LAKE),
        (["restore", "--lake=LAKE", "--from=DROP"], "is no finished back-up"),
        (["generate", "--subjects=1", "--seed=1", "--out=DROP/file/city"], "Not a directory"),
        (RUN, "nothing published: no batch of"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_no_is_a_sentence_on_stderr_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "file").write_text("")

    assert call(tmp_path, *arguments) == 1

    told = capsys.readouterr()
    assert reason in told.err.splitlines()[-1]
    assert told.out == ""
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("pointer", [None, '{"release', '{"release_id": "2026-11-30-cccccccccccc"}'])
def test_where_no_release_is_current_the_way_back_is_told(
    paths: LakePaths, capsys: pytest.CaptureFixture[str], pointer: str | None
) -> None:
    found = release(paths, "2026-10-31-aaaaaaaaaaaa")
    if pointer is not None:
        (paths.releases / "current.json").write_text(pointer)

    assert main(["status", f"--lake={paths.root}"]) == 1

    way_back = f"rollback {found.release_id}"
    assert way_back in capsys.readouterr().err
    assert main([*way_back.split(), f"--lake={paths.root}"]) == 0
    assert main(["verify", f"--lake={paths.root}"]) == 0


def test_a_damaged_catalogue_is_told_in_one_line(paths: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    with writing(paths):
        pass
    os.truncate(paths.catalog_file, 20_000)

    assert main(["fsck", f"--lake={paths.root}"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_run_tells_for_whom_it_waits_and_ends_politely_at_ctrl_c(paths: LakePaths, tmp_path: Path) -> None:
    (tmp_path / "drop" / "tax").mkdir(parents=True)
    (tmp_path / "drop" / "tax" / "ratings-2026-10.csv").write_text("")
    command = [sys.executable, "-m", "creditlake.cli", "run", f"--lake={paths.root}"]
    command += [f"--drop={tmp_path / 'drop'}", "--as-of=2026-10-31"]
    with lease(paths), subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        assert f"held by process {os.getpid()}" in run.stderr.readline()
        run.send_signal(signal.SIGINT)
        assert run.stderr.read() == "creditlake: stopped\n"
    assert run.returncode == 130


def test_verify_tells_what_is_wrong_and_ends_with_1(paths: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    found = release(paths, "2026-10-31-aaaaaaaaaaaa")
    make_current(paths, found.release_id)
    assert main(["verify", f"--lake={paths.root}"]) == 0
    assert "is whole: 17 marts" in capsys.readouterr().out

    found.mart("mart_subjects").unlink()

    assert main(["verify", f"--lake={paths.root}"]) == 1
    assert "mart_subjects.parquet is in the manifest but not in the folder" in capsys.readouterr().err


def test_releases_are_listed_and_the_current_one_is_marked(
    paths: LakePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = release(paths, "2026-09-30-aaaaaaaaaaaa"), release(paths, "2026-10-31-bbbbbbbbbbbb")
    make_current(paths, new.release_id)

    assert main(["releases", f"--lake={paths.root}"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed[1:]] == [old.release_id, "*"]

    assert main(["rollback", f"--lake={paths.root}", old.release_id]) == 0
    assert main(["releases", f"--lake={paths.root}"]) == 0
    assert f"*  {old.release_id}" in capsys.readouterr().out

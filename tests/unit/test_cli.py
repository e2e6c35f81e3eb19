"""The command line: what is a wrong argument, what is a no, and that a no is a sentence and not a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths
from creditlake.release.store import make_current

from tests.unit.small_release import release

RUN = ["run", "--lake=LAKE", "--drop=DROP", "--as-of=2026-10-31"]


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
        ["rollback", "--lake=LAKE"],
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
        (["status", "--lake=LAKE"], "has published nothing yet"),
        (["releases", "--lake=LAKE"], "has published nothing yet"),
        (["verify", "--lake=LAKE"], "has published nothing yet"),
        (["verify", "--lake=LAKE", "2026-10-31-abc"], "has no release '2026-10-31-abc'"),
        (["rollback", "--lake=LAKE", "2026-10-31-abc"], "has no release '2026-10-31-abc'"),
        (["explain", "--lake=LAKE", "--batch=1"], "has published nothing yet"),
        (["fsck", "--lake=LAKE"], "there is no lake at"),
        (["quarantine", "--lake=LAKE", "--dataset=tax.ratings", "--out=DROP/x.csv"], "there is no lake at"),
        (["quarantine", "--lake=LAKE", "--dataset=tax.weather", "--out=DROP/x.csv"], "no contract declares"),
        (RUN, "nothing published: no batch of"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_no_is_a_sentence_on_stderr_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    assert call(tmp_path, *arguments) == 1

    told = capsys.readouterr()
    assert reason in told.err.splitlines()[-1]
    assert told.out == ""


def test_verify_tells_what_is_wrong_and_ends_with_1(paths: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    found = release(paths, "2026-10-31-aaaaaaaaaaaa")
    make_current(paths, found.release_id)
    assert main(["verify", f"--lake={paths.root}"]) == 0
    assert "is whole: 13 marts" in capsys.readouterr().out

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

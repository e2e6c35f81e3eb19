"""The units of laws L8 and L9: what is half done is invisible, and doing it again ends in the same place.

Whole runs that are killed and repeated: tests/e2e/.
"""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import pytest
from creditlake.bronze import Batch
from creditlake.ingest import validate
from creditlake.lake import LakePaths
from creditlake.landing import land
from creditlake.release.store import NoRelease, current, load_release, make_current, write_durably

from tests.architecture.tree import LIBRARY, parse, python_files
from tests.conftest import AS_OF
from tests.unit.deliveries import bronze_of, drop_ratings, ratings_csv

WRITERS_OF_RELEASES = {"release/publish.py", "release/store.py"}


def release_folder(paths: LakePaths, release_id: str) -> Path:
    """A published release of one empty mart."""
    folder = paths.releases / release_id
    folder.mkdir(parents=True)
    (folder / "mart_x.parquet").write_bytes(b"")
    write_durably(folder / "manifest.json", {"release_id": release_id, "as_of": "2026-10-31"})
    return folder


def test_l9_the_pointer_moves_by_rename_so_an_open_reader_keeps_the_old_one(paths: LakePaths) -> None:
    for release_id in ("a", "b"):
        release_folder(paths, release_id)
    make_current(paths, "a")

    with open(paths.releases / "current.json", encoding="utf-8") as reader:
        make_current(paths, "b")
        seen = json.load(reader)

    assert seen == {"release_id": "a", "path": "a"}
    assert current(paths).release_id == "b"
    assert [path.name for path in paths.releases.iterdir() if path.is_file()] == ["current.json"]


def test_l9_a_switch_that_dies_before_the_rename_changes_nothing(
    paths: LakePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(source: Path, target: Path) -> None:
        raise KeyboardInterrupt

    release_folder(paths, "a")
    release_folder(paths, "b")
    make_current(paths, "a")

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", killed)
        make_current(paths, "b")

    assert current(paths).release_id == "a"


def test_l9_making_a_release_current_touches_no_file_of_it(paths: LakePaths) -> None:
    folder = release_folder(paths, "a")
    before = {path: path.stat() for path in folder.iterdir()}

    make_current(paths, "a")

    assert {path: path.stat() for path in folder.iterdir()} == before


def test_l9_a_release_without_its_manifest_is_none(paths: LakePaths) -> None:
    (release_folder(paths, "a") / "manifest.json").unlink()

    with pytest.raises(NoRelease):
        load_release(paths, "a")


@pytest.mark.parametrize("release_id", ["../landing", "a/../../landing", ""])
def test_l12_a_release_id_leads_nowhere_else(paths: LakePaths, release_id: str) -> None:
    write_durably(paths.landing / "manifest.json", {})
    paths.releases.mkdir()

    with pytest.raises(NoRelease):
        load_release(paths, release_id)


def who_names_releases(library: Path) -> set[str]:
    """Modules that build a path below ``releases`` and also write, rename or remove something."""
    writing = {"replace", "rename", "rmtree", "unlink", "mkdir", "write_text", "write_bytes", "write_durably", "rmdir"}
    found = set()
    for path in python_files(library):
        attributes = [node for node in ast.walk(parse(path)) if isinstance(node, ast.Attribute)]
        calls = {node.attr for node in attributes}
        calls |= {node.id for node in ast.walk(parse(path)) if isinstance(node, ast.Name)}
        named = any(n.attr == "releases" and isinstance(n.value, ast.Name) and "path" in n.value.id for n in attributes)
        if named and calls & writing:
            found.add(path.relative_to(library).as_posix())
    return found


def test_l9_only_the_publisher_writes_among_the_releases() -> None:
    assert who_names_releases(LIBRARY) - {"lake/paths.py"} <= WRITERS_OF_RELEASES


def test_l9_another_writer_among_the_releases_is_found(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("(paths.releases / 'a' / 'x').write_text('', 'utf-8')", encoding="utf-8")

    assert who_names_releases(tmp_path) == {"bad.py"}


def test_l8_a_file_landed_twice_is_landed_once(paths: LakePaths, tmp_path: Path) -> None:
    first = land(paths, drop_ratings(tmp_path, ratings_csv({})))
    again = land(paths, drop_ratings(tmp_path, ratings_csv({}), "ratings-again.csv"))

    assert first == again
    assert len([path for path in paths.landing.glob("*/*") if path.suffix == ""]) == 1
    assert list(paths.scratch.iterdir()) == []


def test_l8_a_bronze_folder_that_was_killed_half_way_is_written_again(paths: LakePaths, tmp_path: Path) -> None:
    delivery = drop_ratings(tmp_path, ratings_csv({}))
    (batch,) = bronze_of(paths, delivery, AS_OF)
    assert isinstance(batch, Batch)
    whole = batch.rows_file(paths).read_bytes()
    (batch.folder(paths) / "batch.json").unlink()
    batch.rows_file(paths).write_bytes(b"half a file")

    (again,) = bronze_of(paths, delivery, AS_OF)

    assert again == batch
    assert batch.rows_file(paths).read_bytes() == whole


def test_l8_a_batch_that_is_judged_twice_is_taken_once(paths: LakePaths, tmp_path: Path) -> None:
    (batch,) = bronze_of(paths, drop_ratings(tmp_path, ratings_csv({})), AS_OF)
    assert isinstance(batch, Batch)

    first, again = validate(paths, batch, "one"), validate(paths, batch, "two")

    assert (first.is_new, again.is_new) == (True, False)
    assert first.entry == again.entry

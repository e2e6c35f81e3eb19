"""The cities and lakes that the end-to-end tests share; whoever writes to a lake takes a copy.

They are made once a run of the tests, also when several workers share it: the second one waits and finds them.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from creditlake.lake import LakePaths

from tests.e2e.harness import AS_OF, City, generate, run

SEPTEMBER = date(2026, 9, 30)
DEMO_SUBJECTS, DEMO_SEED, DEMO_MONTHS = 2000, 20261031, 12
Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Return how to make a folder once for all workers."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def make_once(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with open(shared / f"{name}.lock", "a", encoding="ascii") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return make_once


def _lake_of(city: City, as_of: date) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        assert run(LakePaths(folder / "lake"), city.drop, as_of=as_of) == 0

    return make


@pytest.fixture(scope="session")
def city(once: Once) -> City:
    """The demo's city, with every kind of fault."""
    folder = once("city", lambda folder: _made(folder, DEMO_SUBJECTS, DEMO_SEED, DEMO_MONTHS))
    return City(folder / "drop", folder / "truth")


@pytest.fixture(scope="session")
def lake(city: City, once: Once) -> LakePaths:
    """The lake that one run makes of the city; only to be read."""
    return LakePaths(once("city_lake", _lake_of(city, AS_OF)) / "lake")


@pytest.fixture(scope="session")
def village(once: Once) -> City:
    """A city of 100 subjects and two months, for the tests that need many runs."""
    folder = once("village", lambda folder: _made(folder, 100, 11, 2))
    return City(folder / "drop", folder / "truth")


@pytest.fixture(scope="session")
def village_lake(village: City, once: Once) -> LakePaths:
    """The lake of one undisturbed run over the village; only to be read."""
    return LakePaths(once("village_lake", _lake_of(village, AS_OF)) / "lake")


@pytest.fixture(scope="session")
def september_lake(village: City, once: Once) -> LakePaths:
    """The lake of a run over the same drop as of the month before; only to be read."""
    return LakePaths(once("september_lake", _lake_of(village, SEPTEMBER)) / "lake")


def _made(folder: Path, subjects: int, seed: int, months: int) -> None:
    generate(folder, subjects, seed, months)

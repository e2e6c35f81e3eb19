"""What all tests share: lakes in temporary folders and deliveries made by hand."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from creditlake.lake import LakePaths, writing

AS_OF = date(2026, 10, 31)
os.environ.setdefault("CREDITLAKE_THREADS", "1")
"""The workers share the cores: small statements on several threads each would only wait for one another."""


def pytest_configure(config: pytest.Config) -> None:
    """Let all lakes of a run of the tests share one parsed dbt project; the workers inherit the folder."""
    if not hasattr(config, "workerinput"):
        os.environ["CREDITLAKE_CACHE"] = tempfile.mkdtemp(prefix="creditlake-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove that folder when the last worker has ended."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("CREDITLAKE_CACHE"))


@pytest.fixture(scope="session")
def new_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lake with its tables and nothing in them; to be copied, which costs less than to make it."""
    made = LakePaths(tmp_path_factory.mktemp("new") / "lake")
    made.create()
    with writing(made):
        pass
    return made.root


@pytest.fixture
def paths(tmp_path: Path, new_lake: Path) -> LakePaths:
    """An empty lake with a SQLite catalogue."""
    return LakePaths(shutil.copytree(new_lake, tmp_path / "lake"))

"""What all tests share: lakes in temporary folders and deliveries made by hand."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from creditlake.lake import LakePaths

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


@pytest.fixture
def paths(tmp_path: Path) -> LakePaths:
    """An empty lake with a SQLite catalogue."""
    made = LakePaths(tmp_path / "lake")
    made.create()
    return made

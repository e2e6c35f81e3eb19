"""What all tests share: lakes in temporary folders and deliveries made by hand."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from creditlake.lake import LakePaths

AS_OF = date(2026, 10, 31)
os.environ.setdefault("CREDITLAKE_THREADS", "1")
"""The workers share the cores: small statements on several threads each would only wait for one another."""


@pytest.fixture
def paths(tmp_path: Path) -> LakePaths:
    """An empty lake with a SQLite catalogue."""
    made = LakePaths(tmp_path / "lake")
    made.create()
    return made

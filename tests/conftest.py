"""What all tests share: lakes in temporary folders and deliveries made by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from creditlake.lake import LakePaths

AS_OF = date(2026, 10, 31)


@pytest.fixture
def paths(tmp_path: Path) -> LakePaths:
    """An empty lake with a SQLite catalogue."""
    made = LakePaths(tmp_path / "lake")
    made.create()
    return made

"""How many threads DuckDB uses is said by one variable, and a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditlake.lake.extensions import threads, with_extensions


def test_the_variable_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CREDITLAKE_THREADS", "3")

    with with_extensions("512MB", tmp_path) as connection:
        assert connection.execute("select current_setting('threads')").fetchone() == (3,)


def test_without_it_duckdb_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDITLAKE_THREADS")

    assert threads() >= 1


@pytest.mark.parametrize("setting", ["0", "-1", "1.5", "many"])
def test_what_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("CREDITLAKE_THREADS", setting)

    with pytest.raises(ValueError, match=f"CREDITLAKE_THREADS is '{setting}'"):
        threads()

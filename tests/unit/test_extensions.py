"""DuckDB's extensions: each signature is checked once a process, and nothing unsigned comes in beside them."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from creditlake.lake.extensions import extension_directory, with_extensions


def test_a_file_that_was_tampered_with_is_refused_also_by_later_connections(tmp_path: Path) -> None:
    (file,) = extension_directory().rglob("sqlite_scanner.duckdb_extension")
    tampered = tmp_path / "tampered.duckdb_extension"
    shutil.copy(file, tampered)
    with open(tampered, "r+b") as handle:
        handle.seek(1000)
        handle.write(b"another code")

    for _ in range(2):
        refused = pytest.raises(duckdb.IOException, match="signature")
        with with_extensions("512MB", tmp_path, "sqlite_scanner") as connection, refused:
            connection.load_extension(str(tampered))


def test_a_first_load_from_another_folder_is_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with with_extensions("512MB", tmp_path, "sqlite_scanner"):
        pass
    (file,) = extension_directory().rglob("sqlite_scanner.duckdb_extension")
    other = tmp_path / file.relative_to(extension_directory())
    other.parent.mkdir(parents=True)
    content = bytearray(file.read_bytes())
    content[1000:1012] = b"another code"
    other.write_bytes(content)
    monkeypatch.setenv("CREDITLAKE_EXTENSIONS", str(tmp_path))

    with pytest.raises(duckdb.IOException, match="signature"), with_extensions("512MB", tmp_path, "sqlite_scanner"):
        pass

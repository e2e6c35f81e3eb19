"""Copy one SQLite database into a new file by SQLite's own back-up; run as a program.

``sqlite_copy.py FROM TO [DATA_PATH]``: with the third argument the copy is a lake's catalogue whose data lie there.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def copy(source: Path, target: Path, data_path: str | None = None) -> None:
    """Write a consistent copy of ``source``, its write-ahead log included, to the new file ``target``.

    Raises:
        FileNotFoundError, FileExistsError: there is no such database, or the target is there already.
        sqlite3.DatabaseError: the copy is not whole.
    """
    if not source.exists():
        raise FileNotFoundError(source)
    if target.exists():
        raise FileExistsError(target)
    with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(target)) as writer:
        reader.backup(writer)
        if data_path is not None:
            writer.execute("update ducklake_metadata set value = ? where key = 'data_path'", [data_path])
            writer.commit()
        found = writer.execute("pragma integrity_check").fetchone()
    if found != ("ok",):
        raise sqlite3.DatabaseError(f"{target}: {found}")


if __name__ == "__main__":
    copy(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])

"""Write an SQLite database anew and empty its write-ahead log; run as a program: ``sqlite_compact.py FILE``.

What was deleted stays in free pages and in the log until then. Another process than the lake's, like the copy's.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

BUSY_SECONDS = 60


def compact(file: Path) -> None:
    """Vacuum the database and truncate its log.

    Raises:
        FileNotFoundError: there is no such database.
        sqlite3.OperationalError: a reader was in the way for too long.
    """
    if not file.exists():
        raise FileNotFoundError(file)
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("vacuum")
        busy, _, _ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
    if busy:
        raise sqlite3.OperationalError(f"{file}: a reader keeps the write-ahead log")


if __name__ == "__main__":
    compact(Path(sys.argv[1]))

"""A file that the lake has already: under another name, or touched and not changed. It is not taken a second time."""

from __future__ import annotations

import hashlib
from pathlib import Path

from creditlake.connectors.files import Position
from creditlake.lake import LakePaths, writing
from creditlake.lake.ledger import entries_of
from creditlake.lake.received import place_of
from creditlake.lake.watermarks import Watermark, write_watermark


def is_known(paths: LakePaths, place: tuple[str, str], file: Path, position: Position) -> bool:
    """Say whether the lake took these bytes for a dataset before; if so, note the position as read.

    Without the note the file would be fetched again in every run: the same bytes again are no batch of their own that
    could carry it.

    Args:
        place: Feed and dataset.
    """
    with open(file, "rb") as reader:
        sha256 = hashlib.file_digest(reader, "sha256").hexdigest()
    if not place_of(paths, sha256).with_suffix(".json").exists():
        return False
    with writing(paths) as connection:
        known = entries_of(connection, *place, sha256)
        if not known:
            return False
        for entry in known:
            write_watermark(
                connection,
                Watermark(
                    *place, position.source, position.reached, entry.batch_id, entry.batch_seq, sha256,
                    entry.status == "accepted",
                ),
            )  # fmt: skip
    return True

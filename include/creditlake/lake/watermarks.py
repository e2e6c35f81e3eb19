"""The watermarks: how far each source is read, written in the same transaction as the rows that came from it.

One row a pulled batch and never changed, so each also says from which stretch of the source its batch came. What was
refused is written too: whoever must pull its rows again takes only the accepted ones for read.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import duckdb

from creditlake.lake.attach import reading
from creditlake.lake.catalogue import has_catalogue
from creditlake.lake.paths import LakePaths
from creditlake.lake.tables import relations


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a source was read with one batch. Field order is the column order of ``ops.watermarks``.

    Attributes:
        source: What of the dataset's source it is about; empty where that is one stream.
        reached: The position, in the source's own words.
        is_accepted: Whether the batch was; the rows of a refused one are still to come.
    """

    feed: str
    dataset: str
    source: str
    reached: str
    batch_id: str
    batch_seq: int
    source_sha256: str
    is_accepted: bool


def write_watermark(connection: duckdb.DuckDBPyConnection, mark: Watermark) -> None:
    """Add one watermark; the caller's transaction holds the batch's rows and its ledger row too."""
    places = ", ".join("?" for _ in fields(mark))
    connection.execute(f"insert into lake.ops.watermarks values ({places})", list(astuple(mark)))


def watermarks(paths: LakePaths, feed: str) -> list[Watermark]:
    """Return the watermarks of a feed in the order in which its batches came; none where there is no lake yet."""
    if not has_catalogue(paths):
        return []
    names = ", ".join(field.name for field in fields(Watermark))
    with reading(paths) as connection:
        if ("ops", "watermarks") not in relations(connection):  # made by an earlier version, not written to since
            return []
        rows = connection.execute(
            f"select {names} from lake.ops.watermarks where feed = ? order by batch_seq, batch_id, source, reached",
            [feed],
        ).fetchall()
    return [Watermark(*row) for row in rows]

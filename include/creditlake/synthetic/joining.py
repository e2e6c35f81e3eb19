"""Joining the parts of a city: pieces become files, rows get their numbers in the file, the truth is written."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from creditlake.contracts import load_feeds
from creditlake.synthetic import truth
from creditlake.synthetic.files import BROKEN, PLAIN, SAMPLE_ROWS, writing_of
from creditlake.synthetic.parts import Made, Piece
from creditlake.synthetic.window import Window

COPY_CHARACTERS = 8 << 20
RESENT = "-重报"
"""What stands behind the month in the name of a broken file: the agency sent it once more."""
File = tuple[str, str, int]
"""Feed, dataset and place of the month."""


@dataclass
class Joint:
    """The files and the truth of a city in the making, in an empty scratch folder; parts come in order.

    Attributes:
        rows: Rows by file, the broken files left out.
        faults: Rows, or files, by kind of fault and place.
    """

    folder: Path
    window: Window
    has_faults: bool
    rows: Counter[File] = field(default_factory=Counter)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    _writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)

    def __enter__(self) -> Joint:
        (self.folder / "truth").mkdir()
        for feed in load_feeds():
            (self.folder / "drop" / feed).mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def add(self, made: Made) -> None:
        """Append one part to every file and to the truth."""
        before = {self._path(*file)[1]: rows for file, rows in self.rows.items()}
        with open(made.content, "rb") as content:
            for piece in made.pieces:
                content.seek(piece.offset)
                self._append(piece, content.read(piece.length))
        made.content.unlink()
        self._write("subjects", made.subjects)
        self._write("records", _numbered(made.records, before))
        self._write_faults(_numbered(made.faults, before))

    def settle(self) -> None:
        """Write the broken files beside the good ones, and give some good ones their strange form."""
        if self.has_faults:
            self._write_faults(pa.concat_tables([truth.FAULT_COLUMNS.empty_table(), *self._broken(), *self._strange()]))

    def rows_by_dataset(self) -> dict[str, int]:
        """Return the rows of every dataset that has any."""
        counted: Counter[str] = Counter()
        for (feed, dataset, _), rows in sorted(self.rows.items()):
            counted[f"{feed}.{dataset}"] += rows
        return dict(counted)

    def _path(self, feed: str, dataset: str, month: int, suffix: str = "") -> tuple[Path, str]:
        name = truth.file_name(feed, dataset, self.window.labels[month], suffix)
        return self.folder / "drop" / name, name

    def _append(self, piece: Piece, content: bytes) -> None:
        file = (piece.feed, piece.dataset, piece.month)
        path, _ = self._path(*file)
        with open(path, "ab") as target:
            if file not in self.rows:
                header = load_feeds()[piece.feed].dataset(piece.dataset).column_names
                target.write((",".join(header) + "\n").encode())
            target.write(content)
        self.rows[file] += piece.rows

    def _broken(self) -> Iterator[pa.Table]:
        """Break one dataset after the other, each by a copy of the beginning of its newest file."""
        newest = {(feed, dataset): month for feed, dataset, month in sorted(self.rows)}
        for broken, ((feed, dataset), month) in zip(BROKEN, itertools.cycle(newest.items()), strict=False):
            good, _ = self._path(feed, dataset, month)
            path, name = self._path(feed, dataset, month, f"{RESENT}{broken.kind}")
            with open(good, encoding="utf-8", newline="") as handle:
                text = broken.make(list(itertools.islice(handle, SAMPLE_ROWS + 1)))
            path.write_text(text, encoding="utf-8", newline="")
            yield truth.file_fault(
                (feed, dataset, name), broken.kind, "file_refused", f"{broken.code}: {broken.detail}"
            )

    def _strange(self) -> Iterator[pa.Table]:
        for feed, dataset, month in sorted(self.rows):
            writing = writing_of(f"{feed}.{dataset}", month, len(self.window), has_faults=self.has_faults)
            if writing == PLAIN:
                continue
            path, name = self._path(feed, dataset, month)
            other = path.with_suffix(".other")
            with open(path, encoding="utf-8", newline="") as source, open(other, "wb") as target:
                target.write(writing.prefix)
                while text := source.read(COPY_CHARACTERS):
                    target.write(text.encode(writing.encoding))
            other.replace(path)
            yield truth.file_fault((feed, dataset, name), writing.kind, writing.place, writing.encoding)

    def _write_faults(self, faults: pa.Table) -> None:
        self._write("faults", faults)
        distinct = faults.group_by(["file", "source_row", "kind", "place"]).aggregate([])
        for one in distinct.to_pylist():
            self.faults[one["kind"], one["place"]] += 1

    def _write(self, name: str, part: pa.Table) -> None:
        if name not in self._writers:
            path = self.folder / "truth" / f"{name}.parquet"
            self._writers[name] = pq.ParquetWriter(path, part.schema, compression="zstd")
        self._writers[name].write_table(part)


def _numbered(part: pa.Table, before: Mapping[str, int]) -> pa.Table:
    """Return the truth of a part with its rows counted from the beginning of their files."""
    if not before or not part.num_rows:
        return part
    places = pc.index_in(part["file"], pa.array(list(before), pa.string())).fill_null(len(before))
    rows = np.append(np.fromiter(before.values(), np.int64, len(before)), 0)
    numbers = pc.add(part["source_row"], pa.array(rows[places.to_numpy()]))
    return part.set_column(part.schema.get_field_index("source_row"), "source_row", numbers)

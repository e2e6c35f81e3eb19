"""Readers: from the bytes of one file to text columns, whatever the format and encoding.

Every reader yields Arrow batches whose columns are the delivered ones (contract names, all text) plus ``_source_row``
(data rows from 1) and ``_ragged`` (null, or what was wrong with the number of fields). A reader never repairs a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from creditlake.contracts import Dataset
from creditlake.readers.csv_files import IrregularCsv, csv_header, read_csv
from creditlake.readers.jsonl_files import jsonl_header, read_jsonl
from creditlake.readers.xlsx_files import read_xlsx, xlsx_header
from creditlake.refusal import Refusal

__all__ = ["IrregularCsv", "header_of", "read"]
FORMATS = (".csv", ".jsonl", ".xlsx")


def read(path: Path, name: str, dataset: Dataset, scratch: Path, *, exact: bool = False) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one file.

    Args:
        path: Where the bytes lie.
        name: The name the agency gave the file; its suffix tells the format.
        scratch: Folder for a transcoded copy.
        exact: Read a CSV row by row, which is slower and says of each row what is wrong with it.

    Raises:
        Refusal: the file as a whole cannot be taken.
        IrregularCsv: a CSV needs ``exact``; what was yielded before is to be thrown away.
    """
    suffix = _format(path, name)
    if suffix == ".csv":
        yield from read_csv(path, name, dataset, scratch, exact=exact)
    elif suffix == ".jsonl":
        yield from read_jsonl(path, name, dataset, scratch)
    else:
        yield from read_xlsx(path, name, dataset)


def header_of(path: Path, name: str, scratch: Path) -> list[str]:
    """Return the column names of one file as delivered; Refusal as ``read``."""
    suffix = _format(path, name)
    if suffix == ".csv":
        return csv_header(path, name, scratch)
    return jsonl_header(path, name, scratch) if suffix == ".jsonl" else xlsx_header(path, name)


def _format(path: Path, name: str) -> str:
    """Return the suffix that tells the format; a file that cannot be read by it is refused."""
    suffix = Path(name).suffix.lower()
    if suffix == ".zip":
        raise Refusal("unknown_format", f"{name}: an archive inside an archive is not opened")
    if suffix not in FORMATS:
        raise Refusal(
            "unknown_format", f"{name}: files end in {', '.join(FORMATS)} or .zip, not {suffix or 'nothing'!r}"
        )
    if path.stat().st_size == 0:
        raise Refusal("zero_bytes", f"{name} is empty")
    return suffix

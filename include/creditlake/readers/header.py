"""The header of a file against its contract."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from creditlake.contracts import CORRECTION, WAIVER, Dataset
from creditlake.refusal import Refusal


def fold(name: str) -> str:
    """Return a column name without the differences that are not differences: width, blanks around it, BOM."""
    return unicodedata.normalize("NFKC", name).strip().strip("\ufeff").strip()


def contract_names(header: Sequence[str], dataset: Dataset, file: str) -> list[str]:
    """Return the contract's name of every delivered column, in file order.

    Raises:
        Refusal: ``missing_header`` when no field is a known column name (the first line is data);
            ``unknown_header`` when a column is unknown, comes twice, or a required one is absent.
    """
    known = {fold(name): name for name in (*dataset.column_names, *CORRECTION, *WAIVER)}
    folded = [fold(field) for field in header]
    if not any(field in known for field in folded):
        shown = ", ".join(header[:3])
        raise Refusal(
            "missing_header", f"{file}: the first line holds no column name of the contract; it begins with {shown!r}"
        )
    if "" in folded:
        raise Refusal("unknown_header", f"{file}: column {folded.index('') + 1} has no name")
    unknown = [field for field in folded if field not in known]
    if unknown:
        raise Refusal("unknown_header", f"{file}: column {unknown[0]!r} is not in the contract")
    repeated = [field for field, times in Counter(folded).items() if times > 1]
    if repeated:
        raise Refusal("unknown_header", f"{file}: column {repeated[0]!r} comes twice")
    absent = [name for name in dataset.header_required if fold(name) not in folded]
    if absent:
        raise Refusal("unknown_header", f"{file}: required column {absent[0]!r} is absent")
    return [known[field] for field in folded]

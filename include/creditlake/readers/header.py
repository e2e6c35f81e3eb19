"""The header of a file against its contract."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from creditlake.contracts import CORRECTION, WAIVER, Dataset
from creditlake.refusal import Refusal


def fold(name: str) -> str:
    """Return a column name without the differences that are not differences: width, blanks around it, BOM."""
    return unicodedata.normalize("NFKC", name).strip().strip("\ufeff").strip()


@dataclass(frozen=True, slots=True)
class Header:
    """A delivered header beside its contract.

    Attributes:
        names: The contract's name of every delivered column that it knows, in file order.
        nameless: Places, from 1, of columns without a name.
        unknown, repeated, absent: Delivered names no contract has, or that come twice; required ones that are missing.
        left_out: Optional columns that are missing, the envelope's too.
    """

    names: tuple[str, ...]
    nameless: tuple[int, ...]
    unknown: tuple[str, ...]
    repeated: tuple[str, ...]
    absent: tuple[str, ...]
    left_out: tuple[str, ...]


def compared(header: Sequence[str], dataset: Dataset) -> Header:
    """Return what a header has and lacks of its contract."""
    known = {fold(name): name for name in (*dataset.column_names, *CORRECTION, *WAIVER)}
    folded = [fold(field) for field in header]
    missing = [name for name in dataset.column_names if fold(name) not in folded]
    return Header(
        names=tuple(known[field] for field in folded if field in known),
        nameless=tuple(place for place, field in enumerate(folded, start=1) if not field),
        unknown=tuple(field for field in folded if field and field not in known),
        repeated=tuple(field for field, times in Counter(folded).items() if times > 1 and field),
        absent=tuple(name for name in missing if name in dataset.header_required),
        left_out=tuple(name for name in missing if name not in dataset.header_required),
    )


def contract_names(header: Sequence[str], dataset: Dataset, file: str) -> list[str]:
    """Return the contract's name of every delivered column, in file order.

    Raises:
        Refusal: ``missing_header`` when no field is a known column name (the first line is data);
            ``unknown_header`` when a column is unknown, comes twice, or a required one is absent.
    """
    found = compared(header, dataset)
    if not found.names:
        shown = ", ".join(header[:3])
        raise Refusal(
            "missing_header", f"{file}: the first line holds no column name of the contract; it begins with {shown!r}"
        )
    if found.nameless:
        raise Refusal("unknown_header", f"{file}: column {found.nameless[0]} has no name")
    if found.unknown:
        raise Refusal("unknown_header", f"{file}: column {found.unknown[0]!r} is not in the contract")
    if found.repeated:
        raise Refusal("unknown_header", f"{file}: column {found.repeated[0]!r} comes twice")
    if found.absent:
        raise Refusal("unknown_header", f"{file}: required column {found.absent[0]!r} is absent")
    return list(found.names)

"""Where model and lake differ, said so that one can play the history again alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.histories.marts import Table


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that model and lake tell otherwise; None where one of them has no such row."""

    mart: str
    key: tuple[object, ...]
    column: str
    model: object
    lake: object

    def __str__(self) -> str:
        """One line of the message."""
        return f"{self.mart} {self.key} {self.column}: model {self.model!r}, lake {self.lake!r}"


def differences(model: Mapping[str, Table], lake: Mapping[str, Table]) -> Iterator[Difference]:
    """All differences of the marts that both tell."""
    for mart in model:
        for key in sorted(model[mart].keys() | lake[mart].keys(), key=str):
            told, found = model[mart].get(key), lake[mart].get(key)
            if told is None or found is None:
                yield Difference(mart, key, "row", "a row" if told is not None else None,
                                 "a row" if found is not None else None)  # fmt: skip
                continue
            for column in told.keys() | found.keys():
                if not _same(told.get(column), found.get(column)):
                    yield Difference(mart, key, column, told.get(column), found.get(column))


def _same(told: object, found: object) -> bool:
    if isinstance(told, float) and isinstance(found, float):
        return abs(told - found) < 0.00011  # four decimals, rounded by either
    return told == found


def subject_of(key: Iterable[object]) -> int | None:
    """The subject that a key speaks of, or None where it speaks of files."""
    for part in key:
        if isinstance(part, int):
            return part
        if isinstance(part, tuple) and len(part) > 1:
            return int(part[1])
        if isinstance(part, str) and part.startswith("D"):
            return 1000 + 2 * int(part[1:7])
    return None

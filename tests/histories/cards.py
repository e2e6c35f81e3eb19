"""The project's cards as data: what a value earns by the seeds, read as CSV."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
Value = float | str | None
Line = Mapping[str, str]


@cache
def seed(name: str) -> tuple[Line, ...]:
    """The rows of a seed."""
    with open(SEEDS / f"{name}.csv", encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


def bins(card: str, feature: str, value: Value) -> list[Line]:
    """The lines of a card that a value falls into."""
    return [line for line in seed(card) if line["feature"] == feature and _holds(line, value)]


def _holds(line: Line, value: Value) -> bool:
    if value is None:
        return line["kind"] == "missing"
    if isinstance(value, str):
        return line.get("category", line.get("cat")) == value
    if line["kind"] != "range":
        return False
    return within(line.get("lower", line.get("lo")), line.get("upper", line.get("hi")), value)


def within(lower: str | None, upper: str | None, value: float) -> bool:
    """Whether a value is in a band: its lower bound is in it, its upper one is not."""
    return (not lower or value >= float(lower)) and (not upper or value < float(upper))


def band(name: str, column: str, value: float) -> str:
    """The code of the band of a seed that a value is in."""
    (found,) = [line[column] for line in seed(name) if within(line["lower"], line["upper"], value)]
    return found

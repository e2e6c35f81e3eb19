"""The seeds of the dbt project as the tests read them."""

from __future__ import annotations

import csv
from pathlib import Path

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"


def seed_rows(seed: str) -> list[dict[str, str]]:
    """Return the rows of one seed, every value as text."""
    with open(SEEDS / f"{seed}.csv", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))

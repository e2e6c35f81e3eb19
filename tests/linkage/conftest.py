"""One small world, measured once by the command; its lake and its figures serve all tests of linkage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths

SEED, SUBJECTS, RECORDS = 7, 3000, 7500


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured world.

    Attributes:
        figures: design to kind to its figures.
    """

    paths: LakePaths
    answer: dict[str, Any]
    figures: dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """The world of seed 7, as ``creditlake bench identity`` measures it."""
    lake = tmp_path_factory.mktemp("linkage") / "lake"
    answer = _answer(["bench", "identity", "--json", f"--keep={lake}", f"--seed={SEED}"], lake.parent)
    figures = {design: {one["kind"]: one for one in kinds} for design, kinds in answer["designs"].items()}
    return Measured(LakePaths(lake), answer, figures)


def _answer(command: list[str], folder: Path) -> dict[str, Any]:
    from contextlib import redirect_stdout

    with open(folder / "answer.json", "w", encoding="utf-8") as out, redirect_stdout(out):
        assert main([*command, f"--subjects={SUBJECTS}", f"--records={RECORDS}"]) == 0
    found: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    return found

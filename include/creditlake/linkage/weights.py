"""The weights of linkage as the models read them: the seed ``ref_linkage_weights``."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from creditlake.home import dbt_project
from creditlake.text import write_text

HEADER = ("model_version", "comparison", "agreement", "m_probability", "u_probability", "basis")
PRIOR = ("prior", "any")
"""Its m is no probability but how many names of the register a record is expected to mean; it has no u."""
_BASIS = "m：EM无监督估计（Fellegi-Sunter）；u：登记库两两比较精确计算"
_BASIS_OF_PRIOR = "每条记录在登记名称中的期望匹配数；无监督估计"


@dataclass(frozen=True, slots=True)
class Weight:
    """How likely one agreement is: m among pairs that mean one subject, u among all others (Fellegi, Sunter 1969)."""

    m: float
    u: float | None


Weights = Mapping[tuple[str, str], Weight]
"""One weight per comparison and agreement, by their names in ``int_identity_levels``; and PRIOR."""


def weights_file() -> Path:
    """The seed in the project."""
    return dbt_project() / "seeds" / "ref_linkage_weights.csv"


def model_in_force() -> str:
    """Return the version of the model by which builds link: the one row of the seed ``ref_linkage_limits``."""
    (row,) = _rows(weights_file().with_name("ref_linkage_limits.csv"))
    return row["model_version"]


def read_weights(path: Path, model_version: str) -> Weights:
    """Return the weights of one version of the model.

    Raises:
        ValueError: the file has no such version.
    """
    rows = [row for row in _rows(path) if row["model_version"] == model_version]
    if not rows:
        raise ValueError(f"{path} has no model {model_version}")
    return {
        (row["comparison"], row["agreement"]): Weight(
            float(row["m_probability"]), float(row["u_probability"]) if row["u_probability"] else None
        )
        for row in rows
    }


def write_weights(path: Path, model_version: str, weights: Weights) -> None:
    """Write the weights of one version into a file; other versions in it stay, an older form of this one goes.

    Numbers have six significant digits, which is more than any training set can tell.
    """
    kept = [tuple(row[name] for name in HEADER) for row in _rows(path) if row["model_version"] != model_version]
    made = [
        (
            model_version,
            comparison,
            agreement,
            f"{weight.m:.6g}",
            "" if weight.u is None else f"{weight.u:.6g}",
            _BASIS_OF_PRIOR if (comparison, agreement) == PRIOR else _BASIS,
        )
        for (comparison, agreement), weight in weights.items()
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *kept, *made])
    write_text(path, text.getvalue())


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))

"""Laws L1 to L3 as functions of a dbt project's folder: each returns what breaks the law."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.architecture.tree import Model, models_of, refs_of, seeds_of, without_comments

READS = {
    "staging": frozenset[str](),
    "intermediate": frozenset({"staging", "intermediate", "seeds"}),
    "marts": frozenset({"intermediate", "marts", "seeds"}),
}
"""What each layer reads by ``ref()``; what is not named here lies to its right or too far to its left."""
PREFIX = {"staging": "stg_", "intermediate": "int_", "marts": "mart_"}


def reading_rightwards(project: Path) -> list[str]:
    """L1: a model that reads a layer other than the one to its left, its own, or a seed."""
    models = models_of(project)
    layer_of = {model.name: model.layer for model in models} | dict.fromkeys(seeds_of(project), "seeds")
    problems = [f"{m.name}: {m.layer!r} is no layer" for m in models if m.layer not in READS]
    for model in models:
        for name in model.refs:
            layers = _layers(name, layer_of)
            if not layers:
                problems.append(f"{model.name} reads {name}, which is neither model nor seed")
            problems += [f"{model.name} ({model.layer}) reads {name} ({layer})" for layer in
                         sorted(layers - READS.get(model.layer, frozenset()))]  # fmt: skip
    return [*problems, *_hidden_reads(project)]


def _layers(name: str, layer_of: dict[str, str]) -> set[str]:
    if name.endswith("*"):
        return {layer for known, layer in layer_of.items() if known.startswith(name[:-1])}
    return {layer_of[name]} if name in layer_of else set()


def _hidden_reads(project: Path) -> Iterator[str]:
    """A macro that reads a model hides an arrow; so does a relation written by hand."""
    for path in sorted((project / "macros").rglob("*.sql")):
        sql = without_comments(path.read_text(encoding="utf-8"))
        if refs_of(sql) or re.search(r"\bsource\(", sql):
            yield f"{path.name}: a macro reads a relation"
    for model in models_of(project):
        if re.search(r"\b(?:from|join)\s+(?:lake\.)?(?:validated|quarantine|ops|staging|intermediate|marts|seeds)\.",
                     model.sql, re.IGNORECASE):  # fmt: skip
            yield f"{model.name} names a relation without ref() or source()"


def sources_outside_staging(project: Path) -> list[str]:
    """L2: ``source()`` right of staging."""
    return [f"{m.name} ({m.layer}) reads a source" for m in models_of(project) if m.sources and m.layer != "staging"]


def joins_in_staging(project: Path) -> list[str]:
    """L2: staging that joins, or that reads anything but sources."""
    staging = [model for model in models_of(project) if model.layer == "staging"]
    problems = [f"{m.name} joins" for m in staging if re.search(r"\bjoin\b", m.sql, re.IGNORECASE)]
    return problems + [f"{m.name} reads no source" for m in staging if not m.sources]


def staging_folders(project: Path, feeds: Collection[str], datasets: Collection[tuple[str, str]]) -> list[str]:
    """L2: one staging folder per feed, one model per dataset, each reading its own table alone."""
    staging = [model for model in models_of(project) if model.layer == "staging"]
    declared = {m.sources[0][0] for m in staging if m.sources} - {"validated"}
    problems = [f"no staging folder for feed {feed}" for feed in sorted(set(feeds) - {m.folder for m in staging})]
    problems += [
        f"staging/{m.folder} is neither feed nor source" for m in staging if m.folder not in {*feeds, *declared}
    ]
    names = {model.name for model in staging}
    problems += [f"no model stg_{f}__{d}" for f, d in sorted(datasets) if f"stg_{f}__{d}" not in names]
    for model in staging:
        if model.folder in feeds:
            own = model.name.removeprefix("stg_").replace("__", "_", 1)
            problems += [f"{model.name} reads {s}.{t}" for s, t in model.sources if (s, t) != ("validated", own)]
        if not model.name.startswith(f"stg_{model.folder}__"):
            problems.append(f"{model.name} is not named after its folder {model.folder}")
    return problems


def misnamed_models(project: Path) -> list[str]:
    """L3: the prefix says the layer, so that nothing but a mart can be taken for one."""
    return [
        f"{model.name} lies in {model.layer}"
        for model in models_of(project)
        if not model.name.startswith(PREFIX.get(model.layer, "?"))
    ]


def unpromised_marts(project: Path) -> list[str]:
    """L3: marts without an enforced contract, a described grain, described columns or an exposure."""
    declared = {entry["name"]: entry for entry in _entries(project, "models")}
    exposed = {name for entry in _entries(project, "exposures") for on in entry["depends_on"] for name in refs_of(on)}
    problems: list[str] = []
    for model in models_of(project):
        if model.layer == "marts":
            problems += _mart_problems(model, declared.get(model.name), model.name in exposed)
    return problems


def _entries(project: Path, kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted(path for folder in ("models", "seeds") for path in (project / folder).rglob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        yield from document.get(kind, [])


def _mart_problems(model: Model, entry: dict[str, Any] | None, exposed: bool) -> Iterator[str]:
    if entry is None:
        yield f"{model.name} is described nowhere"
        return
    config = entry.get("config", {})
    grain = config.get("meta", {}).get("grain", [])
    columns = {column["name"]: column for column in entry.get("columns", [])}
    if config.get("contract", {}).get("enforced") is not True:
        yield f"{model.name} enforces no contract"
    if not str(entry.get("description", "")).startswith("One row per "):
        yield f"{model.name}: the description does not begin with its grain"
    if not grain or not set(grain) <= set(columns):
        yield f"{model.name}: grain {grain} is not among its columns"
    for name, column in columns.items():
        if not column.get("description") or not column.get("data_type"):
            yield f"{model.name}.{name} has no description or no type"
    for name in grain:
        if "not_null" not in [test for test in columns.get(name, {}).get("data_tests", []) if isinstance(test, str)]:
            yield f"{model.name}.{name} is in the grain and not tested for null"
    if not exposed:
        yield f"{model.name} has no exposure"


def undescribed_models(project: Path) -> list[str]:
    """Style: every model begins with its grain, in its file and in its description."""
    declared = {entry["name"]: str(entry.get("description", "")) for entry in _entries(project, "models")}
    problems = []
    for model in models_of(project):
        first = model.path.read_text(encoding="utf-8").split("\n", 1)[0]
        if not first.startswith("-- One row per "):
            problems.append(f"{model.name}: the file does not begin with its grain")
        if not declared.get(model.name, "").startswith("One row per "):
            problems.append(f"{model.name}: no description that begins with its grain")
    return problems


def unfounded_seeds(project: Path) -> list[str]:
    """House: seeds whose rows do not say what they rest on, where the seed does not say it for all (``meta.basis``)."""
    entries = _entries(project, "seeds")
    founded = {entry["name"] for entry in entries if entry.get("config", {}).get("meta", {}).get("basis")}
    return [
        f"{path.stem} row {number} has no basis"
        for path in sorted((project / "seeds").rglob("*.csv"))
        if path.stem not in founded
        for number, row in enumerate(_rows(path), start=1)
        if not (row.get("basis") or row.get("source"))
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))

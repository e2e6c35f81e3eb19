"""What a declared feed still lacks: the parts law L6 asks for, and what is begun and not finished."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from creditlake.contracts import Feed

CONTRACT = "include/creditlake/feeds/{feed}.yml"
SUITE = "expectations/{feed}.yml"
STAGING = "dbt_project/models/staging/{feed}/"
OWN_FILES = (
    CONTRACT,
    "include/creditlake/synthetic/**/{feed}.py",
    SUITE,
    f"{STAGING}*",
    "tests/fixtures/{feed}/*.csv",
)
"""Where a feed's own files lie: the path is the name."""
DATASETS = "dbt_project/macros/declared_datasets.sql"
CODES = "dbt_project/seeds/ref_code_values.csv"
"""The shared lists: what the models read, and what a release's codes mean."""
OPEN = "待填"
"""Stands where a person has to write: ``feed new`` writes it, ``feed check`` finds it."""


def missing_parts(root: Path, feed: Feed) -> Iterator[str]:
    """Yield what a feed lacks of the parts of law L6, by dataset: suite, staging model, generator module, fixture."""
    suite = root / SUITE.format(feed=feed.name)
    judged = _mapping(suite).get("datasets") or {}
    if not list((root / "include" / "creditlake" / "synthetic").rglob(f"{feed.name}.py")):
        yield f"{feed.name} has no module in synthetic/"
    for dataset in feed.datasets:
        label = f"{feed.name}.{dataset.name}"
        if dataset.name not in judged:
            yield f"{label} has no suite"
        if not (root / f"dbt_project/models/staging/{feed.name}/stg_{feed.name}__{dataset.name}.sql").exists():
            yield f"{label} is not staged"
        if not (root / f"tests/fixtures/{feed.name}/{dataset.name}.csv").exists():
            yield f"{label} has no fixture"


def unfinished_parts(root: Path, feed: Feed) -> Iterator[str]:
    """Yield what else is open: sources, descriptions, words in shared lists, and every place that says 待填."""
    folder = root / STAGING.format(feed=feed.name)
    sources = {table["name"] for source in _mapping(folder / "_sources.yml").get("sources", ())
               for table in source["tables"]}  # fmt: skip
    described = {model["name"] for model in _mapping(folder / f"_{feed.name}.yml").get("models", ())}
    for dataset in feed.datasets:
        label = f"{feed.name}.{dataset.name}"
        if dataset.table not in sources:
            yield f"{label} is no source in {STAGING.format(feed=feed.name)}_sources.yml"
        if f"stg_{feed.name}__{dataset.name}" not in described:
            yield f"{label} is not described in {STAGING.format(feed=feed.name)}_{feed.name}.yml"
    yield from _open_words(root, feed)
    for path in own_files(root, feed.name):
        lines = path.read_text(encoding="utf-8").splitlines()
        open_lines = [str(number) for number, line in enumerate(lines, start=1) if OPEN in line]
        if open_lines:
            yield f"{path.relative_to(root).as_posix()} says {OPEN} in line {', '.join(open_lines)}"


def _open_words(root: Path, feed: Feed) -> Iterator[str]:
    shared = root / DATASETS
    words = shared.read_text(encoding="utf-8") if shared.exists() else ""
    for dataset in feed.datasets:
        if not re.search(rf'\["{feed.name}", "{dataset.name}",', words):
            yield f"{feed.name}.{dataset.name} has no line in {DATASETS}"
    for column, code, _ in open_codes(root, feed):
        yield f"the {column} {code} has no row in {CODES}"


def open_codes(root: Path, feed: Feed) -> Iterator[tuple[str, str, str]]:
    """Yield the codes of a feed and its datasets that the code list lacks: column, code, title."""
    listed = set[tuple[str, str]]()
    if (root / CODES).exists():
        with open(root / CODES, encoding="utf-8", newline="") as handle:
            listed = {(row["column_name"], row["code"]) for row in csv.DictReader(handle)}
    wanted = [("feed", feed.name, feed.title), *(("dataset", d.name, d.title) for d in feed.datasets)]
    yield from (code for code in wanted if code[:2] not in listed)


def own_files(root: Path, feed: str) -> list[Path]:
    """Return the files that are a feed's own, in order."""
    found = {path for pattern in OWN_FILES for path in root.glob(pattern.format(feed=feed)) if path.is_file()}
    return sorted(found)


def _mapping(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}

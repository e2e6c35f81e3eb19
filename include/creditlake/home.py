"""Where the project's own files lie, and which version of them made a number."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from creditlake.contracts import judged, load_feeds

HOME_VARIABLE = "CREDITLAKE_HOME"

BESIDE = (
    "cli.py",
    "commands/",
    "connectors/",
    "diff/",
    "explain.py",
    "linkage/",
    "onboarding/",
    "orchestration/",
    "quality/docs",
    "report/",
    "submission/",
    "synthetic/",
    "text.py",
    "watch/",
)
"""Parts of the library that decide no number of a release: how data comes here, and how things are shown."""
DECIDING = ("connectors/files.py",)
"""But a file's name says of which dataset and month it is."""


def project_home() -> Path:
    """Return the folder that holds dbt_project/ and expectations/: ``CREDITLAKE_HOME``, else the checkout.

    Raises:
        FileNotFoundError: neither leads to a dbt project.
    """
    setting = os.environ.get(HOME_VARIABLE)
    home = Path(setting) if setting else Path(__file__).resolve().parents[2]
    if not (home / "dbt_project" / "dbt_project.yml").exists():
        raise FileNotFoundError(f"no dbt_project/ under {home}; set {HOME_VARIABLE} to the project's folder")
    return home


def dbt_project() -> Path:
    """The dbt project's folder."""
    return project_home() / "dbt_project"


@cache
def code_version() -> str:
    """Return the package version and 12 hex of the hash over all that decides a number but the seeds."""
    home = project_home()
    library = Path(__file__).resolve().parent
    modules = (path for path in library.rglob("*.py") if decides_a_number(path.relative_to(library).as_posix()))
    dbt = dbt_project()
    project = [*(home / "expectations").glob("*.yml"), dbt / "dbt_project.yml"]
    project += [
        path
        for part in ("models", "macros", "tests")
        for path in (dbt / part).rglob("*")
        if path.suffix in (".sql", ".yml")
    ]
    contracts = "\n".join(repr(judged(feed)) for feed in load_feeds().values())
    parts = _hash_files(library, modules) + _hash_files(home, project) + contracts
    return f"{version('creditlake')}+{hashlib.sha256(parts.encode()).hexdigest()[:12]}"


@cache
def seeds_sha256() -> str:
    """Return the hash over all seeds: judgement as data."""
    return _hash_files(dbt_project(), (dbt_project() / "seeds").rglob("*.csv"))


def decides_a_number(place: str) -> bool:
    """Say whether a module, by its path in the library, decides a number of a release."""
    return place in DECIDING or not place.startswith(BESIDE)


def _hash_files(root: Path, files: Iterable[Path]) -> str:
    """Hash files by their places below a folder and their content, wherever the folder itself lies."""
    digest = hashlib.sha256()
    for place, path in sorted((path.relative_to(root).as_posix(), path) for path in files):
        digest.update(place.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()

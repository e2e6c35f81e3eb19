"""Where the project's own files lie, and which version of them made a number."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

HOME_VARIABLE = "CREDITLAKE_HOME"


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
    files = [path for path in library.rglob("*") if path.suffix in (".py", ".yml", ".sql")]
    files += (home / "expectations").glob("*.yml")
    dbt = dbt_project()
    files += [
        path
        for part in ("models", "macros", "tests")
        for path in (dbt / part).rglob("*")
        if path.suffix in (".sql", ".yml")
    ]
    files.append(dbt / "dbt_project.yml")
    return f"{version('creditlake')}+{_hash_files(files)[:12]}"


@cache
def seeds_sha256() -> str:
    """Return the hash over all seeds: judgement as data."""
    return _hash_files((dbt_project() / "seeds").rglob("*.csv"))


def _hash_files(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.as_posix()):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()

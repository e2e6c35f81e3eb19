"""The parsed project, kept for as long as its content stays the same.

dbt itself would parse it again for every business date and every lake's place.
"""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from creditlake.modelling.grouped import group_column_tests
from creditlake.modelling.results import DbtFailed


def parsed(project: Path, target: Path, options: list[str]) -> Any:
    """Return dbt's manifest of the project, its column tests grouped.

    The target folder keeps it for as long as the content stays the same.
    """
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder

    kept = target / f"parsed-{_fingerprint(project)}.msgpack"
    if kept.exists():
        manifest = Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
        manifest.build_flat_graph()
        return manifest
    outcome = dbtRunner().invoke(["parse", "--no-partial-parse", *options])
    if not outcome.success:
        raise DbtFailed(f"dbt could not parse {project}: {outcome.exception}") from outcome.exception
    group_column_tests(outcome.result)
    for other in target.glob("parsed-*"):
        other.unlink()
    written = kept.with_suffix(".new")
    written.write_bytes(outcome.result.to_msgpack(extended_mashumaro_encoder))
    os.replace(written, kept)
    return outcome.result


def _fingerprint(project: Path) -> str:
    """A hash of what dbt parses: the project's files, by place and content, and dbt's own version."""
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(path for path in project.rglob("*") if path.suffix in (".sql", ".yml", ".csv")):
        digest.update(f"{path.relative_to(project).as_posix()}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]

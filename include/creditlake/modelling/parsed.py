"""The parsed project, kept for as long as its content stays the same.

dbt itself would parse it again for every business date and every lake's place.
"""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from creditlake.modelling import grouped
from creditlake.modelling.grouped import group_column_tests
from creditlake.modelling.results import DbtFailed

CACHE_VARIABLE = "CREDITLAKE_CACHE"


def parsed(project: Path, target: Path, options: list[str]) -> Any:
    """Return dbt's manifest of the project, its column tests grouped.

    It is kept for as long as the content stays the same: in the target folder, or in that of
    ``CREDITLAKE_CACHE``, which many lakes may share.
    """
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder

    folder = Path(os.environ.get(CACHE_VARIABLE) or target)
    place = f"parsed-{hashlib.sha256(str(project).encode()).hexdigest()[:8]}"
    kept = folder / f"{place}-{_fingerprint(project)}.msgpack"
    if kept.exists():
        manifest = Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
        manifest.build_flat_graph()
        return manifest
    outcome = dbtRunner().invoke(["parse", "--no-partial-parse", "--no-write-json", *options])
    if not outcome.success:
        raise DbtFailed(f"dbt could not parse {project}: {outcome.exception}") from outcome.exception
    group_column_tests(outcome.result)
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f"{kept.stem}.{os.getpid()}.new"
    written.write_bytes(outcome.result.to_msgpack(extended_mashumaro_encoder))
    for other in folder.glob(f"{place}-*.msgpack"):
        other.unlink(missing_ok=True)
    os.replace(written, kept)
    return outcome.result


def _fingerprint(project: Path) -> str:
    """A hash of what decides the manifest: the project's files, by place and content, dbt's versions, our grouping."""
    versions = f"{version('dbt-core')} {version('dbt-duckdb')} "
    digest = hashlib.sha256(versions.encode() + Path(grouped.__file__).read_bytes())
    for path in sorted(path for path in project.rglob("*") if path.suffix in (".sql", ".yml", ".csv")):
        digest.update(f"{path.relative_to(project).as_posix()}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]

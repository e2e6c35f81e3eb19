"""Run dbt and read its results: the only module that knows dbt.

One ``dbt build`` in this process, one thread, under the caller's lease. What dbt says is never believed alone: the
results are read from this run's own file, and every relation must be where the manifest says (docs/decisions/0002).
The project is parsed once for each content of it: dbt would do so again for every business date and every lake's place.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from creditlake.checks import Check

log = logging.getLogger(__name__)

GOOD = frozenset({"success", "pass", "warn"})
_RESULTS = "run_results.json"
_ROWS = "row_counts.json"
_NOT_BUILT = ("unit_test", "exposure")
"""Unit tests run by themselves; an exposure has nothing to run and would report NO-OP."""
_STATUS = {"pass": "passed", "fail": "failed", "warn": "warned"}
_SEVERITY = {"error": "critical", "warn": "warning"}
_QUIET = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_VERSION_CHECK": "false", "DO_NOT_TRACK": "1"}


class DbtFailed(RuntimeError):
    """dbt could not run, or a model, seed or test failed; the message names the nodes."""


@dataclass(frozen=True, slots=True)
class Node:
    """The result of one node of a build.

    Attributes:
        kind: model, seed or test.
        status: success, pass, warn, fail, error or skipped, as dbt says.
        severity: critical or warning; empty for what is not a test.
        failures: Rows that broke a test; 0 for what is not a test.
        rows: Rows of the model or seed; of a test, those of the model under test.
        seconds: How long it took.
    """

    name: str
    kind: str
    status: str
    severity: str
    failures: int
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What one dbt build made and found, as of one business date."""

    as_of: date
    nodes: tuple[Node, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """The tests as checks of the manifest, by name."""
        tests = sorted((node for node in self.nodes if node.kind == "test"), key=lambda node: node.name)
        return tuple(
            Check(node.name, "dbt", node.severity, _STATUS[node.status], node.rows, node.failures) for node in tests
        )


def build(env: Mapping[str, str], project: Path, target: Path, as_of: date) -> BuildResult:
    """Build every seed and model and run every data test.

    Args:
        env: How the lake is attached (``lake.dbt_attachment``).
        project: The dbt project's folder.
        target: Where dbt keeps manifest, results and its parse cache; stays the lake's own.

    Raises:
        DbtFailed: names the failed nodes; the tables of models that did not run are as an earlier build left them.
    """
    target.mkdir(parents=True, exist_ok=True)
    for name in (_RESULTS, _ROWS):
        (target / name).unlink(missing_ok=True)
    left_out = [word for kind in _NOT_BUILT for word in ("--exclude-resource-type", kind)]
    _invoke(env, project, target, ["build", *left_out, "--vars", json.dumps({"as_of": as_of.isoformat()})])
    return last_build(target)


def last_build(target: Path) -> BuildResult:
    """Return the build whose tables are in the lake, as dbt recorded it in its target folder.

    Raises:
        DbtFailed: there was none, or the last one failed or was interrupted: the tables may be of several builds.
    """
    results = _results(target)
    bad = [str(result["unique_id"]) for result in results if result["status"] not in GOOD]
    arguments = json.loads((target / _RESULTS).read_text(encoding="utf-8"))["args"]
    if bad or arguments["which"] != "build":
        raise DbtFailed(f"the last run in {target} is no whole build: {arguments['which']}, failed: {', '.join(bad)}")
    return BuildResult(date.fromisoformat(arguments["vars"]["as_of"]), tuple(_nodes(target)))


def unit_test(env: Mapping[str, str], project: Path, target: Path, as_of: date) -> tuple[str, ...]:
    """Run dbt's unit tests, which decide the rules on hand-made rows, and return the names of those that ran.

    Raises:
        DbtFailed: names the failed tests.
    """
    (target / _RESULTS).unlink(missing_ok=True)
    arguments = ["test", "--select", "test_type:unit", "--vars", json.dumps({"as_of": as_of.isoformat()})]
    _invoke(env, project, target, arguments)
    ids = [str(result["unique_id"]) for result in _results(target)]
    return tuple(sorted(name.rsplit(".", 1)[-1] for name in ids if name.startswith("unit_test.")))


def _invoke(env: Mapping[str, str], project: Path, target: Path, arguments: list[str]) -> None:
    from dbt.cli.main import dbtRunner

    folders = ["--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(target)]
    switches = ["--quiet", "--no-use-colors", "--log-path", str(target), "--log-level-file", "warn"]
    counts = {"CREDITLAKE_DBT_ROWS": str(target / _ROWS)}
    with _environment({**env, **_QUIET, **counts}), _connections_closed():
        parsed = _parsed(project, target, [*folders, *switches])
        outcome = dbtRunner(manifest=parsed).invoke([*arguments, *folders, *switches])
    if outcome.exception is not None:
        raise DbtFailed(f"dbt could not run: {outcome.exception}") from outcome.exception
    bad = [f"{result['unique_id']}: {_message(result)}" for result in _results(target) if result["status"] not in GOOD]
    if bad or not outcome.success:
        raise DbtFailed(f"{len(bad)} dbt nodes failed: {'; '.join(bad[:10])}")


def _parsed(project: Path, target: Path, options: list[str]) -> Any:
    """Return dbt's manifest of the project; the target folder keeps it for as long as the content stays the same."""
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


def _message(result: Mapping[str, Any]) -> str:
    return " ".join(str(result.get("message") or result["status"]).split())[:300]


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _connections_closed() -> Iterator[None]:
    """Leave no connection to the lake open: dbt-duckdb keeps one for the life of the process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    try:
        yield
    finally:
        DuckDBConnectionManager.close_all_connections()


def _results(target: Path) -> list[dict[str, Any]]:
    path = target / _RESULTS
    if not path.exists():
        raise DbtFailed(f"dbt left no {_RESULTS} in {target}")
    results: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["results"]
    return results


def _nodes(target: Path) -> Iterator[Node]:
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    rows = _row_counts(target)
    for result in _results(target):
        node = manifest.get(result["unique_id"])
        if node is None or node["resource_type"] not in ("model", "seed", "test"):
            continue  # hooks
        is_test = node["resource_type"] == "test"
        about = (node.get("attached_node") or _first_parent(node)) if is_test else result["unique_id"]
        yield Node(
            name=node["name"],
            kind=node["resource_type"],
            status=str(result["status"]),
            severity=_SEVERITY[str(node["config"]["severity"]).lower()] if is_test else "",
            failures=int(result.get("failures") or 0) if is_test else 0,
            rows=rows.get(str(about), 0),
            seconds=float(result["execution_time"]),
        )


def _first_parent(node: Mapping[str, Any]) -> str:
    return str(node["depends_on"]["nodes"][0])


def _row_counts(target: Path) -> dict[str, int]:
    """Rows of every relation this build made, counted where the manifest says it is."""
    path = target / _ROWS
    if not path.exists():
        raise DbtFailed(f"the build left no {_ROWS}: not every relation is where the manifest says")
    lines = path.read_text(encoding="utf-8").splitlines()
    return {entry["id"]: int(entry["n"]) for entry in map(json.loads, filter(None, lines))}

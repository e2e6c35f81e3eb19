"""What dbt says of a build, read from its own files in the target folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from creditlake.checks import Check
from creditlake.modelling.grouped import TESTED

GOOD = frozenset({"success", "pass", "warn"})
RESULTS = "run_results.json"
ROWS = "row_counts.json"
_STATUS = {"pass": "passed", "fail": "failed", "warn": "warned"}
_SEVERITY = {"error": "critical", "warn": "warning"}


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
        rows: Rows of the model or seed; of a test, those of the relations under test.
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


def last_build(target: Path) -> BuildResult:
    """Return the build whose tables are in the lake, as dbt recorded it in its target folder.

    Raises:
        DbtFailed: there was none, or the last one failed or was interrupted.
    """
    listed = results(target)
    bad = [str(result["unique_id"]) for result in listed if result["status"] not in GOOD]
    arguments = json.loads((target / RESULTS).read_text(encoding="utf-8"))["args"]
    if bad or arguments["which"] != "build":
        raise DbtFailed(f"the last run in {target} is no whole build: {arguments['which']}, failed: {', '.join(bad)}")
    return BuildResult(date.fromisoformat(arguments["vars"]["as_of"]), nodes(target))


def results(target: Path) -> list[dict[str, Any]]:
    """The results of the last invocation, one a node.

    Raises:
        DbtFailed: dbt left none.
    """
    path = target / RESULTS
    if not path.exists():
        raise DbtFailed(f"dbt left no {RESULTS} in {target}")
    listed: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["results"]
    return listed


def nodes(target: Path) -> tuple[Node, ...]:
    """Return the models, seeds and tests of the last invocation, in the order they ran."""
    return tuple(_nodes(target))


def _nodes(target: Path) -> Iterator[Node]:
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    rows = _row_counts(target)
    for result in results(target):
        node = manifest.get(result["unique_id"])
        if node is None or node["resource_type"] not in ("model", "seed", "test"):
            continue  # hooks
        is_test = node["resource_type"] == "test"
        about = _tested(node) if is_test else [result["unique_id"]]
        yield Node(
            name=node["name"],
            kind=node["resource_type"],
            status=str(result["status"]),
            severity=_SEVERITY[str(node["config"]["severity"]).lower()] if is_test else "",
            failures=int(result.get("failures") or 0) if is_test else 0,
            rows=sum(rows.get(name, 0) for name in about),
            seconds=float(result["execution_time"]),
        )


def _tested(node: Mapping[str, Any]) -> list[str]:
    """The relations that a test speaks of: those it names, else the one it is declared at, else the first it reads."""
    named: list[str] = node["config"]["meta"].get(TESTED, [])
    return named or [str(node.get("attached_node") or node["depends_on"]["nodes"][0])]


def _row_counts(target: Path) -> dict[str, int]:
    """Rows of every relation this build made, counted where the manifest says it is."""
    path = target / ROWS
    if not path.exists():
        raise DbtFailed(f"the build left no {ROWS}: it was not committed, or a relation is not where the manifest says")
    lines = path.read_text(encoding="utf-8").splitlines()
    return {entry["id"]: int(entry["n"]) for entry in map(json.loads, filter(None, lines))}

"""Run dbt and read its results: the only package that knows dbt.

One ``dbt build`` in this process, one thread, under the caller's lease, in one transaction of the lake. What dbt says
is never believed alone: the results are read from this run's own file, and every relation must be where the manifest
says (docs/decisions/0002).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from creditlake.modelling.grouped import is_grouped
from creditlake.modelling.parsed import parsed
from creditlake.modelling.results import GOOD, RESULTS, ROWS, BuildResult, DbtFailed, Node, last_build, nodes, results
from creditlake.modelling.transaction import ABORTED, Transaction, one_transaction

__all__ = ["BuildResult", "DbtFailed", "Node", "build", "build_part", "last_build", "unit_test"]

_NOT_BUILT = ("unit_test", "exposure")
"""Unit tests run by themselves; an exposure has nothing to run and would report NO-OP."""
_QUIET = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_VERSION_CHECK": "false", "DO_NOT_TRACK": "1"}


def build(env: Mapping[str, str], project: Path, target: Path, as_of: date) -> BuildResult:
    """Build every seed and model and run every data test.

    Args:
        env: How the lake is attached (``lake.dbt_attachment``).
        project: The dbt project's folder.
        target: Where dbt keeps manifest, results and its parse cache; stays the lake's own.

    Raises:
        DbtFailed: names the failed nodes. Where a node could not run, every table is as an earlier build left it; where
            only tests failed, the tables are those that failed, to be looked into. Or the lake refused the commit.
    """
    target.mkdir(parents=True, exist_ok=True)
    for name in (RESULTS, ROWS):
        (target / name).unlink(missing_ok=True)
    left_out = [word for kind in _NOT_BUILT for word in ("--exclude-resource-type", kind)]
    _invoke(env, project, target, ["build", *left_out, "--vars", json.dumps({"as_of": as_of.isoformat()})])
    return last_build(target)


def build_part(
    env: Mapping[str, str], project: Path, target: Path, as_of: date, *, select: str, exclude: str
) -> tuple[Node, ...]:
    """Build the seeds and models that dbt's ``select`` names less those of ``exclude``, without their tests.

    Returns:
        What was built, in the order it ran.

    Raises:
        DbtFailed: as ``build`` does.
    """
    (target / RESULTS).unlink(missing_ok=True)
    chosen = ["--select", select, "--exclude", exclude, "--resource-type", "model", "--resource-type", "seed"]
    _invoke(env, project, target, ["build", *chosen, "--vars", json.dumps({"as_of": as_of.isoformat()})])
    return nodes(target)


def unit_test(env: Mapping[str, str], project: Path, target: Path, as_of: date) -> tuple[str, ...]:
    """Run dbt's unit tests, which decide the rules on hand-made rows, and return the names of those that ran.

    Raises:
        DbtFailed: names the failed tests.
    """
    (target / RESULTS).unlink(missing_ok=True)
    arguments = ["test", "--select", "test_type:unit", "--vars", json.dumps({"as_of": as_of.isoformat()})]
    _invoke(env, project, target, arguments)
    ids = [str(result["unique_id"]) for result in results(target)]
    return tuple(sorted(name.rsplit(".", 1)[-1] for name in ids if name.startswith("unit_test.")))


def _invoke(env: Mapping[str, str], project: Path, target: Path, arguments: list[str]) -> None:
    from dbt.cli.main import dbtRunner

    folders = ["--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(target)]
    silent = ["--quiet", "--log-level", "none", "--log-level-file", "none"]  # what failed is in the results
    switches = [*silent, "--no-use-colors", "--log-path", str(target)]
    counted = (target / ROWS).with_suffix(".new")
    with _environment({**env, **_QUIET, "CREDITLAKE_DBT_ROWS": str(counted)}), one_transaction() as transaction:
        manifest = parsed(project, target, [*folders, *switches])
        outcome = dbtRunner(manifest=manifest).invoke([*arguments, *folders, *switches])
        if outcome.exception is not None:
            raise DbtFailed(f"dbt could not run: {outcome.exception}") from outcome.exception
        bad = [result for result in results(target) if result["status"] not in GOOD]
        if all(result["status"] != "error" for result in bad):
            _commit(transaction, counted, target / ROWS)
            _name_columns(transaction, bad)
    if bad or not outcome.success:
        raise DbtFailed(f"{len(bad)} dbt nodes failed: {'; '.join(_told(bad)[:10])}")


def _name_columns(transaction: Transaction, bad: list[dict[str, Any]]) -> None:
    """Say of each failed test of columns which of them broke it, and how often: dbt tells only the sum."""
    for result in bad:
        if is_grouped(str(result["unique_id"])):
            broken = transaction.rows(str(result["compiled_code"]))
            result["message"] = ", ".join(f"{what}: {rows}" for what, rows in broken)


def _commit(transaction: Transaction, counted: Path, confirmed: Path) -> None:
    """Commit; only then do the results speak of what is in the lake: a build is none without its row counts."""
    try:
        transaction.commit()
    except duckdb.Error as error:
        raise DbtFailed(f"what dbt built could not be committed to the lake: {error}") from error
    if counted.exists():
        os.replace(counted, confirmed)


def _told(bad: list[dict[str, Any]]) -> list[str]:
    """What went wrong, without what only follows from it."""
    told = [f"{result['unique_id']}: {_message(result)}" for result in bad]
    return [line for line in told if ABORTED not in line] or told


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

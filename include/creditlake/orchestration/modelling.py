"""The steps of ``build_profiles``: is there anything to build, one dbt build, and what each model made of it.

After a build ``<lake>/dbt/built.json`` says which code made it, bound to dbt's own results by their hash. The gate and
the audit ask it and the ledger in the lake, never Airflow, whose memory may be of another lake.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from creditlake import pipeline
from creditlake.contracts import load_feeds
from creditlake.erasing import LookedBack, VaultLacks
from creditlake.home import code_version, seeds_sha256
from creditlake.lake import LakePaths, reading
from creditlake.lake.catalogue import has_catalogue
from creditlake.lake.ledger import entries
from creditlake.lake.tables import relations
from creditlake.modelling import DbtFailed
from creditlake.orchestration.context import business_date, conclude, conf, lake
from creditlake.orchestration.defaults import final

log = logging.getLogger(__name__)
RECORD, RESULTS = "built.json", "run_results.json"
_LEDGER_MART = "select batch_id from lake.marts.mart_batch_ledger order by 1"


def is_build_due() -> bool:
    """Say whether a build would make anything that the marts in the lake do not hold; ``force`` in the conf builds.

    Nothing is built before the first batch is accepted.
    """
    paths, as_of = lake(), business_date()
    with reading(paths) as connection:
        ledger = entries(connection)
    if not any(entry.status == "accepted" for entry in ledger):
        conclude("数据湖里还没有被接受的批次，不构建")
        return False
    _log_absent_feeds({entry.feed for entry in ledger}, as_of)
    if conf().get("force"):
        return True
    stale = why_stale(paths, as_of)
    conclude(f"业务日期 {as_of}：{stale or '已构建，不再重复'}")
    return stale is not None


def _log_absent_feeds(came: set[str], as_of: date) -> None:
    absent = sorted(set(load_feeds()) - came)
    if absent:
        log.warning("截至 %s 从未收到：%s", as_of, "、".join(absent))


def why_stale(paths: LakePaths, as_of: date) -> str | None:
    """Say why the marts in the lake are not those of this day, this ledger and this code; None when they are."""
    record = paths.dbt / RECORD
    if not record.exists():
        return "没有构建记录"
    known = json.loads(record.read_text(encoding="utf-8"))
    wanted = _record(paths, as_of)
    differing = sorted(name for name in wanted if known.get(name) != wanted[name])
    if differing:
        return f"与上次构建不同：{'、'.join(differing)}"
    return None if _marts_hold_the_ledger(paths) else "集市中的批次与台账不同"


def _record(paths: LakePaths, as_of: date) -> dict[str, str]:
    return {
        "as_of": as_of.isoformat(),
        "code_version": code_version(),
        "seeds_sha256": seeds_sha256(),
        "results_sha256": build_id(paths),
    }


def build_id(paths: LakePaths) -> str:
    """Which build the marts in the lake are of: the hash of dbt's results; empty where there are none."""
    results = paths.dbt / RESULTS
    return hashlib.sha256(results.read_bytes()).hexdigest() if results.exists() else ""


def _marts_hold_the_ledger(paths: LakePaths) -> bool:
    if not has_catalogue(paths):
        return False
    with reading(paths) as connection:
        if ("marts", "mart_batch_ledger") not in relations(connection):
            return False
        built = [batch_id for (batch_id,) in connection.execute(_LEDGER_MART).fetchall()]
        return built == sorted(entry.batch_id for entry in entries(connection))


def build() -> dict[str, Any]:
    """Run the one dbt build and record by which code; return counts. A failed build is final: no second try."""
    paths, as_of = lake(), business_date()
    (paths.dbt / RECORD).unlink(missing_ok=True)
    with final(DbtFailed, LookedBack, VaultLacks):
        built = pipeline.build(paths, as_of)
    partial = paths.dbt / f"{RECORD}.partial"
    partial.write_text(json.dumps(_record(paths, as_of)), encoding="utf-8")
    os.replace(partial, paths.dbt / RECORD)
    counts = {
        "models": sum(node.kind == "model" for node in built.nodes),
        "tests": len(built.checks),
        "warned": sum(check.status == "warned" for check in built.checks),
    }
    conclude(f"业务日期 {as_of}：{counts['models']} 个模型，{counts['tests']} 项检验，告警 {counts['warned']} 项")
    return {"as_of": as_of.isoformat(), **counts}


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What the last build made of one model."""

    name: str
    status: str
    seconds: float
    tests: int
    failed_tests: tuple[str, ...]

    def as_extra(self) -> dict[str, Any]:
        """The extra of the model's asset event."""
        return {
            "status": self.status,
            "seconds": self.seconds,
            "tests": self.tests,
            "failed_tests": list(self.failed_tests),
        }


def reports(was_due: bool | None) -> Iterator[ModelReport]:
    """Yield what this run's build, also a failed one, made of each model; nothing where there was no build."""
    paths = lake()
    if not was_due or not (paths.dbt / RESULTS).exists():
        log.info("本次没有构建，无可报告")
        return
    nodes = json.loads((paths.dbt / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    results = json.loads((paths.dbt / RESULTS).read_text(encoding="utf-8"))["results"]
    tests: Mapping[str, list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        node = nodes.get(result["unique_id"], {})
        if node.get("resource_type") == "test":
            tests[node.get("attached_node") or node["depends_on"]["nodes"][0]].append(result)
    for result in results:
        if nodes.get(result["unique_id"], {}).get("resource_type") == "model":
            yield _report(nodes, result, tests[result["unique_id"]])


def _report(nodes: Mapping[str, Any], result: Mapping[str, Any], tests: list[dict[str, Any]]) -> ModelReport:
    failed = sorted(nodes[test["unique_id"]]["name"] for test in tests if test["status"] not in ("pass", "warn"))
    name = nodes[result["unique_id"]]["name"]
    report = ModelReport(name, result["status"], round(result["execution_time"], 2), len(tests), tuple(failed))
    log.info("%s %s %.2f s，测试 %d，失败 %s", name, report.status, report.seconds, report.tests, failed or "无")
    return report

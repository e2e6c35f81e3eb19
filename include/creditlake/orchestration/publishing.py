"""The steps of ``publish_release``: audit what was built, and make it the current release."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from creditlake import pipeline
from creditlake.lake import LakePaths, reading
from creditlake.lake.fsck import fsck
from creditlake.lake.ledger import entries
from creditlake.modelling import BuildResult, DbtFailed, last_build
from creditlake.orchestration.approval import skip_unless_approved
from creditlake.orchestration.context import ZONE, business_date, conclude, lake
from creditlake.orchestration.defaults import final
from creditlake.orchestration.modelling import build_id, why_stale
from creditlake.release import AuditFailed, NoRelease, current
from creditlake.watch.bounds import MoveDamaged
from creditlake.watch.report import keep, look_at

log = logging.getLogger(__name__)


def audit() -> dict[str, Any]:
    """Refuse marts of a failed build, of another day, ledger or code, and an unsound lake; return counts for people.

    Raises:
        AirflowFailException: names every reason; the old release stays current.
    """
    paths, as_of = lake(), business_date()
    with final(DbtFailed, AuditFailed):
        built = last_build(paths.dbt)
        stale = why_stale(paths, as_of)
        if stale:
            raise AuditFailed([f"集市不是 {as_of} 的当前构建（{stale}）；请先运行 build_profiles"])
        problems = fsck(paths)
        if problems:
            raise AuditFailed([str(problem) for problem in problems])
    with reading(paths) as connection:
        ledger = entries(connection)
    with final(MoveDamaged):
        watched = look_at(ledger, paths, as_of)
    keep(paths, watched)
    for finding in watched.findings:
        log.warning("来源告警 %s", finding.sentence)
    for entry in ledger:
        if entry.status == "refused":
            log.warning("拒收 %s.%s %s：%s", entry.feed, entry.dataset, entry.source_name, entry.reason)
    return {
        "as_of": as_of.isoformat(),
        "build": build_id(paths),
        "attention": _attention(paths, as_of),
        "alarms": [finding.sentence for finding in watched.findings],
        "checks": len(built.checks),
        "warned": sum(check.status == "warned" for check in built.checks),
        "batches": len(ledger),
        "refused": sum(entry.status == "refused" for entry in ledger),
        "rows_quarantined": sum(entry.rows_quarantined for entry in ledger),
    }


def _attention(paths: LakePaths, as_of: date) -> str:
    """What a person should think about before saying yes: a day that may be a slip of the keyboard."""
    if as_of > datetime.now(ZoneInfo(ZONE)).date():
        return "业务日期晚于今天"
    try:
        known = str(current(paths).manifest["as_of"])
    except NoRelease:
        return "此前没有发布"
    return f"业务日期早于现行发布（{known}），通过后读者看到的数据会倒退" if as_of.isoformat() < known else "无"


def audited_build(build: str) -> BuildResult:
    """Return the build in the lake, which must be the one that a person was asked about.

    Raises:
        AuditFailed: the lake was built again since.
    """
    paths = lake()
    built = last_build(paths.dbt)
    if build_id(paths) != build:
        raise AuditFailed(["审计之后又有新的构建，审批的不是它；请重新运行“发布：信用数据”"])
    return built


def release(answer: dict[str, Any], audited: dict[str, Any]) -> dict[str, Any]:
    """Publish what was audited, if the answer is 通过; return what is current now.

    Raises:
        AirflowFailException: the lake was built again since the audit, or the release did not pass its checks.
    """
    skip_unless_approved(answer)
    paths, as_of = lake(), business_date()
    with final(DbtFailed, AuditFailed):
        published = pipeline.publish(paths, audited_build(audited["build"]), as_of, datetime.now(UTC))
    conclude(f"现行发布 {published.release_id}")
    return {
        "release_id": published.release_id,
        "marts": len(published.manifest["marts"]),
        "checks": len(published.manifest["checks"]),
    }

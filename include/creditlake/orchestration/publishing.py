"""The steps of ``publish_release``: audit what was built, and make it the current release."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from creditlake import pipeline
from creditlake.lake import reading
from creditlake.lake.fsck import fsck
from creditlake.lake.ledger import entries
from creditlake.modelling import DbtFailed, last_build
from creditlake.orchestration.approval import skip_unless_approved
from creditlake.orchestration.context import business_date, lake
from creditlake.orchestration.defaults import final
from creditlake.orchestration.modelling import why_stale
from creditlake.release import AuditFailed

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
    for entry in ledger:
        if entry.status == "refused":
            log.warning("拒收 %s.%s %s：%s", entry.feed, entry.dataset, entry.source_name, entry.reason)
    return {
        "as_of": as_of.isoformat(),
        "checks": len(built.checks),
        "warned": sum(check.status == "warned" for check in built.checks),
        "batches": len(ledger),
        "refused": sum(entry.status == "refused" for entry in ledger),
        "rows_quarantined": sum(entry.rows_quarantined for entry in ledger),
    }


def release(answer: dict[str, Any]) -> dict[str, Any]:
    """Publish what was audited, if the answer is 通过; return what is current now."""
    skip_unless_approved(answer)
    paths, as_of = lake(), business_date()
    with final(DbtFailed, AuditFailed):
        published = pipeline.publish(paths, last_build(paths.dbt), as_of, datetime.now(UTC))
    log.info("现行发布 %s", published.release_id)
    return {
        "release_id": published.release_id,
        "marts": len(published.manifest["marts"]),
        "checks": len(published.manifest["checks"]),
    }

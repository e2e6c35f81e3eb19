"""The daily upkeep of a lake: what has ended leaves it, older releases that show it are sealed, then maintenance.

Source: 信用修复管理办法（国家发展改革委令第36号）第三条: what is repaired is neither published nor shared nor used.
"""

from __future__ import annotations

import json
import logging
from datetime import date, datetime
from pathlib import Path

import duckdb

from creditlake.erasing import EraseFailed, LookedBack, VaultLacks, choose, endings, erase_rows
from creditlake.lake import LakePaths, lease, writing
from creditlake.lake.catalogue import has_catalogue
from creditlake.lake.maintenance import MaintenanceFailed, Step, maintenance, purge
from creditlake.lake.tables import relations
from creditlake.modelling import DbtFailed, last_build
from creditlake.pipeline import build
from creditlake.release import NoRelease, current
from creditlake.release.seal import RECORDS, seal_older
from creditlake.release.store import write_durably

log = logging.getLogger(__name__)
ERASING = "erasing.json"
"""Is there from before the first row goes until the last trace of it is gone; names the day of the build."""


def upkeep(paths: LakePaths, now: datetime, backups: Path | None = None) -> list[Step]:
    """Erase what has ended, seal the older releases that show it, maintain the lake; return what each step did.

    Killed half-way it is simply run again.

    Args:
        now: The present moment with its time zone.
        backups: Where back-ups go; ``<lake>/backups`` when not given.

    Raises:
        ValueError: ``now`` has no time zone.
        MaintenanceFailed: names the step that failed; the later ones did not run.
    """
    if now.tzinfo is None:
        raise ValueError("upkeep needs a moment with its time zone")
    done: list[Step] = []
    if has_catalogue(paths):
        done += _finish(paths)  # what a killed upkeep had begun: the models still tell of rows that are gone
        done += _erase(paths, now)
        done += _finish(paths)
    return [*done, *maintenance(paths, now, backups)]


def _erase(paths: LakePaths, now: datetime) -> list[Step]:
    """Seal releases and take the rows out; without a release, or a whole build to say what has ended, nothing goes."""
    with writing(paths) as connection:
        try:
            release, built = current(paths), last_build(paths.dbt)
        except (NoRelease, DbtFailed) as error:
            log.warning("nothing is erased: %s", error)
            return [Step("erase", "没有现行发布或完整的构建，未抹去任何行", 0)]
        if not _judges_endings(connection):
            log.warning("nothing is erased: the last build is of a code that did not judge what has ended")
            return [Step("erase", "上次构建不含记录终止的判定，未抹去任何行", 0)]
        day = min(release.as_of, built.as_of)
        try:
            count = choose(connection, release.mart(RECORDS), day)
            sealed = seal_older(paths, endings(connection), day, now)
            if count:
                write_durably(paths.root / ERASING, {"as_of": built.as_of.isoformat()})
                erase_rows(connection)
        except (EraseFailed, duckdb.Error) as error:
            raise MaintenanceFailed("erase", str(error)) from error
    return [
        Step("erase", "抹去已终止记录（修复、撤销、移出、到期、撤回）的行", count),
        Step("seal_releases", "封存含已终止记录的旧发布", len(sealed)),
    ]


def _judges_endings(connection: duckdb.DuckDBPyConnection) -> bool:
    return {("intermediate", "int_ended_records"), ("intermediate", "int_ended_rows")} <= relations(connection).keys()


def _finish(paths: LakePaths) -> list[Step]:
    """Build the models without the rows that went, then remove every trace; also what a killed upkeep had begun."""
    marker = paths.root / ERASING
    if not marker.exists():
        return []
    as_of = date.fromisoformat(json.loads(marker.read_text(encoding="utf-8"))["as_of"])
    (paths.dbt / "dbt.log").unlink(missing_ok=True)
    try:
        build(paths, as_of)
    except (DbtFailed, LookedBack, VaultLacks) as error:
        raise MaintenanceFailed("build_without", str(error)) from error
    with lease(paths):
        done = purge(paths)
    marker.unlink()
    return [Step("build_without", f"按业务日期 {as_of} 重建模型", 1), *done]

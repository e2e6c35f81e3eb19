"""The steps of upkeep: data docs, maintenance, fsck, back-up with its proof, rebuild, and the cut-off's summary."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths, reading
from creditlake.lake.backup import backup as make_backup
from creditlake.lake.backup import damages, read_backup, restore
from creditlake.lake.fsck import fsck, report
from creditlake.lake.ledger import LedgerEntry, entries
from creditlake.lake.maintenance import BACKUPS_FOLDER, MaintenanceFailed
from creditlake.orchestration.context import business_date, conclude, conf, lake, run_name, setting
from creditlake.orchestration.defaults import final
from creditlake.quality.docs import build_docs
from creditlake.rebuild import RebuildRefused
from creditlake.rebuild import rebuild as rebuild_lake
from creditlake.upkeep import upkeep

log = logging.getLogger(__name__)


class LakeDamaged(RuntimeError):
    """fsck, or the proof of a back-up, found something wrong; the message is its report."""


def docs() -> int:
    """Bring the data docs up to date; return the number of pages."""
    index = build_docs(lake())
    log.info("数据文档 %s", index)
    return len(list(index.parent.rglob("*.html")))


def maintain() -> dict[str, int]:
    """Erase what has ended, seal older releases, merge, expire, clean up, back up, fsck; return the counts of each."""
    paths = lake()
    with final(MaintenanceFailed):
        steps = upkeep(paths, datetime.now(UTC), _backups(paths))
    return {step.name: step.count for step in steps}


def check() -> int:
    """Return 0 for a sound lake.

    Raises:
        AirflowFailException: lists everything that is wrong.
    """
    paths = lake()
    with final(LakeDamaged):
        _refuse_damage(paths)
    return 0


def back_up() -> str:
    """Make a back-up and return its folder's name."""
    paths = lake()
    return make_backup(paths, _backups(paths) / f"{datetime.now(UTC):%Y%m%dT%H%M%S}").folder.name


def prove(name: str) -> dict[str, int]:
    """Put the back-up back into an empty place, check that lake and compare its ledger; return counts.

    With a catalogue in PostgreSQL a second database would be needed, so there the hashes of all files are checked.

    Raises:
        AirflowFailException: the back-up cannot be relied on.
    """
    paths = lake()
    folder = _backups(paths) / name
    with final(LakeDamaged):
        made = read_backup(folder)
        if wrong := damages(made):
            raise LakeDamaged("；".join(wrong))
        batches = len(_restored_ledger(paths, folder)) if not paths.postgres else 0
    return {"files": len(made.sha256), "batches_restored": batches}


def _restored_ledger(paths: LakePaths, folder: Path) -> list[LedgerEntry]:
    place = paths.scratch / f"proof-{folder.name}"
    try:
        restored = LakePaths(place)
        restore(folder, restored)
        _refuse_damage(restored)
        with reading(paths) as now, reading(restored) as then:
            ledger, known = entries(then), entries(now)
        if lost := [entry.batch_id for entry in ledger if entry not in known]:
            raise LakeDamaged(f"备份中有 {len(lost)} 个批次与湖中台账不同：{'、'.join(lost[:5])}")
        return ledger
    finally:
        shutil.rmtree(place, ignore_errors=True)


def rebuild() -> int:
    """Make the lake again from bronze, once the form confirms it; return how many batches were loaded."""
    with final(RebuildRefused):
        if not conf().get("confirm"):
            raise RebuildRefused("没有勾选“确认重建”，什么也没有做")
        return rebuild_lake(lake(), run_name())


def cut_off() -> dict[str, Any]:
    """Say which feeds have delivered for this month when the day is cut off, and which have not."""
    paths, day = lake(), business_date()
    with reading(paths) as connection:
        ledger = entries(connection)
    accepted = [entry for entry in ledger if entry.status == "accepted"]
    came = {entry.feed for entry in accepted if day.replace(day=1) <= entry.delivered_date <= day}
    absent = [feed for feed in load_feeds().values() if feed.name not in came]
    chase = "；".join(f"{feed.title}（{feed.publisher}）" for feed in absent)
    conclude(f"截止 {day}：本月已到 {len(came)} 路；未到：{chase or '无'}")
    return {
        "as_of": day.isoformat(),
        "feeds_this_month": len(came),
        "absent": [feed.name for feed in absent],
        "batches": len(ledger),
    }


def _backups(paths: LakePaths) -> Path:
    """Where back-ups go: the setting ``backups``, else the lake: safe from mistakes, not from the loss of its disk."""
    folder = setting("backups")
    return Path(folder) if folder else paths.root / BACKUPS_FOLDER


def _refuse_damage(paths: LakePaths) -> None:
    if problems := fsck(paths):
        raise LakeDamaged(report(problems, paths.root))

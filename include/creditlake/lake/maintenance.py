"""The daily maintenance of a lake, in the one order that was found safe, under the lease.

Each step is its own statement. Snapshots younger than 7 days are never expired: an open transaction older than the
expiry loses its conflict detection, and a reader sees no rows at all, without an error (docs/decisions/0010).
Orphans and old files are deleted only after 2 days, never by ``cleanup_all``: it takes files in flight. Only ``purge``
keeps no age: what has been erased must be gone (docs/decisions/0022).

On a SQLite catalogue DuckLake compares the moments of ``older_than`` as texts that differ after the day ("… 09:15"
sorts before "…T08:00"), so everything of the bound's day counts as older, up to a day too young (found by the test).
So snapshots are expired by their numbers, picked here, and the clean-up's bound lies one day further back.
"""

from __future__ import annotations

import logging
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from creditlake.lake.attach import ALIAS, attach, connect
from creditlake.lake.backup import MANIFEST, BackupError, backup_under_lease
from creditlake.lake.catalogue import CatalogueError, compact_catalogue, has_catalogue
from creditlake.lake.fsck import fsck, report
from creditlake.lake.lease import lease
from creditlake.lake.paths import LakePaths
from creditlake.lake.received import let_go

log = logging.getLogger(__name__)
SNAPSHOTS_KEPT = timedelta(days=7)
FILES_KEPT = timedelta(days=2)
TEXT_BOUND_SLACK = timedelta(days=1)
EVER = "timestamptz '9999-01-01'"
REWRITE_THRESHOLD = 0.3
"""Share of deleted rows from which a data file is written anew."""
BACKUPS_KEPT = 7
BACKUPS_FOLDER = "backups"


class MaintenanceFailed(RuntimeError):
    """A step failed; the later ones did not run.

    Attributes:
        step: The name of the failing step.
    """

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"maintenance stopped at {step}: {reason}")
        self.step = step


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was done.

    Attributes:
        count: How many tables, snapshots or files it touched.
    """

    name: str
    title: str
    count: int

    def __str__(self) -> str:
        return f"{self.title}（{self.name}）：{self.count}"


def maintenance(paths: LakePaths, now: datetime, backups: Path | None = None) -> list[Step]:
    """Merge, rewrite, expire, clean up, back up and check the lake; return what each step did, in order.

    Args:
        now: The present moment with its time zone; the ages are counted from it.
        backups: Where back-ups go, one folder a run, the newest 7 kept; ``<lake>/backups`` when not given, which
            protects against mistakes but not against the loss of the disk.

    Raises:
        ValueError: ``now`` has no time zone.
        MaintenanceFailed: names the step that failed; for fsck, everything that is wrong.
    """
    if now.tzinfo is None:
        raise ValueError("maintenance needs a moment with its time zone")
    with lease(paths):
        if not has_catalogue(paths):
            raise MaintenanceFailed("merge_adjacent_files", f"there is no lake at {paths.root}")
        done = [*_statements(paths, now), _sweep(paths, now - FILES_KEPT)]
        if paths.landing_objects:
            gone = let_go(paths, (now - FILES_KEPT).timestamp())
            done.append(Step("landing", "原始文件已在对象存储、本地放手满 2 天的", gone))
        done.append(_backup_step(paths, now, backups or paths.root / BACKUPS_FOLDER))
        problems = fsck(paths)
        if problems:
            raise MaintenanceFailed("fsck", report(problems, paths.root))
    return [*done, Step("fsck", "完好性检查，发现问题", 0)]


def _statements(paths: LakePaths, now: datetime) -> list[Step]:
    with closing(connect(paths)) as connection:
        attach(connection, paths, read_only=False)
        orphaned = _moment(now - FILES_KEPT)
        replaced = _moment(now - FILES_KEPT - TEXT_BOUND_SLACK)
        return [
            _call(connection, "merge_adjacent_files", "合并小文件，涉及表"),
            _call(
                connection, "rewrite_data_files", "重写多删除文件，涉及表", f"delete_threshold => {REWRITE_THRESHOLD}"
            ),
            _expire(connection, now - SNAPSHOTS_KEPT),
            _call(connection, "cleanup_old_files", "清理停用满 2 天的文件", f"older_than => {replaced}"),
            _call(connection, "delete_orphaned_files", "删除满 2 天的孤儿文件", f"older_than => {orphaned}"),
        ]


def purge(paths: LakePaths) -> list[Step]:
    """Let nothing be read any more of what is not in the newest snapshot: no older one, no file, no page.

    For what must be gone, not for tidiness: a reader of the lake that began before sees its rows vanish. The caller
    holds the lease, so no file is in flight.

    Raises:
        MaintenanceFailed: names the step that failed.
    """
    with closing(connect(paths)) as connection:
        attach(connection, paths, read_only=False)
        done = [
            _expire(connection, None),
            _call(connection, "cleanup_old_files", "清理其文件", f"older_than => {EVER}"),
            _call(connection, "delete_orphaned_files", "删除孤儿文件", f"older_than => {EVER}"),
        ]
    try:
        compact_catalogue(paths)
    except CatalogueError as error:
        raise MaintenanceFailed("compact_catalogue", str(error)) from error
    named = [replace(step, name=f"purge_{step.name}", title=f"彻底清除：{step.title}") for step in done]
    return [*named, Step("compact_catalogue", "彻底清除：重写目录库", 1)]


def _sweep(paths: LakePaths, bound: datetime) -> Step:
    """Remove from scratch what processes that were killed left there, once nothing in it was written for so long."""
    left = [path for path in paths.scratch.iterdir() if _last_written(path) < bound.timestamp()]
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return Step("scratch", "清理中断任务留下满 2 天的半成品", len(left))


def _last_written(path: Path) -> float:
    parts = [path, *(path.rglob("*") if path.is_dir() else ())]
    return max(float(part.lstat().st_mtime) for part in parts)


def _expire(connection: duckdb.DuckDBPyConnection, bound: datetime | None) -> Step:
    """Expire the snapshots older than the bound, all of them where there is none; the newest stays."""
    name, title = "expire_snapshots", "过期满 7 天的快照" if bound else "过期旧快照"
    rows = connection.execute(
        f"""select snapshot_id from ducklake_snapshots('{ALIAS}')
        where snapshot_time < coalesce(cast(? as timestamptz), 'infinity')
            and snapshot_id < (select max(snapshot_id) from ducklake_snapshots('{ALIAS}')) order by 1""",
        [bound],
    ).fetchall()
    if not rows:
        return Step(name, title, 0)
    return _call(connection, name, title, f"versions => [{', '.join(str(number) for (number,) in rows)}]")


def _call(connection: duckdb.DuckDBPyConnection, name: str, title: str, option: str = "") -> Step:
    try:
        rows = connection.execute(f"call ducklake_{name}('{ALIAS}'{option and f', {option}'})").fetchall()
    except duckdb.Error as error:
        raise MaintenanceFailed(name, str(error)) from error
    step = Step(name, title, len(rows))
    log.info("%s", step)
    return step


def _moment(moment: datetime) -> str:
    return f"timestamptz '{moment.isoformat()}'"


def _backup_step(paths: LakePaths, now: datetime, backups: Path) -> Step:
    """Back the lake up and drop the oldest back-ups, and those that were never finished."""
    try:
        made = backup_under_lease(paths, backups / f"{now:%Y%m%dT%H%M%S}")
        finished = sorted(path.parent for path in backups.glob(f"*/{MANIFEST}"))
        for folder in set(_backup_folders(backups)) - set(finished[-BACKUPS_KEPT:]):
            shutil.rmtree(folder)
    except (BackupError, CatalogueError, OSError) as error:
        raise MaintenanceFailed("backup", str(error)) from error
    return Step("backup", f"备份到 {made.folder.name}，文件", len(made.sha256))


def _backup_folders(backups: Path) -> list[Path]:
    """Folders named by a moment as this module names them; whatever else lies there is not ours."""
    return list(backups.glob("[0-9]" * 8 + "T" + "[0-9]" * 6))

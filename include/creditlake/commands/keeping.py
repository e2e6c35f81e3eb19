"""``fsck``, ``maintain``, ``backup``, ``restore``, ``rebuild`` and ``docs``: what keeps a lake sound."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from creditlake.commands.failure import Failed, lake_of
from creditlake.lake import LakePaths
from creditlake.text import complain, say


def fsck(options: argparse.Namespace) -> int:
    """Check files, statistics and the ledger of the lake."""
    from creditlake.lake.fsck import fsck as check_lake

    problems = check_lake(lake_of(options))
    for problem in problems:
        complain(problem)
    if problems:
        raise Failed(f"the lake is damaged, {len(problems)} findings; put a back-up back or run: creditlake rebuild")
    say("the lake is sound")
    return 0


def maintain(options: argparse.Namespace) -> int:
    """Erase what has ended, seal older releases, merge, rewrite, expire, clean up, back up, fsck."""
    from creditlake.lake.maintenance import MaintenanceFailed
    from creditlake.upkeep import upkeep

    try:
        done = upkeep(lake_of(options), datetime.now(UTC))
    except MaintenanceFailed as error:
        raise Failed(str(error)) from error
    for line in done:
        say(line)
    return 0


def backup(options: argparse.Namespace) -> int:
    """Copy catalogue and data files."""
    from creditlake.lake.backup import BackupError
    from creditlake.lake.backup import backup as make_backup
    from creditlake.lake.catalogue import CatalogueError

    paths = lake_of(options)
    if options.to.exists():
        raise Failed(f"{options.to} is there already; a back-up needs a new folder")
    if options.to.resolve().is_relative_to(paths.root):
        raise Failed(f"{options.to} lies in the lake itself; a back-up needs a place of its own")
    try:
        made = make_backup(paths, options.to)
    except (BackupError, CatalogueError) as error:
        raise Failed(f"no back-up: {str(error).splitlines()[-1]}") from error
    say(f"{made.folder} holds the lake, {len(made.sha256)} files")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a back-up in the place of a lake."""
    from creditlake.lake.backup import BackupError
    from creditlake.lake.backup import restore as restore_backup
    from creditlake.lake.catalogue import CatalogueError

    try:
        restore_backup(options.source, LakePaths.at(options.lake))
    except (BackupError, CatalogueError) as error:
        raise Failed(f"nothing was put back: {error}") from error
    except ValueError as error:
        raise Failed(f"nothing was put back: the manifest of {options.source} is damaged: {error}") from error
    say(f"{options.lake} holds the back-up {options.source}")
    return 0


def rebuild(options: argparse.Namespace) -> int:
    """Make the lake again from bronze."""
    from creditlake.rebuild import RebuildRefused
    from creditlake.rebuild import rebuild as rebuild_lake

    try:
        count = rebuild_lake(lake_of(options))
    except RebuildRefused as error:
        raise Failed(f"nothing was changed: {error}") from error
    say(f"{count} batches were loaded again from bronze; the next creditlake run builds the marts")
    return 0


def docs(options: argparse.Namespace) -> int:
    """Build the data docs."""
    from creditlake.quality.docs import build_docs

    say(build_docs(lake_of(options)))
    return 0

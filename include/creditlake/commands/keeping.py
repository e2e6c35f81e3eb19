"""``fsck``, ``maintain``, ``backup``, ``restore``, ``rebuild`` and ``docs``: what keeps a lake sound."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from creditlake.commands.failure import Failed
from creditlake.lake import LakePaths
from creditlake.text import complain, say


def fsck(options: argparse.Namespace) -> int:
    """Check files, statistics and the ledger of the lake."""
    from creditlake.lake.fsck import fsck as check_lake

    problems = check_lake(LakePaths.at(options.lake))
    for problem in problems:
        complain(problem)
    if problems:
        raise Failed(f"the lake has {len(problems)} problems")
    say("the lake is sound")
    return 0


def maintain(options: argparse.Namespace) -> int:
    """Merge, rewrite, expire, clean up, back up, fsck."""
    from creditlake.lake.maintenance import maintenance

    for line in maintenance(LakePaths.at(options.lake), datetime.now(UTC)):
        say(line)
    return 0


def backup(options: argparse.Namespace) -> int:
    """Copy catalogue and data files."""
    from creditlake.lake.backup import backup as make_backup

    say(make_backup(LakePaths.at(options.lake), options.to))
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a back-up in the place of a lake."""
    from creditlake.lake.backup import restore as restore_backup

    restore_backup(options.source, LakePaths.at(options.lake))
    say(f"{options.lake} holds the back-up {options.source}")
    return 0


def rebuild(options: argparse.Namespace) -> int:
    """Make the lake again from bronze."""
    from creditlake.rebuild import rebuild as rebuild_lake

    say(f"{rebuild_lake(LakePaths.at(options.lake))} batches were loaded again from bronze")
    return 0


def docs(options: argparse.Namespace) -> int:
    """Build the data docs."""
    from creditlake.quality.docs import build_docs

    say(build_docs(LakePaths.at(options.lake)))
    return 0

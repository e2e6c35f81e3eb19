"""``diff``: what changed of a subject between two releases, and why."""

from __future__ import annotations

import argparse
import json

from creditlake.commands.failure import Failed, lake_of
from creditlake.commands.reading import release_of
from creditlake.lake import LakePaths
from creditlake.release import Release
from creditlake.release.deltas import BaseDamaged, base_of
from creditlake.text import say


def diff(options: argparse.Namespace) -> int:
    """Tell what changed of one subject, as text in Chinese or as JSON."""
    from creditlake.diff import CannotCompare, difference, told

    paths = lake_of(options)
    new = release_of(paths, options.to)
    old = release_of(paths, options.since) if options.since else _before(paths, new)
    try:
        found = difference(paths, old, new, options.subject)
    except (CannotCompare, BaseDamaged) as error:
        raise Failed(str(error)) from error
    say(json.dumps(found.document(), ensure_ascii=False, indent=1) if options.json else told(found, new))
    return 0


def _before(paths: LakePaths, new: Release) -> Release:
    """The release that the newer one was compared with when it was made."""
    base = new.manifest.get("base")
    old = release_of(paths, str(base["release_id"])) if base else base_of(paths, new.as_of)
    if old is None:
        raise Failed(f"there is no release of a day before {new.as_of}; name the older one with --from")
    return old

"""``report``: what a bank, an agency or the subject itself is handed."""

from __future__ import annotations

import argparse
from pathlib import Path

from creditlake.commands.failure import Failed, lake_of
from creditlake.commands.reading import release_of
from creditlake.lake import LakePaths
from creditlake.release import NoRelease, current
from creditlake.text import complain, say, write_text


def report(options: argparse.Namespace) -> int:
    """Write the public credit report of one subject."""
    from creditlake.report import DamagedRelease, UnknownSubject, read_dossier, report_page

    paths = lake_of(options)
    release = release_of(paths, options.release)
    try:
        page = report_page(read_dossier(release, options.uscc))
    except (DamagedRelease, UnknownSubject) as error:
        raise Failed(f"nothing written: {error}") from error
    target: Path = options.out or Path(f"{options.uscc}-{release.release_id}.html")
    write_text(target, page)
    say(f"{target}: the report of {options.uscc} from {release.release_id}, as of {release.as_of}")
    if options.release and release.release_id != _current_id(paths):
        complain("creditlake: this is not the current release: records may have expired or been repaired since")
    return 0


def _current_id(paths: LakePaths) -> str | None:
    try:
        return current(paths).release_id
    except (NoRelease, ValueError):
        return None

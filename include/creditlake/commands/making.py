"""``generate`` and ``run``."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from creditlake.commands.connections import endpoint
from creditlake.commands.failure import Failed
from creditlake.commands.stopping import ending_at_ctrl_c
from creditlake.lake import LakePaths
from creditlake.text import say


def generate(options: argparse.Namespace) -> int:
    """Make a synthetic city."""
    from creditlake.synthetic import NotOurFolder
    from creditlake.synthetic import generate as generate_city

    try:
        summary = generate_city(
            options.subjects,
            options.seed,
            options.out,
            months=options.months,
            until=options.until,
            processes=options.processes,
            faults=not options.clean,
        )
    except NotOurFolder as error:
        raise Failed(str(error)) from error
    say(summary)
    return 0


def run(options: argparse.Namespace) -> int:
    """Take a drop folder and publish a release."""
    from creditlake.commands.summary import summarise
    from creditlake.connectors.endpoint import SourceFailed
    from creditlake.erasing import LookedBack, VaultLacks
    from creditlake.modelling import DbtFailed
    from creditlake.pipeline import NothingAccepted
    from creditlake.pipeline import run as run_pipeline
    from creditlake.release import AuditFailed

    paths = LakePaths.at(options.lake)
    created_at = options.created_at or datetime.now(UTC)
    try:
        with ending_at_ctrl_c():
            release, ingested = run_pipeline(
                paths, options.drop, options.as_of, created_at, f"run__{options.as_of}", endpoint
            )
    except SourceFailed as error:
        raise Failed(f"{_unpublished(paths)}: {error}") from error
    except NothingAccepted as error:
        raise Failed(f"nothing published: {error}") from error
    except (LookedBack, VaultLacks) as error:
        raise Failed(f"{_unpublished(paths)}: {error}") from error
    except DbtFailed as error:
        raise Failed(f"{_unpublished(paths)}: the models failed: {error}") from error
    except AuditFailed as error:
        raise Failed(f"{_unpublished(paths)}: the audit failed: {error}") from error
    say(summarise(paths, release, ingested))
    return 0


def _unpublished(paths: LakePaths) -> str:
    from creditlake.release.store import CURRENT

    has_release = (paths.releases / CURRENT).is_file()
    return "nothing published, the old release stays current" if has_release else "nothing published"

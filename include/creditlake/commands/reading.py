"""``status``, ``releases``, ``verify``, ``rollback`` and ``explain``: what readers and auditors ask."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from creditlake.commands.failure import Failed, lake_of
from creditlake.commands.summary import describe
from creditlake.lake import LakePaths, reading
from creditlake.lake.ledger import entries
from creditlake.release import AuditFailed, NoRelease, Release, current, list_releases, load_release, why_sealed
from creditlake.release import rollback as roll_back
from creditlake.release import verify as verify_release
from creditlake.release.seal import broken_seal
from creditlake.text import complain, say, table


def status(options: argparse.Namespace) -> int:
    """Say what is current, how old it is, and what the lake refused or took since."""
    paths = lake_of(options)
    release = release_of(paths, None)
    age = (datetime.now(UTC).date() - release.as_of).days
    published = {(batch["feed"], batch["dataset"], batch["batch_id"]) for batch in release.manifest["batches"]}
    say(f"current    {release.release_id}, as of {release.as_of} ({age} days ago)\n")
    say("\n\n".join(describe(paths, release)))
    with reading(paths) as connection:
        ledger = entries(connection)
    waiting = [entry for entry in ledger if (entry.feed, entry.dataset, entry.batch_id) not in published]
    refused = [entry for entry in ledger if entry.status == "refused"]
    say(f"\nbatches    {len(ledger)} in the lake, {len(waiting)} not in this release, {len(refused)} refused")
    for entry in refused:
        say(f"  refused  {entry.feed}/{entry.member or entry.source_name}: {entry.reason}")
    return 0


def releases(options: argparse.Namespace) -> int:
    """List the releases, oldest first."""
    paths = lake_of(options)
    newest = release_of(paths, None).release_id
    rows = [
        (
            "*" if release.release_id == newest else "",
            release.release_id,
            release.manifest["created_at"],
            release.manifest["code_version"],
            len(release.manifest["batches"]),
            "sealed" if release.seal else "",
        )
        for release in list_releases(paths)
    ]
    say(table(("", "release", "created at", "code", "batches", "state"), rows))
    return 0


def verify(options: argparse.Namespace) -> int:
    """Re-check a release offline."""
    release = release_of(lake_of(options), options.release)
    if sealed := why_sealed(release):
        raise Failed("; ".join([sealed, *broken_seal(release)]))
    problems = verify_release(release)
    for problem in problems:
        complain(f"{release.release_id}: {problem}")
    if problems:
        raise Failed(f"{release.release_id} is not what was published: {len(problems)} findings")
    checks = len(release.manifest["checks"])
    say(f"{release.release_id} is whole: {len(release.manifest['marts'])} marts, {checks} checks in its manifest")
    return 0


def rollback(options: argparse.Namespace) -> int:
    """Make an older release current."""
    try:
        release = roll_back(lake_of(options), options.release)
    except (NoRelease, AuditFailed) as error:
        raise Failed(f"nothing changed: {error}") from error
    say(f"{release.release_id} is current")
    return 0


def explain(options: argparse.Namespace) -> int:
    """Lead a number back to its records, rows and files."""
    from creditlake import explain as explaining

    paths = lake_of(options)
    release = release_of(paths, None)
    try:
        if options.subject:
            say(explaining.subject(paths, release, options.subject))
        elif options.record:
            say(explaining.record(paths, release, options.record))
        elif options.batch:
            say(explaining.batch(paths, release, options.batch))
        else:
            period = options.period or f"{release.as_of:%Y-%m}"
            say(explaining.indicator(paths, release, options.indicator, options.area, period))
    except LookupError as error:
        raise Failed(str(error.args[0])) from error
    return 0


def release_of(paths: LakePaths, release_id: str | None) -> Release:
    """Return the release of that id, else the current one.

    Raises:
        Failed: there is none, or it cannot be read.
    """
    try:
        return load_release(paths, release_id) if release_id else current(paths)
    except NoRelease as error:
        raise Failed(f"{error}{'' if release_id else _way_out(paths)}") from error
    except ValueError as error:
        raise Failed(f"{release_id or 'the current release'} cannot be read: {error}{_way_out(paths)}") from error


def _way_out(paths: LakePaths) -> str:
    """What to do where no release is current although there are some."""
    names = sorted(manifest.parent.name for manifest in paths.releases.glob("*/manifest.json"))
    return f"; make one current with: creditlake rollback {names[-1]}" if names else ""

"""Make the lake again from bronze: the insurance that turns any damage of the lake into mere down-time.

Corrections and waivers are batches of their own, so they come back with their order of receipt. Marts come back with
the next build; releases are untouched. The replaced lake waits in ``<lake>/before-rebuild`` until all is loaded.
"""

from __future__ import annotations

import logging
import os
import shutil

import duckdb

from creditlake.bronze import Batch, all_batches
from creditlake.ingest import validate
from creditlake.lake import LakePaths, Writer, lease, reading
from creditlake.lake.catalogue import SQLITE_PARTS, drop_catalogue, has_catalogue
from creditlake.lake.ledger import entries

log = logging.getLogger(__name__)
SET_ASIDE = "before-rebuild"
RUN_NAME = "rebuild"


class RebuildRefused(RuntimeError):
    """Bronze does not hold all that the lake holds; a rebuild would lose it. Nothing was changed."""


def rebuild(paths: LakePaths, run_name: str = RUN_NAME) -> int:
    """Drop the lake, load every batch of bronze again in the order of receipt, and return how many there were.

    Killed half-way it is simply run again. When a batch cannot be loaded, the old lake stays set aside.

    Raises:
        RebuildRefused: bronze is empty, or lacks a batch that the ledger names.
    """
    batches = list(all_batches(paths))
    if not batches:
        raise RebuildRefused(f"there is no batch in {paths.bronze}")
    if missing := _missing(paths, batches):
        shown = ", ".join(missing[:5])
        raise RebuildRefused(f"bronze lacks {len(missing)} batches of the ledger: {shown}")
    with lease(paths):
        _set_aside(paths)
    with Writer(paths) as writer:
        for at, batch in enumerate(batches, start=1):
            validate(paths, batch, run_name, writer)
            log.info("rebuilt %d of %d: %s.%s, batch %s", at, len(batches), batch.feed, batch.dataset, batch.batch_id)
    shutil.rmtree(paths.root / SET_ASIDE)
    return len(batches)


def _missing(paths: LakePaths, batches: list[Batch]) -> list[str]:
    """Return the batches of the ledger that bronze lacks; a lake too damaged to tell has none to compare."""
    if not has_catalogue(paths):
        return []
    try:
        with reading(paths) as connection:
            ledger = entries(connection)
    except duckdb.Error as error:
        log.warning("the ledger of %s cannot be read, bronze alone counts: %s", paths.root, error)
        return []
    held = {(batch.feed, batch.dataset, batch.batch_id) for batch in batches}
    wanted = [(entry.feed, entry.dataset, entry.batch_id) for entry in ledger]
    return [f"{feed}.{dataset} {batch}" for feed, dataset, batch in wanted if (feed, dataset, batch) not in held]


def _set_aside(paths: LakePaths) -> None:
    """Move the lake out of the way; what an earlier, interrupted rebuild had loaded is thrown away instead."""
    aside = paths.root / SET_ASIDE
    if not aside.exists():
        partial = paths.scratch / SET_ASIDE
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for part in SQLITE_PARTS if not paths.postgres else ():
            file = paths.catalog_file.with_name(paths.catalog_file.name + part)
            if file.exists():
                shutil.copy2(file, partial / file.name)
        os.replace(partial, aside)
    drop_catalogue(paths)
    (paths.dbt / "run_results.json").unlink(missing_ok=True)
    if paths.objects:
        return  # the files stay until the daily maintenance finds that nothing refers to them, two days or more
    if (aside / paths.data.name).exists():
        shutil.rmtree(paths.data)
    else:
        os.replace(paths.data, aside / paths.data.name)

"""``quarantine``, ``replay`` and ``waive``: how rows that were kept out come back."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from creditlake.bronze import Batch, load_bronze
from creditlake.commands.failure import Failed, lake_of
from creditlake.connectors.files import Delivery
from creditlake.contracts import Dataset
from creditlake.corrections import Settlement, dataset_file, write_open_rows, write_waiver
from creditlake.ingest import validate
from creditlake.lake import LakePaths, reading
from creditlake.landing import land
from creditlake.text import say


def quarantine(options: argparse.Namespace) -> int:
    """Write a dataset's open rows as CSV, each with the rules it broke and the place it came from."""
    with reading(lake_of(options)) as connection:
        rows = write_open_rows(connection, options.dataset, options.out)
    say(f"{rows} open rows in {options.out}; correct some, drop the others' lines, then: creditlake replay")
    return 0


def replay(options: argparse.Namespace) -> int:
    """Bring corrected rows back as a new batch that closes the quarantined ones."""
    return _take(lake_of(options), options.dataset, options.file, options.as_of)


def waive(options: argparse.Namespace) -> int:
    """Let one quarantined row in all the same; who, why and until when stay with it."""
    if options.until < options.as_of:
        raise Failed(f"a waiver until {options.until} has ended before {options.as_of}")
    paths, dataset = lake_of(options), options.dataset
    settlement = Settlement(
        source_row=1, batch_id=options.batch, row=options.row, by=options.by, reason=options.reason, until=options.until
    )
    target = dataset_file(paths, dataset, f"waiver-{options.batch}-{options.row}")
    try:
        with reading(paths) as connection:
            rules = write_waiver(connection, dataset, settlement, target)
        say(f"waiving {', '.join(sorted(rules))}")
        return _take(paths, dataset, target, options.as_of)
    except ValueError as error:
        raise Failed(str(error)) from error
    finally:
        target.unlink(missing_ok=True)


def _take(paths: LakePaths, dataset: Dataset, file: Path, as_of: date) -> int:
    """Land, read and judge one corrected delivery."""
    landed = land(paths, Delivery(dataset.feed, dataset.name, file, from_team=True))
    for batch in load_bronze(paths, landed, as_of):
        if not isinstance(batch, Batch):
            raise Failed(f"{file.name} is of {batch.delivered}, later than {as_of}")
        entry = validate(paths, batch, f"replay__{as_of}").entry
        if entry.status == "refused":
            raise Failed(f"{file.name} was refused: {entry.reason}")
        say(f"batch {entry.batch_id}: {entry.rows_validated} rows came in, {entry.rows_quarantined} stay quarantined")
    return 0

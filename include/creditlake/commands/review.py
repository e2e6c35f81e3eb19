"""``review list``: what waits for people to decide about identity."""

from __future__ import annotations

import argparse

from creditlake.commands.failure import Failed, lake_of
from creditlake.lake import reading
from creditlake.review import NothingBuilt, as_csv, conflicts, decisions_dataset, queue, to_fill_in
from creditlake.text import complain, say, write_text


def review_list(options: argparse.Namespace) -> int:
    """Write the queue as a file of decisions to be filled in; tell which decisions could not be carried out."""
    try:
        with reading(lake_of(options)) as lake:
            waiting, refused = queue(lake), conflicts(lake)
    except NothingBuilt as error:
        raise Failed(f"{error}; first: creditlake run") from error
    text = as_csv(map(to_fill_in, waiting))
    for number, reason in refused:
        complain(f"决定 {number} 未执行：{reason}")
    if options.out is None:
        say(text.rstrip("\n"))
        return 0
    # the mark by which spreadsheets read UTF-8
    write_text(options.out, f"\ufeff{text}")
    dataset = decisions_dataset()
    say(
        f"{len(waiting)} ways of naming wait in {options.out}; fill in some, delete the others' lines, then put it "
        f"into <drop>/{dataset.feed}/ as {dataset.name}-….csv"
    )
    return 0

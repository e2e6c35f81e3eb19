"""``submit``: hand up to the regional platform."""

from __future__ import annotations

import argparse

from creditlake.commands.failure import Failed
from creditlake.lake import LakePaths
from creditlake.text import say, table


def submit(options: argparse.Namespace) -> int:
    """Write what the regional platform must be told of a period, with a receipt."""
    from creditlake.submission import BadReceipt, SubmissionRefused, before_day, read_receipt
    from creditlake.submission import submit as hand_up

    try:
        before = read_receipt(options.after) if options.after else before_day(options.first)
        done = hand_up(LakePaths.at(options.lake), before, options.to, options.out)
    except (BadReceipt, SubmissionRefused) as error:
        raise Failed(f"nothing written: {error}") from error
    header = ("dataset", "rows", "new", "changed", "withdrawn", "left out")
    lines = [
        (
            told["dataset"],
            told["rows"],
            told["inserted"],
            told["updated"],
            told["withdrawn"],
            sum(told["left_out"].values()),
        )
        for told in done.receipt["datasets"]
    ]
    say(table(header, lines))
    say(f"\n{done.folder} {'holds it, with receipt.json' if done.is_new else 'held these very bytes already'}")
    return 0

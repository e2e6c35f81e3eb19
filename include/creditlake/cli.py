"""The command line: the same functions that the DAGs call, for people and scripts.

Exit codes: 0 done; 1 the answer is no (nothing published, a check failed), the reason is on stderr; 2 wrong
arguments; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

import duckdb

from creditlake import commands
from creditlake.commands.arguments import (
    contract,
    cron,
    dataset,
    day,
    file,
    file_to_write,
    folder,
    instant,
    lake,
    month,
    positive,
    said,
    uscc,
    word,
    words,
)
from creditlake.commands.watch import BOUNDS, TO
from creditlake.lake.lease import LeaseHeld
from creditlake.onboarding.wiring import OPEN
from creditlake.text import complain

Command = Callable[[argparse.Namespace], int]
DUCKDB_INTERRUPTED = "Query interrupted"
"""What DuckDB makes of a KeyboardInterrupt during a query."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    _log(quiet=options.quiet)
    run: Command = options.command
    try:
        return run(options)
    except (commands.Failed, LeaseHeld) as failure:
        complain(f"creditlake: {failure}")
    except duckdb.Error as error:
        complain(f"creditlake: the database refused: {str(error).splitlines()[0]}")
    except OSError as error:
        complain(f"creditlake: {error.filename}: {error.strerror}" if error.strerror else f"creditlake: {error}")
    except (KeyboardInterrupt, RuntimeError) as error:
        if isinstance(error, RuntimeError) and str(error) != DUCKDB_INTERRUPTED:
            raise
        complain("creditlake: stopped")
        return commands.STOPPED
    return 1


def _log(*, quiet: bool) -> None:
    """Send our own progress to stderr, and of everybody else's words only warnings and errors."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.startswith("creditlake"))
    logging.basicConfig(
        level=logging.WARNING if quiet else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        datefmt="%H:%M:%S",
        handlers=[handler],
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="creditlake", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quiet", action="store_true", help="only warnings and errors on stderr")
    names = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_run(names)
    _add_generate(names)
    _add_readers(names)
    _add_keepers(names)
    _add_replay(names)
    _add_feed(names)
    _add_submit(names)
    _add_watch(names)
    _add_bench(names)
    _add_review(names)
    return parser


Names: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _command(names: Names, name: str, run: Command, text: str) -> argparse.ArgumentParser:
    parser = names.add_parser(name, help=text, description=text)
    parser.set_defaults(command=run)
    return parser


def _with_lake(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--lake", type=lake, required=True, metavar="DIR", help="the lake's folder")
    return parser


def _add_run(names: Names) -> None:
    parser = _with_lake(_command(names, "run", commands.run, "take a drop folder, build, audit and publish a release"))
    parser.add_argument("--drop", type=folder, required=True, metavar="DIR", help="the drop folder: <feed>/<dataset>…")
    parser.add_argument("--as-of", type=day, required=True, metavar="YYYY-MM-DD", help="the business date")
    parser.add_argument(
        "--created-at", type=instant, default=None, metavar="INSTANT", help="instant for the manifest; default: now"
    )


def _add_generate(names: Names) -> None:
    parser = _command(names, "generate", commands.generate, "make a synthetic city whose truth is known")
    parser.add_argument("--subjects", type=positive, required=True, metavar="N", help="how many subjects it has")
    parser.add_argument("--seed", type=int, required=True, metavar="S", help="the same seed gives the same bytes")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for drop/ and truth/")
    parser.add_argument("--months", type=positive, default=24, metavar="N", help="months of deliveries (default 24)")
    parser.add_argument(
        "--until", type=day, default=date(2026, 10, 31), metavar="YYYY-MM-DD", help="last day (default 2026-10-31)"
    )
    parser.add_argument("--processes", type=positive, default=None, metavar="N", help="default: one a core")
    parser.add_argument("--clean", action="store_true", help="no faults in it")


def _add_readers(names: Names) -> None:
    _with_lake(_command(names, "status", commands.status, "what is current, how old it is, what came and was refused"))
    _with_lake(_command(names, "releases", commands.releases, "list the releases, oldest first"))
    parser = _with_lake(_command(names, "verify", commands.verify, "re-check a release offline"))
    parser.add_argument("release", nargs="?", metavar="RELEASE", help="default: the current one")
    parser = _with_lake(_command(names, "rollback", commands.rollback, "make an older release current"))
    parser.add_argument("release", metavar="RELEASE", help="its name, as 'creditlake releases' lists it")
    parser = _with_lake(_command(names, "explain", commands.explain, "any number back to its records, rows and files"))
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--subject", metavar="USCC", help="a subject's profile, records and points")
    what.add_argument("--record", metavar="RECORD_ID", help="a record back to its row and file")
    what.add_argument("--indicator", metavar="CODE", help="an indicator of the city index; see --area and --period")
    what.add_argument("--batch", metavar="BATCH_ID", help="what a file became, and what it influenced")
    parser.add_argument("--area", default="150100", metavar="CODE", help="with --indicator (default 150100, the city)")
    parser.add_argument(
        "--period", type=month, metavar="YYYY-MM", help="with --indicator (default: the release's month)"
    )
    parser = _with_lake(_command(names, "report", commands.report, "write a subject's public credit report as HTML"))
    parser.add_argument("uscc", type=uscc, metavar="USCC", help="its unified social credit code")
    parser.add_argument("--release", type=words, metavar="ID", help="default: the current one")
    parser.add_argument(
        "--out", type=file_to_write, metavar="FILE", help="default: <USCC>-<release>.html in the current folder"
    )
    parser = _with_lake(
        _command(names, "diff", commands.diff, "what changed of a subject between two releases, and why")
    )
    parser.add_argument("subject", type=words, metavar="SUBJECT", help="its code or its subject_id")
    parser.add_argument("--from", dest="since", type=words, metavar="ID", help="default: the one before")
    parser.add_argument("--to", type=words, metavar="ID", help="default: the current release")
    parser.add_argument("--json", action="store_true", help="for programs instead of people")


def _add_keepers(names: Names) -> None:
    _with_lake(_command(names, "fsck", commands.fsck, "check files, statistics and the ledger of the lake"))
    _with_lake(_command(names, "maintain", commands.maintain, "merge, rewrite, expire, clean up, back up, fsck"))
    _with_lake(_command(names, "rebuild", commands.rebuild, "make the lake again from bronze"))
    _with_lake(_command(names, "docs", commands.docs, "build the data docs"))
    parser = _with_lake(_command(names, "backup", commands.backup, "copy catalogue and data files"))
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new folder, best on another disk")
    parser = _with_lake(_command(names, "restore", commands.restore, "put a back-up in the place of a lake"))
    parser.add_argument("--from", dest="source", type=folder, required=True, metavar="DIR", help="a back-up")


def _add_replay(names: Names) -> None:
    parser = _with_lake(_command(names, "quarantine", commands.quarantine, "write a dataset's open rows as CSV"))
    _with_dataset(parser)
    parser.add_argument("--out", type=file_to_write, required=True, metavar="FILE", help="the CSV to write")
    parser = _with_lake(_command(names, "replay", commands.replay, "bring corrected rows back as a new batch"))
    _with_dataset(parser)
    parser.add_argument("--file", type=file, required=True, metavar="FILE", help="the CSV of 'quarantine', corrected")
    parser.add_argument("--as-of", type=day, required=True, metavar="YYYY-MM-DD", help="the business date")
    parser = _with_lake(_command(names, "waive", commands.waive, "let one quarantined row in all the same"))
    _with_dataset(parser)
    parser.add_argument("--batch", required=True, metavar="BATCH_ID", help="the row's batch, as 'quarantine' writes it")
    parser.add_argument("--row", type=positive, required=True, metavar="N", help="source row in that batch")
    parser.add_argument("--by", type=words, required=True, metavar="NAME", help="who answers for it")
    parser.add_argument("--reason", type=words, required=True, metavar="TEXT", help="why it is let in")
    parser.add_argument("--until", type=day, required=True, metavar="YYYY-MM-DD", help="last day of the waiver")
    parser.add_argument("--as-of", type=day, required=True, metavar="YYYY-MM-DD", help="the business date")


def _add_submit(names: Names) -> None:
    parser = _with_lake(_command(names, "submit", commands.submit, "write what the regional platform must be told"))
    since = parser.add_mutually_exclusive_group(required=True)
    since.add_argument("--from", dest="first", type=day, metavar="YYYY-MM-DD", help="first day of the period")
    since.add_argument("--after", type=Path, metavar="RECEIPT", help="go on where the hand-over of this receipt ended")
    parser.add_argument("--to", type=day, required=True, metavar="YYYY-MM-DD", help="last day, and the business date")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder for files and receipt")


def _add_feed(names: Names) -> None:
    text = "check a feed's contract and try samples of it, or scaffold a new one"
    steps = names.add_parser("feed", help=text, description=text).add_subparsers(required=True, metavar="STEP")
    parser = _command(steps, "check", commands.feed_check, "what is wrong, what is missing; writes nothing")
    parser.add_argument("contract", type=contract, metavar="CONTRACT", help="a contract's file, or a feed's name")
    parser.add_argument(
        "--sample", type=file, action="append", default=[], metavar="FILE", help="named as in a drop; may be repeated"
    )
    parser.add_argument("--as-of", type=day, default=None, metavar="YYYY-MM-DD", help="default: today")
    parser.add_argument("--strict", action="store_true", help="what is still to do is a no, too")
    parser = _command(steps, "new", commands.feed_new, "scaffold a feed from a sample's header; never overwrites")
    parser.add_argument("name", type=word, metavar="NAME", help="one small word: the feed's name everywhere")
    parser.add_argument("--title", type=said, required=True, metavar="TITLE", help="what people call it, in Chinese")
    parser.add_argument("--publisher", type=said, required=True, metavar="NAME", help="the agency")
    parser.add_argument("--owner", type=said, default=OPEN, metavar="NAME", help="who in the data team chases it")
    parser.add_argument("--legal-basis", type=said, default=OPEN, metavar="TEXT", help="what its delivery rests on")
    parser.add_argument("--schedule", type=cron, default="30 2 * * *", metavar="CRON", help="default: 30 2 * * *")
    parser.add_argument("--dataset", type=word, required=True, metavar="DATASET", help="one small word: its table")
    parser.add_argument("--dataset-title", type=said, default=None, metavar="TITLE", help="default: the feed's title")
    parser.add_argument("--sample", type=file, required=True, metavar="FILE", help="only its header is used")
    parser.add_argument("--key", action="append", metavar="COLUMN", help="what identifies a record; may be repeated")
    parser.add_argument("--uscc", default="", metavar="COLUMN", help="the column of the unified code")


def _add_watch(names: Names) -> None:
    text = "what is due, late or odd of each source, and moving a bound of it"
    steps = names.add_parser("watch", help=text, description=text).add_subparsers(required=True, metavar="STEP")
    text = "how each dataset stands; exit code 1 when there is an alarm"
    listing = _with_lake(_command(steps, "list", commands.watch_list, text))
    moving = _with_lake(_command(steps, "move", commands.watch_move, "move a bound; who, why and when stay with it"))
    _with_dataset(moving)
    moving.add_argument("--bound", choices=BOUNDS, required=True, metavar="BOUND", help=", ".join(BOUNDS))
    moving.add_argument("--to", required=True, metavar="VALUE", help=TO)
    moving.add_argument("--by", type=words, required=True, metavar="NAME", help="who answers for it")
    moving.add_argument("--reason", type=words, required=True, metavar="TEXT", help="why it is moved")
    for parser in (listing, moving):
        parser.add_argument("--as-of", type=day, default=None, metavar="YYYY-MM-DD", help="default: today in Beijing")


def _add_bench(names: Names) -> None:
    text = "measure identity on worlds whose truth is known, and train its model"
    steps = names.add_parser("bench", help=text, description=text).add_subparsers(required=True, metavar="STEP")
    identity = _command(steps, "identity", commands.bench_identity, "precision, recall and review of three designs")
    identity.add_argument("--held-out", action="store_true", help="of words that the models do not know")
    identity.add_argument("--febrl", action="store_true", help="the sets FEBRL 1 to 4 too")
    identity.add_argument("--json", action="store_true", help="all figures as one JSON document")
    training = _command(steps, "train", commands.bench_train, "fit the linkage model without labels")
    training.add_argument("--lake", type=lake, default=None, metavar="DIR", help="a built lake; default: a world")
    training.add_argument("--model-version", type=said, required=True, metavar="VERSION", help="its name in the seed")
    training.add_argument("--out", type=file_to_write, required=True, metavar="FILE", help="seed to put the weights in")
    for parser, seed in ((identity, 7), (training, 5)):
        parser.add_argument("--subjects", type=positive, default=200_000, metavar="N", help="default 200000")
        parser.add_argument("--records", type=positive, default=500_000, metavar="N", help="default 500000")
        parser.add_argument("--seed", type=int, default=seed, metavar="S", help=f"of the world (default {seed})")
        parser.add_argument("--keep", type=Path, default=None, metavar="DIR", help="new folder for the world's lake")


def _add_review(names: Names) -> None:
    text = "what people must decide about identity"
    steps = names.add_parser("review", help=text, description=text).add_subparsers(required=True, metavar="STEP")
    text = "write the review queue as a file of decisions to be filled in; filled in, it is a delivery"
    parser = _with_lake(_command(steps, "list", commands.review_list, text))
    parser.add_argument("--out", type=file_to_write, metavar="FILE", help="the CSV to write; default: stdout")


def _with_dataset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dataset", type=dataset, required=True, metavar="FEED.DATASET", help="for example penalty.decisions"
    )


if __name__ == "__main__":
    sys.exit(main())

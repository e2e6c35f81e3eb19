"""The command line: the same functions that the DAGs call, for people and scripts.

Exit codes: 0 done; 1 the answer is no (nothing published, a check failed), the reason is on stderr; 2 wrong
arguments; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias

import duckdb

from creditlake import commands
from creditlake.commands.arguments import contract, cron, said, word
from creditlake.commands.watch import BOUNDS, TO
from creditlake.contracts import Dataset, all_datasets
from creditlake.lake import LakePaths
from creditlake.lake.lease import LeaseHeld
from creditlake.onboarding.wiring import OPEN
from creditlake.persons import KEY_VARIABLE, MIN_KEY_CHARACTERS
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
    return parser


Names: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _command(names: Names, name: str, run: Command, text: str) -> argparse.ArgumentParser:
    parser = names.add_parser(name, help=text, description=text)
    parser.set_defaults(command=run)
    return parser


def _with_lake(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--lake", type=_lake, required=True, metavar="DIR", help="the lake's folder")
    return parser


def _add_run(names: Names) -> None:
    parser = _with_lake(_command(names, "run", commands.run, "take a drop folder, build, audit and publish a release"))
    parser.add_argument("--drop", type=_folder, required=True, metavar="DIR", help="the drop folder: <feed>/<dataset>…")
    parser.add_argument("--as-of", type=_day, required=True, metavar="YYYY-MM-DD", help="the business date")
    parser.add_argument(
        "--created-at", type=_instant, default=None, metavar="INSTANT", help="instant for the manifest; default: now"
    )


def _add_generate(names: Names) -> None:
    parser = _command(names, "generate", commands.generate, "make a synthetic city whose truth is known")
    parser.add_argument("--subjects", type=_positive, required=True, metavar="N", help="how many subjects it has")
    parser.add_argument("--seed", type=int, required=True, metavar="S", help="the same seed gives the same bytes")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for drop/ and truth/")
    parser.add_argument("--months", type=_positive, default=24, metavar="N", help="months of deliveries (default 24)")
    parser.add_argument(
        "--until", type=_day, default=date(2026, 10, 31), metavar="YYYY-MM-DD", help="last day (default 2026-10-31)"
    )
    parser.add_argument("--processes", type=_positive, default=None, metavar="N", help="default: one a core")
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
        "--period", type=_month, metavar="YYYY-MM", help="with --indicator (default: the release's month)"
    )


def _add_keepers(names: Names) -> None:
    _with_lake(_command(names, "fsck", commands.fsck, "check files, statistics and the ledger of the lake"))
    _with_lake(_command(names, "maintain", commands.maintain, "merge, rewrite, expire, clean up, back up, fsck"))
    _with_lake(_command(names, "rebuild", commands.rebuild, "make the lake again from bronze"))
    _with_lake(_command(names, "docs", commands.docs, "build the data docs"))
    parser = _with_lake(_command(names, "backup", commands.backup, "copy catalogue and data files"))
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new folder, best on another disk")
    parser = _with_lake(_command(names, "restore", commands.restore, "put a back-up in the place of a lake"))
    parser.add_argument("--from", dest="source", type=_folder, required=True, metavar="DIR", help="a back-up")


def _add_replay(names: Names) -> None:
    parser = _with_lake(_command(names, "quarantine", commands.quarantine, "write a dataset's open rows as CSV"))
    _with_dataset(parser)
    parser.add_argument("--out", type=_file_to_write, required=True, metavar="FILE", help="the CSV to write")
    parser = _with_lake(_command(names, "replay", commands.replay, "bring corrected rows back as a new batch"))
    _with_dataset(parser)
    parser.add_argument("--file", type=_file, required=True, metavar="FILE", help="the CSV of 'quarantine', corrected")
    parser.add_argument("--as-of", type=_day, required=True, metavar="YYYY-MM-DD", help="the business date")
    parser = _with_lake(_command(names, "waive", commands.waive, "let one quarantined row in all the same"))
    _with_dataset(parser)
    parser.add_argument("--batch", required=True, metavar="BATCH_ID", help="the row's batch, as 'quarantine' writes it")
    parser.add_argument("--row", type=_positive, required=True, metavar="N", help="source row in that batch")
    parser.add_argument("--by", type=_words, required=True, metavar="NAME", help="who answers for it")
    parser.add_argument("--reason", type=_words, required=True, metavar="TEXT", help="why it is let in")
    parser.add_argument("--until", type=_day, required=True, metavar="YYYY-MM-DD", help="last day of the waiver")
    parser.add_argument("--as-of", type=_day, required=True, metavar="YYYY-MM-DD", help="the business date")


def _add_submit(names: Names) -> None:
    parser = _with_lake(_command(names, "submit", commands.submit, "write what the regional platform must be told"))
    since = parser.add_mutually_exclusive_group(required=True)
    since.add_argument("--from", dest="first", type=_day, metavar="YYYY-MM-DD", help="first day of the period")
    since.add_argument("--after", type=Path, metavar="RECEIPT", help="go on where the hand-over of this receipt ended")
    parser.add_argument("--to", type=_day, required=True, metavar="YYYY-MM-DD", help="last day, and the business date")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder for files and receipt")


def _add_feed(names: Names) -> None:
    text = "check a feed's contract and try samples of it, or scaffold a new one"
    steps = names.add_parser("feed", help=text, description=text).add_subparsers(required=True, metavar="STEP")
    parser = _command(steps, "check", commands.feed_check, "what is wrong, what is missing; writes nothing")
    parser.add_argument("contract", type=contract, metavar="CONTRACT", help="a contract's file, or a feed's name")
    parser.add_argument(
        "--sample", type=_file, action="append", default=[], metavar="FILE", help="named as in a drop; may be repeated"
    )
    parser.add_argument("--as-of", type=_day, default=None, metavar="YYYY-MM-DD", help="default: today")
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
    parser.add_argument("--sample", type=_file, required=True, metavar="FILE", help="only its header is used")
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
    moving.add_argument("--by", type=_words, required=True, metavar="NAME", help="who answers for it")
    moving.add_argument("--reason", type=_words, required=True, metavar="TEXT", help="why it is moved")
    for parser in (listing, moving):
        parser.add_argument("--as-of", type=_day, default=None, metavar="YYYY-MM-DD", help="default: today in Beijing")


def _with_dataset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dataset", type=_dataset, required=True, metavar="FEED.DATASET", help="for example penalty.decisions"
    )


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a folder")
    return path


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is not a file")
    return path


def _file_to_write(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a file in a folder that exists")
    return path


def _dataset(text: str) -> Dataset:
    declared = {f"{dataset.feed}.{dataset.name}": dataset for dataset in all_datasets()}
    if text not in declared:
        raise argparse.ArgumentTypeError(f"no contract declares {text!r}; there are {', '.join(declared)}")
    return declared[text]


def _words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it must not be empty")
    return text


def _lake(text: str) -> Path:
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a folder")
    if 0 < len(os.environ.get(KEY_VARIABLE, "")) < MIN_KEY_CHARACTERS:
        raise argparse.ArgumentTypeError(f"{KEY_VARIABLE} must have at least {MIN_KEY_CHARACTERS} characters")
    try:
        LakePaths.at(path)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return path


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-10-31") from None


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is not a month like 2026-10")
    return text


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an instant like 2026-10-31T02:00:00+08:00") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())

"""``creditlake …``: the same functions that the DAGs call, for people and scripts.

Exit codes: 0 done; 1 the answer is no (nothing published, a check failed), with the reason on stderr; 2 wrong
arguments.
"""

from __future__ import annotations

import argparse
import keyword
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias

from croniter import croniter

from creditlake import commands
from creditlake.contracts import FOLDER
from creditlake.lake import LakePaths
from creditlake.lake.lease import LeaseHeld
from creditlake.onboarding.contract import NAME
from creditlake.onboarding.wiring import OPEN

log = logging.getLogger(__name__)
Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.WARNING if options.quiet else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        datefmt="%H:%M:%S",
        stream=sys.stderr,
    )
    for noisy in ("great_expectations", "dbt", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    run: Command = options.command
    try:
        return run(options)
    except (commands.Failed, FileNotFoundError, LeaseHeld) as failure:
        print(f"creditlake: {failure}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="creditlake", description=__doc__)
    parser.add_argument("--quiet", action="store_true", help="only warnings and errors on stderr")
    names = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_run(names)
    _add_generate(names)
    _add_readers(names)
    _add_keepers(names)
    _add_replay(names)
    _add_feed(names)
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
    parser.add_argument("release", metavar="RELEASE")
    parser = _with_lake(_command(names, "explain", commands.explain, "any number back to its records, rows and files"))
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--subject", metavar="USCC", help="a subject's profile, records and points")
    what.add_argument("--record", metavar="RECORD_ID", help="a record back to its row and file")
    what.add_argument("--indicator", metavar="CODE", help="an indicator of the city index; see --area and --period")
    what.add_argument("--batch", metavar="BATCH_ID", help="what a file became, and what it influenced")
    parser.add_argument("--area", default="150100", metavar="CODE", help="with --indicator (default 150100, the city)")
    parser.add_argument("--period", metavar="YYYY-MM", help="with --indicator (default: the release's month)")


def _add_keepers(names: Names) -> None:
    _with_lake(_command(names, "fsck", commands.fsck, "check files, statistics and the ledger of the lake"))
    _with_lake(_command(names, "maintain", commands.maintain, "merge, rewrite, expire, clean up, back up, fsck"))
    _with_lake(_command(names, "rebuild", commands.rebuild, "make the lake again from bronze"))
    _with_lake(_command(names, "docs", commands.docs, "build the data docs"))
    parser = _with_lake(_command(names, "backup", commands.backup, "copy catalogue and data files"))
    parser.add_argument("--to", type=Path, required=True, metavar="DIR")
    parser = _with_lake(_command(names, "restore", commands.restore, "put a back-up in the place of a lake"))
    parser.add_argument("--from", dest="source", type=_folder, required=True, metavar="DIR")


def _add_replay(names: Names) -> None:
    parser = _with_lake(_command(names, "quarantine", commands.quarantine, "write a dataset's open rows as CSV"))
    _with_dataset(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser = _with_lake(_command(names, "replay", commands.replay, "bring corrected rows back as a new batch"))
    _with_dataset(parser)
    parser.add_argument("--file", type=Path, required=True, metavar="FILE", help="the CSV of 'quarantine', corrected")
    parser.add_argument("--as-of", type=_day, required=True, metavar="YYYY-MM-DD")
    parser = _with_lake(_command(names, "waive", commands.waive, "let one quarantined row in all the same"))
    _with_dataset(parser)
    parser.add_argument("--batch", required=True, metavar="BATCH_ID")
    parser.add_argument("--row", type=_positive, required=True, metavar="N", help="source row in that batch")
    parser.add_argument("--by", required=True, metavar="NAME", help="who answers for it")
    parser.add_argument("--reason", required=True, metavar="TEXT")
    parser.add_argument("--until", type=_day, required=True, metavar="YYYY-MM-DD", help="last day of the waiver")
    parser.add_argument("--as-of", type=_day, required=True, metavar="YYYY-MM-DD")


def _add_feed(names: Names) -> None:
    text = "check a feed's contract and try samples of it, or scaffold a new one"
    steps = names.add_parser("feed", help=text, description=text).add_subparsers(required=True, metavar="STEP")
    parser = _command(steps, "check", commands.feed_check, "what is wrong, what is missing; writes nothing")
    parser.add_argument("contract", type=_contract, metavar="CONTRACT", help="a contract's file, or a feed's name")
    parser.add_argument(
        "--sample", type=_file, action="append", default=[], metavar="FILE", help="named as in a drop; may be repeated"
    )
    parser.add_argument("--as-of", type=_day, default=None, metavar="YYYY-MM-DD", help="default: today")
    parser.add_argument("--strict", action="store_true", help="what is still to do is a no, too")
    parser = _command(steps, "new", commands.feed_new, "scaffold a feed from a sample's header; never overwrites")
    parser.add_argument("name", type=_word, metavar="NAME", help="one small word: the feed's name everywhere")
    parser.add_argument("--title", type=_said, required=True, metavar="TITLE", help="what people call it, in Chinese")
    parser.add_argument("--publisher", type=_said, required=True, metavar="NAME", help="the agency")
    parser.add_argument("--owner", type=_said, default=OPEN, metavar="NAME", help="who in the data team chases it")
    parser.add_argument("--legal-basis", type=_said, default=OPEN, metavar="TEXT", help="what its delivery rests on")
    parser.add_argument("--schedule", type=_cron, default="30 2 * * *", metavar="CRON", help="default: 30 2 * * *")
    parser.add_argument("--dataset", type=_word, required=True, metavar="DATASET", help="one small word: its table")
    parser.add_argument("--dataset-title", type=_said, default=None, metavar="TITLE", help="default: the feed's title")
    parser.add_argument("--sample", type=_file, required=True, metavar="FILE", help="only its header is used")
    parser.add_argument("--key", action="append", metavar="COLUMN", help="what identifies a record; may be repeated")
    parser.add_argument("--uscc", default="", metavar="COLUMN", help="the column of the unified code")


def _with_dataset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", required=True, metavar="FEED.DATASET", help="for example penalty.decisions")


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


def _contract(text: str) -> Path:
    path = Path(text) if text.endswith((".yml", ".yaml")) else FOLDER / f"{text}.yml"
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is neither a contract's file nor a declared feed")
    return path


def _word(text: str) -> str:
    if not NAME.fullmatch(text) or keyword.iskeyword(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no small word like water or social_security")
    return text


def _said(text: str) -> str:
    if not text.strip() or not text.isprintable() or set(text) & set("\"'\\"):
        raise argparse.ArgumentTypeError(f"{text!r} says nothing, or holds quotes or line ends")
    return text.strip()


def _cron(text: str) -> str:
    if not croniter.is_valid(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no cron expression like '30 2 * * *'")
    return text


def _lake(text: str) -> Path:
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a folder")
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

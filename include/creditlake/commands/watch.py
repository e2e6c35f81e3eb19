"""``watch list`` and ``watch move``: what is due, late or odd, and who moved which bound."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import get_args
from zoneinfo import ZoneInfo

from creditlake.commands.failure import Failed, lake_of
from creditlake.text import complain, say, table
from creditlake.watch.bounds import Bound, Move, MoveDamaged, write_move
from creditlake.watch.report import look
from creditlake.watch.standing import KINDS, RHYTHMS, Standing, Volume

ZONE = "Asia/Shanghai"
BOUNDS = get_args(Bound)
TO = (
    "of due: working days after a period closes; least, most: factors of the median of the last periods; memory: "
    "how many those are; quiet_until: a day like 2026-12-31 up to which silence is not told; schema: the hash of the "
    "header that is right, as 'watch list' shows it"
)


def watch_list(options: argparse.Namespace) -> int:
    """Say how every dataset stands, which bounds were moved, and, as reasons, what is wrong."""
    try:
        report = look(lake_of(options), options.as_of or _today())
    except MoveDamaged as error:
        raise Failed(str(error)) from error
    header = ("dataset", "rhythm", "owner", "last", "next due", "rows", "band", "header", "state")
    say(table(header, (_row(standing) for standing in report.standings)))
    moves = [move for standing in report.standings for move in standing.moves]
    if moves:
        say("\nbounds that were moved\n")
        say(table(("dataset", "bound", "to", "by", "reason", "from", "moved at"), map(_moved, moves)))
    for finding in report.findings:
        complain(f"{KINDS[finding.kind]}：{finding.sentence}")
    if report.findings:
        count = len(report.findings)
        raise Failed(f"{count} alarm{'s' * (count > 1)} as of {report.as_of}")
    return 0


def watch_move(options: argparse.Namespace) -> int:
    """Move one bound of a dataset for good; who, why and when stay with it."""
    try:
        move = Move(
            feed=options.dataset.feed,
            dataset=options.dataset.name,
            bound=options.bound,
            to=options.to,
            by=options.by,
            reason=options.reason,
            as_of=options.as_of or _today(),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    except ValueError as error:
        raise Failed(f"nothing was moved: {error}") from error
    kept = write_move(lake_of(options), move)
    say(f"{move.feed}.{move.dataset}: {move.bound} is {move.to} from {move.as_of} on; kept in {kept}")
    return 0


def _today() -> date:
    return datetime.now(ZoneInfo(ZONE)).date()


def _row(standing: Standing) -> Sequence[object]:
    state = "、".join(KINDS[finding.kind] for finding in standing.findings)
    due = f"{standing.next_due}{'*' if standing.is_estimate else ''}" if standing.next_due else None
    return (
        f"{standing.feed}.{standing.dataset}",
        RHYTHMS[standing.rhythm],
        standing.owner,
        standing.last,
        due,
        standing.volume.rows if standing.volume else None,
        _band(standing.volume) if standing.volume else None,
        standing.schema,
        state or "正常",
    )


def _band(volume: Volume) -> str:
    low = 0 if volume.below is None else max(volume.below + 1, 0)
    return f"{low}–{volume.above - 1}"


def _moved(move: Move) -> Sequence[object]:
    return (f"{move.feed}.{move.dataset}", move.bound, move.to, move.by, move.reason, move.as_of, move.at)

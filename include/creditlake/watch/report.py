"""The watch over one lake: looks into it, and keeps what it saw in ``<lake>/watch/report.json`` for the portal."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from creditlake.checks import Check
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths, reading
from creditlake.lake.catalogue import has_catalogue
from creditlake.lake.ledger import LedgerEntry, entries
from creditlake.watch.bounds import read_moves
from creditlake.watch.deliveries import deliveries
from creditlake.watch.judging import standings
from creditlake.watch.standing import KINDS, REPORT, Finding, Standing


@dataclass(frozen=True, slots=True)
class Report:
    """How all datasets of a lake stand at a business date."""

    as_of: date
    standings: tuple[Standing, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The alarms."""
        return tuple(finding for standing in self.standings for finding in standing.findings)


def look(paths: LakePaths, as_of: date) -> Report:
    """Return how a lake's datasets stand; where there is no lake yet, nothing came and nothing is late."""
    if not has_catalogue(paths):
        return look_at([], paths, as_of)
    with reading(paths) as connection:
        ledger = entries(connection)
    return look_at(ledger, paths, as_of)


def look_at(ledger: Iterable[LedgerEntry], paths: LakePaths, as_of: date) -> Report:
    """Return how a lake's datasets stand by a ledger that was read before."""
    seen = standings(deliveries(paths, ledger), load_feeds(), read_moves(paths), as_of)
    return Report(as_of, tuple(seen))


def checks_of(report: Report) -> list[Check]:
    """Return the watch as checks of a release: warnings, one a dataset and kind; they keep no release back."""
    return [_check(standing, kind) for standing in report.standings for kind in KINDS]


def _check(standing: Standing, kind: str) -> Check:
    failed = sum(finding.kind == kind for finding in standing.findings)
    return Check(
        name=f"watch.{kind}.{standing.feed}.{standing.dataset}",
        kind="release",
        severity="warning",
        status="warned" if failed else "passed",
        evaluated=max(failed, 1),
        failed=failed,
    )


def keep(paths: LakePaths, report: Report) -> Path:
    """Write a report where the portal reads it, and return its file; one of a later business date stays.

    A reader sees the old one or the new one.
    """
    target = paths.root / REPORT
    if target.exists() and json.loads(target.read_text(encoding="utf-8"))["as_of"] > report.as_of.isoformat():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    partial.write_text(json.dumps(asdict(report), default=_text, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(partial, target)
    return target


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is neither JSON nor a day")

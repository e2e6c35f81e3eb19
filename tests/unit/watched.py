"""Builders for the tests of the source watch: a feed of one dataset, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from creditlake.contracts import Feed, load_feeds
from creditlake.watch.bounds import Move
from creditlake.watch.deliveries import Delivered
from creditlake.watch.judging import standings
from creditlake.watch.spec import watch_of
from creditlake.watch.standing import Finding, Standing

HEADER = ("决定书文号", "决定日期", "备注")
MONTHLY = {"rhythm": "monthly", "due": 7, "basis": "约定"}


def feed(**watch: Any) -> Feed:
    """Return the feed penalty, of which so much is expected."""
    declared = load_feeds()["penalty"]
    dataset = replace(declared.dataset("decisions"), watch=watch_of(watch))
    return replace(declared, datasets=(dataset,))


def came(day: str, rows: int = 100, *, header: tuple[str, ...] = HEADER, **about: Any) -> Delivered:
    """Return one delivery of a day; its file's name carries no month unless the test says so."""
    facts = {"file": f"decisions-{day}.csv", "seq": date.fromisoformat(day).toordinal(), "month": None}
    return Delivered(
        **{"feed": "penalty", "dataset": "decisions", "day": date.fromisoformat(day), "rows": rows, "header": header}
        | facts
        | about
    )


def months(*rows: int, last: int = 10) -> list[Delivered]:
    """Return one delivery a month of 2026, the last one in October, each with so many rows."""
    first = last - len(rows) + 1
    return [came(f"2026-{first + place:02d}-20", count) for place, count in enumerate(rows)]


def moved(bound: str, to: str, as_of: str = "2026-01-01") -> Move:
    """Return a moved bound of the dataset."""
    return Move(
        "penalty", "decisions", bound, to, "王芳", "年度例行调整", date.fromisoformat(as_of), f"{as_of}T09:00:00"
    )  # type: ignore[arg-type]


def standing(delivered: list[Delivered], as_of: str, *moves: Move, watch: dict[str, Any] | None = None) -> Standing:
    """Return how the dataset stands."""
    feeds = {"penalty": feed(**(watch or MONTHLY))}
    (found,) = standings(delivered, feeds, moves, date.fromisoformat(as_of))
    return found


def alarms(delivered: list[Delivered], as_of: str, *moves: Move, watch: dict[str, Any] | None = None) -> list[Finding]:
    """Return what is wrong with it."""
    return list(standing(delivered, as_of, *moves, watch=watch).findings)


def kinds(delivered: list[Delivered], as_of: str, *moves: Move, watch: dict[str, Any] | None = None) -> list[str]:
    """Return the kinds of what is wrong with it."""
    return [finding.kind for finding in alarms(delivered, as_of, *moves, watch=watch)]

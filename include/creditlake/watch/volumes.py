"""Volume: the rows of a period beside the median of the periods before it."""

from __future__ import annotations

from math import ceil, floor

from creditlake.watch.case import Case, chance
from creditlake.watch.periods import Period
from creditlake.watch.standing import Finding, Volume

FEWEST_BEFORE = 3
"""With fewer periods before it, one is compared with nothing: a source often begins with its whole stock."""


def last_volume(case: Case) -> Volume | None:
    """Return the volume of the period that matters most: an odd one, else the last; None where none can be judged."""
    judged = _judged(case)
    volumes = [volume for _, volume in judged if volume.is_odd] or [volume for _, volume in judged]
    return volumes[-1] if volumes else None


def volume_findings(case: Case) -> list[Finding]:
    """Return an alarm for the last closed period and for the open one, where their rows leave the band."""
    return [_finding(case, period, volume) for period, volume in _judged(case) if volume.is_odd]


def _judged(case: Case) -> list[tuple[Period, Volume]]:
    """The last closed period and the open one after it, where they have enough periods before them."""
    if not case.has_rhythm:
        return []
    came = list(case.rows)
    closed = [period for period in came if period.closed <= case.as_of][-1:]
    later = [period for period in came if period.closed > case.as_of]
    volumes = [(period, _volume(case, came[: came.index(period)], period)) for period in closed + later]
    return [(period, volume) for period, volume in volumes if volume is not None]


def _volume(case: Case, before: list[Period], period: Period) -> Volume | None:
    usual = case.usual_rows(before)
    if len(before) < FEWEST_BEFORE or not usual:
        return None
    fewest, most = chance(usual)
    below, above = floor(min(case.bounds.least * usual, fewest)), ceil(max(case.bounds.most * usual, most))
    is_over = period.closed <= case.as_of
    return Volume(period.name, case.rows[period], usual, above, below if is_over else None)


def _finding(case: Case, period: Period, volume: Volume) -> Finding:
    word = "骤增" if volume.rows >= volume.above else "骤减"
    low = "0" if volume.below is None else max(volume.below + 1, 0)
    band = f"{low} 至 {volume.above - 1} 行（近期中位数 {volume.median:g}）"
    share = volume.rows / volume.median
    return case.finding(
        "volume",
        expected=band,
        found=f"{volume.rows} 行",
        since=min(period.last, case.as_of),
        sentence=f"{period.name}报送 {volume.rows} 行，为近期中位数 {volume.median:g} 的 {share:.0%}，{word}；"
        f"应在 {band.split('（')[0]}之间。请与报送单位核实是否漏报、重报或口径变化。",
    )

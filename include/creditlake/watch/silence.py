"""Silence: a period has closed, its grace is over, and nothing of it came."""

from __future__ import annotations

from datetime import date

from creditlake.watch.case import Case, chance
from creditlake.watch.periods import ONE_DAY, Period, working_days_late
from creditlake.watch.standing import Finding

NAMED = 3


def silence_findings(case: Case) -> list[Finding]:
    """Return the alarm of silence: the periods that are overdue at the end, and holes among the last ones before."""
    quiet = case.bounds.quiet_until
    overdue = _overdue(case)
    if not overdue or (quiet is not None and case.as_of <= quiet) or _is_chance(case, overdue):
        return []
    deadline = case.rule.deadline(overdue[0])
    late = working_days_late(deadline, case.as_of, case.calendar)
    expected, found = f"{deadline} 前报送{_names(overdue)}", _found(case, overdue[0])
    sentence = f"应于 {expected}，截至 {case.as_of} 未收到，已迟 {late} 个工作日；{found}。请催报。"
    return [case.finding("silence", expected, found, since=deadline, sentence=sentence)]


def next_due(case: Case) -> date | None:
    """Return the next deadline by which something must come; None where nothing is expected."""
    if not case.has_rhythm:
        return None
    open_periods = [period for period in case.periods if period not in case.rows]
    deadlines = [case.rule.deadline(period) for period in open_periods]
    ahead = [deadline for deadline in deadlines if deadline >= case.as_of]
    return min(ahead) if ahead else case.rule.deadline(_following(case))


def _following(case: Case) -> Period:
    return case.rule.period_of(case.rule.period_of(case.as_of).last + ONE_DAY)


def _overdue(case: Case) -> list[Period]:
    """Periods without a delivery: all since the last one, and of those before it as many as the memory holds."""
    if not case.has_rhythm:
        return []
    ended = [period for period in case.periods if case.rule.deadline(period) < case.as_of]
    newest = max(case.rows, default=None)
    recent = ended[-case.bounds.memory :]
    return [
        period
        for period in ended
        if period not in case.rows and (newest is None or period > newest or period in recent)
    ]


def _is_chance(case: Case, overdue: list[Period]) -> bool:
    """Whether so few rows are usual that there may have been nothing to deliver in all of these periods."""
    missed = case.usual_rows(list(case.rows)) * len(overdue)
    return bool(case.rows) and chance(missed)[0] < 0


def _names(overdue: list[Period]) -> str:
    names = "、".join(period.name for period in overdue[:NAMED])
    return names if len(overdue) <= NAMED else f"{names}等 {len(overdue)} 期"


def _found(case: Case, missing: Period) -> str:
    last = f"上次报送 {max(one.day for one in case.came)}" if case.came else "从未收到"
    refused = sum(one.day >= missing.first for one in case.refused)
    return f"{last}，其后拒收 {refused} 个文件" if refused else last

"""Applications for credit repair: of the penalties whose minimum period is over, and how far each has come.

An application comes as up to three rows: it is made (i), taken up or refused, decided (u). What happens after the last
day of the window is in no file, so that some cases are still open then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Part
from creditlake.synthetic.faults import (
    LATE_DAYS,
    Fault,
    code_faults,
    duplicate_row,
    end_before_start,
    future_date,
    given,
    key_conflict,
    late_step,
    missing_field,
    unknown_value,
)
from creditlake.synthetic.feeds.penalty import decisions
from creditlake.synthetic.rng import Flags, Ints
from creditlake.synthetic.rows import CHANGE, CLEAN, NOBODY, SERIAL, Rows, enveloped, in_file_order
from creditlake.synthetic.texts import MISSING_DAY, Texts, either, equal, flags, join, numbers, pick, repeated, take
from creditlake.synthetic.window import day_number

CODE = "统一社会信用代码"
APPLIED, TAKEN_UP, CLOSED = range(3)
"""The steps of a case, each a row of its own."""
GENERAL_DAYS, SERIOUS_DAYS = 92, 366
"""Longer than three months and than a year: the minimum periods of Order 36."""
MOST_DELAY_DAYS = 150
"""From the end of the minimum period to the application."""
REPAIR_SHARE, REFUSED_SHARE, REJECTED_SHARE, ONLINE_SHARE = 0.6, 0.06, 0.12, 0.8
IN_FORCE = day_number(date(2026, 4, 1))
"""Order 36: only from here on is a late answer told."""
SERIOUS_KINDS, MINOR_KINDS = "责令停产停业|吊销|暂扣", "^警告$"
SERIOUS_WAN, MINOR_WAN = 100.0, 0.3
"""Fines in 万元: serious from the first one on, minor up to the second one where there is a fine alone."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Applications in the order of their penalties: a key to draw by, the days, and what came of each."""

    penalties: Rows
    key: Ints
    applied: Ints
    taken_up: Ints
    closed: Ints
    is_refused: Flags
    is_rejected: Flags

    def __len__(self) -> int:
        return len(self.key)


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the steps of the applications of one part of the city."""
    cases = applications(part)
    case = np.concatenate([np.arange(len(cases)), np.arange(len(cases)), np.flatnonzero(~cases.is_refused)])
    step = np.repeat([APPLIED, TAKEN_UP, CLOSED], [len(cases), len(cases), len(case) - 2 * len(cases)])
    days = np.where(step == APPLIED, cases.applied[case], cases.taken_up[case])
    days = np.where(step == CLOSED, cases.closed[case], days)
    known = np.flatnonzero(days <= part.window.last[-1])
    case, step, days = case[known], step[known], days[known]
    # a case at a time, so that its rows stand in their order in the file
    order = np.lexsort((step, case))
    case, step, days = case[order], step[order], days[order]
    month = np.searchsorted(part.window.last, days)
    subject = cases.penalties.subject[case]
    rows = Rows(
        "repair", "cases", month, subject, np.full(len(case), CLEAN), _texts(part, cases, case, step),
        _days(cases, case, step),
    )  # fmt: skip
    flag = pick(["i", "u", "u"], step)
    rows = in_file_order(enveloped(rows, part.window, days, cases.key[case] * 4 + step, flag))
    yield Delivered(rows, CODE, _faults())


def applications(part: Part) -> Cases:
    """Return who applies for the repair of which penalty, and what comes of it."""
    dice, penalties = part.dice, shown_decisions(part)
    key = pc.cast(penalties.texts[SERIAL], pa.int64()).to_numpy()
    applies = np.flatnonzero(dice.chance("repair.applies", key, REPAIR_SHARE))
    penalties, key = penalties.take(applies), key[applies]
    wait = np.where(_is_serious(penalties), SERIOUS_DAYS, GENERAL_DAYS)
    applied = penalties.days["CF_JDRQ"] + wait + dice.below("repair.delay", key, MOST_DELAY_DAYS)
    return Cases(
        penalties=penalties,
        key=key,
        applied=applied,
        # at most three and ten days, so at most as many working days
        taken_up=applied + 1 + dice.below("repair.taken_up", key, 3),
        closed=applied + 4 + dice.below("repair.closed", key, 7),
        is_refused=dice.chance("repair.refused", key, REFUSED_SHARE),
        is_rejected=dice.chance("repair.rejected", key, REJECTED_SHARE),
    )


def shown_decisions(part: Part) -> Rows:
    """Return the decisions about subjects of the city that are shown at all and were not withdrawn."""
    penalties = decisions(part)
    is_withdrawal = equal(penalties.texts[CHANGE], "d")
    is_withdrawn = is_withdrawal | np.append(is_withdrawal[1:], False)
    is_minor = flags(pc.match_substring_regex(penalties.texts["CF_CFLB"], MINOR_KINDS))
    is_minor |= equal(penalties.texts["CF_CFLB"], "罚款") & (_fine_wan(penalties) <= MINOR_WAN)
    kept = (penalties.subject != NOBODY) & ~penalties.is_after_end & ~is_withdrawn & ~is_minor
    return penalties.take(np.flatnonzero(kept))


def _is_serious(penalties: Rows) -> Flags:
    grave = flags(pc.match_substring_regex(penalties.texts["CF_CFLB"], SERIOUS_KINDS))
    serious: Flags = grave | (_fine_wan(penalties) >= SERIOUS_WAN)
    return serious


def _fine_wan(penalties: Rows) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return pc.cast(penalties.texts["CF_NR_FK"], pa.float64()).to_numpy(zero_copy_only=False)


def _texts(part: Part, cases: Cases, case: Ints, step: Ints) -> dict[str, Texts]:
    penalties, key = cases.penalties, cases.key[case]
    online = part.dice.chance("repair.online", key, ONLINE_SHARE)
    answer = either(cases.is_refused[case], "不予受理", "受理")
    outcome = either(cases.is_rejected[case], "不予修复", "准予修复")
    return {
        CODE: take(part.city.uscc, penalties.subject[case]),
        "名称": take(part.city.name, penalties.subject[case]),
        "修复申请编号": join("XF", numbers(key)),
        "失信信息类型": repeated("行政处罚", len(case)),
        "文号": take(penalties.texts["CF_WSH"], case),
        "认定机关": take(penalties.texts["CF_CFJG"], case),
        "申请渠道": either(online, "线上", "线下"),
        "受理结果": either(step >= TAKEN_UP, answer, ""),
        "修复结果": either(step == CLOSED, outcome, ""),
    }


def _days(cases: Cases, case: Ints, step: Ints) -> dict[str, Ints]:
    return {
        "申请日期": cases.applied[case],
        "受理日期": np.where(step >= TAKEN_UP, cases.taken_up[case], MISSING_DAY),
        "办结日期": np.where(step == CLOSED, cases.closed[case], MISSING_DAY),
    }


def _faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "名称"),
        missing_field("申请渠道"),
        unknown_value("失信信息类型", "黑名单"),
        future_date("申请日期"),
        end_before_start("受理日期", "申请日期", given("受理日期")),
        duplicate_row(),
        key_conflict("文号", lambda documents: join(documents, "之一")),
        late_step("late_acceptance", "受理日期", ("申请日期",), _is_taken_up_only),
        late_step("late_answer", "办结日期", ("申请日期", "受理日期"), _is_closed_under_the_order),
    )


def _is_taken_up_only(rows: Rows) -> Flags:
    return _under_the_order(rows) & given("受理日期")(rows) & ~given("办结日期")(rows)


def _is_closed_under_the_order(rows: Rows) -> Flags:
    return _under_the_order(rows) & given("办结日期")(rows)


def _under_the_order(rows: Rows) -> Flags:
    under: Flags = rows.days["申请日期"] - LATE_DAYS >= IN_FORCE
    return under

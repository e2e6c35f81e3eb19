"""Objections: to penalties that are shown, and to repairs that were not granted; and how far each has come.

An objection comes as up to three rows: it is raised (i), taken up, answered (u). Some are open when the window ends.
What an answer corrects comes, as in life, by the record's own feed; in this city it has not come yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Part
from creditlake.synthetic.faults import (
    Fault,
    Site,
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
from creditlake.synthetic.feeds.repair import applications, shown_decisions
from creditlake.synthetic.rng import Flags, Ints
from creditlake.synthetic.rows import CLEAN, PROVIDED, SERIAL, Rows, enveloped, in_file_order
from creditlake.synthetic.texts import MISSING_DAY, Texts, either, equal, join, numbers, pick, put, repeated, take

CODE = "统一社会信用代码"
RAISED, TAKEN_UP, CLOSED = range(3)
"""The steps of an objection, each a row of its own."""
SHARE, RESULT_SHARE, UNANSWERED_SHARE = 0.1, 0.2, 0.06
"""Of the penalties shown, of the repairs not granted, and of the objections that nobody answers."""
KINDS, KIND_WEIGHTS = ("信息内容", "公示期限"), (0.75, 0.25)
RESULT = "修复结果"
OUTCOMES, OUTCOME_WEIGHTS = ("维持", "更正", "撤销"), (0.6, 0.28, 0.12)
REVOKED = OUTCOMES.index("撤销")
MOST_DELAY_DAYS = 60
"""From the hand-over of a penalty, or the end of a repair, to the objection."""
NEVER = 1 << 30


@dataclass(frozen=True, slots=True)
class Objections:
    """Objections in no order: their penalties, a key to draw by, the days, what they are about and their outcome."""

    penalties: Rows
    key: Ints
    kind: Texts
    raised: Ints
    taken_up: Ints
    closed: Ints
    outcome: Ints

    def __len__(self) -> int:
        return len(self.key)


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the steps of the objections of one part of the city."""
    cases = _objections(part)
    case, step = np.repeat(np.arange(len(cases)), 3), np.tile([RAISED, TAKEN_UP, CLOSED], len(cases))
    days = np.stack([cases.raised, cases.taken_up, cases.closed], axis=1).ravel()
    known = np.flatnonzero(days <= part.window.last[-1])
    case, step, days = case[known], step[known], days[known]
    month = np.searchsorted(part.window.last, days)
    subject = cases.penalties.subject[case]
    rows = Rows(
        "objection", "cases", month, subject, np.full(len(case), CLEAN), _texts(part, cases, case, step),
        _days(cases, case, step),
    )  # fmt: skip
    flag = pick(["i", "u", "u"], step)
    rows = in_file_order(enveloped(rows, part.window, days, cases.key[case] * 4 + step, flag))
    yield Delivered(rows, CODE, _faults())


def _objections(part: Part) -> Objections:
    """Return who objects to what, and what comes of it."""
    dice, shown, repairs = part.dice, shown_decisions(part), applications(part)
    own = pc.cast(shown.texts[SERIAL], pa.int64()).to_numpy()
    to_penalty = np.flatnonzero(dice.chance("objection.raised", own, SHARE))
    not_granted = repairs.is_refused | repairs.is_rejected
    to_result = np.flatnonzero(not_granted & dice.chance("objection.result", repairs.key, RESULT_SHARE))
    # both are in the order of the penalties
    places = np.concatenate([to_penalty, np.flatnonzero(np.isin(own, repairs.key[to_result]))])
    is_about_result = np.arange(len(places)) >= len(to_penalty)
    ended = np.where(repairs.is_refused, repairs.taken_up, repairs.closed)[to_result]
    key = own[places] * 2 + is_about_result
    since = np.concatenate([shown.days[PROVIDED][to_penalty], ended])
    return _answered(part, shown.take(places), key, since, is_about_result)


def _answered(part: Part, penalties: Rows, key: Ints, since: Ints, is_about_result: Flags) -> Objections:
    dice = part.dice
    raised = since + 1 + dice.below("objection.delay", key, MOST_DELAY_DAYS)
    outcome = dice.pick("objection.outcome", key, OUTCOME_WEIGHTS)
    unanswered = dice.chance("objection.unanswered", key, UNANSWERED_SHARE)
    return Objections(
        penalties=penalties,
        key=key,
        kind=either(is_about_result, RESULT, pick(KINDS, dice.pick("objection.kind", key, KIND_WEIGHTS))),
        raised=raised,
        # at most two and ten days, so at most as many working days; two rows of one day would be a conflict
        taken_up=raised + 1 + dice.below("objection.taken_up", key, 2),
        closed=np.where(unanswered, NEVER, raised + 3 + dice.below("objection.closed", key, 8)),
        # what a case of repair ended in may be corrected; what is revoked is a record
        outcome=np.where(is_about_result & (outcome == REVOKED), 0, outcome),
    )


def _texts(part: Part, cases: Objections, case: Ints, step: Ints) -> dict[str, Texts]:
    penalties = cases.penalties
    return {
        CODE: take(part.city.uscc, penalties.subject[case]),
        "名称": take(part.city.name, penalties.subject[case]),
        "异议编号": join("YY", numbers(cases.key[case])),
        "失信信息类型": repeated("行政处罚", len(case)),
        "文号": take(penalties.texts["CF_WSH"], case),
        "认定机关": take(penalties.texts["CF_CFJG"], case),
        "异议类型": take(cases.kind, case),
        "处理结果": either(step == CLOSED, pick(OUTCOMES, cases.outcome[case]), ""),
    }


def _days(cases: Objections, case: Ints, step: Ints) -> dict[str, Ints]:
    return {
        "提出日期": cases.raised[case],
        "受理日期": np.where(step >= TAKEN_UP, cases.taken_up[case], MISSING_DAY),
        "办结日期": np.where(step == CLOSED, cases.closed[case], MISSING_DAY),
    }


def _faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "名称"),
        missing_field("异议类型"),
        unknown_value("失信信息类型", "黑名单"),
        future_date("提出日期"),
        end_before_start("受理日期", "提出日期", given("受理日期")),
        Fault("repair_result_revoked", "quarantined", ("order.处理结果",), _about_the_result, _is_revoked),
        duplicate_row(),
        key_conflict("文号", lambda documents: join(documents, "之一")),
        late_step("late_acceptance", "受理日期", ("提出日期",), _is_taken_up_only),
        late_step("late_answer", "办结日期", ("提出日期", "受理日期"), given("办结日期")),
    )


def _is_taken_up_only(rows: Rows) -> Flags:
    return given("受理日期")(rows) & ~given("办结日期")(rows)


def _is_revoked(rows: Rows) -> Flags:
    return equal(rows.texts["处理结果"], "撤销")


def _about_the_result(rows: Rows, places: Ints, _: Site) -> Rows:
    """An objection to the outcome of a repair revokes the record itself."""
    return rows.changed({"异议类型": put(rows.texts["异议类型"], places, repeated(RESULT, len(places)))})

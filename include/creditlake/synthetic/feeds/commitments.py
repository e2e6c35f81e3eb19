"""Commitments of subjects and what became of them: one row (i) when made, a second one (u) once it is determined.

Who keeps them follows the hidden compliance.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Events, Part, happenings, offices
from creditlake.synthetic.faults import (
    Fault,
    code_faults,
    duplicate_row,
    end_before_start,
    future_date,
    given,
    key_conflict,
    missing_field,
    unknown_value,
)
from creditlake.synthetic.places import Bureau
from creditlake.synthetic.rng import Ints
from creditlake.synthetic.rows import CLEAN, Rows, enveloped, in_file_order
from creditlake.synthetic.texts import MISSING_DAY, Texts, days, either, join, padded, pick, repeated, take

CODE = "承诺人代码"
MADE, DETERMINED = range(2)
"""The steps of a commitment, each a row of its own."""
RATE = 0.03
"""Commitments of a subject a month."""
KINDS = {
    "主动型": 0.5,
    "审批替代型": 0.25,
    "容缺受理型": 0.1,
    "证明事项型": 0.05,
    "行业自律型": 0.06,
    "信用修复型": 0.04,
}
MATTERS = (
    "守法诚信经营",
    "申请办理食品经营许可证",
    "申请办理许可延续",
    "申请证明事项",
    "加入行业自律公约",
    "申请信用修复",
)
STATES = ("全部履行", "部分履行", "全部未履行")
KEPT, PARTLY, BROKEN = range(3)
DETERMINED_SHARE, BROKEN_SHARE = 0.6, 0.04
"""Commitments whose fulfilment is determined at all; of these, not wholly kept ones at middling compliance."""
LEAST_DAYS, MOST_MORE_DAYS, VALID_DAYS = 30, 150, 365
"""From the commitment to its determination, and how long it holds."""
LAG_DAYS = 2
"""From the determination to its hand-over."""
MARKET = Bureau("市场监督管理局", 53)
AREA = "150100"
PART_SERIALS = 10_000
"""Serial numbers of a day that a part of the city may use; six digits hold a hundred parts."""


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the commitments of one part of the city and their fulfilment."""
    dice, events = part.dice, happenings(part, "commitments", np.full(len(part.city), RATE), most=6)
    provided, made = part.window.handed_over(dice, "commitments", events.key, events.month)
    determined = made + LEAST_DAYS + dice.below("commitments.wait", events.key, MOST_MORE_DAYS)
    is_determined = dice.chance("commitments.determined", events.key, DETERMINED_SHARE)
    pledge, step = np.repeat(np.arange(len(events)), 2), np.tile([MADE, DETERMINED], len(events))
    handed = np.stack([provided, determined + LAG_DAYS], axis=1).ravel()
    known = np.flatnonzero((handed <= part.window.last[-1]) & ((step == MADE) | is_determined[pledge]))
    pledge, step, handed = pledge[known], step[known], handed[known]
    texts = _told(_texts(part, events, made), _states(part, events), pledge, step)
    columns = {
        "承诺作出日期": made[pledge],
        "承诺有效期": made[pledge] + VALID_DAYS,
        "承诺履行状态认定日期": np.where(step == DETERMINED, determined[pledge], MISSING_DAY),
    }
    rows = Rows(
        "commitments", "pledges", np.searchsorted(part.window.last, handed), events.subject[pledge],
        np.full(len(pledge), CLEAN), texts, columns, is_after_end=events.is_after_end[pledge],
    )  # fmt: skip
    rows = in_file_order(enveloped(rows, part.window, handed, events.key[pledge] * 2 + step, pick(["i", "u"], step)))
    yield Delivered(rows, CODE, _faults())


def _states(part: Part, events: Events) -> Ints:
    """Return how far each commitment is kept."""
    odds = np.minimum(BROKEN_SHARE * np.exp(-0.9 * part.city.compliance), 0.9)[events.subject]
    fails = part.dice.chance("commitments.fails", events.key, odds)
    worse = part.dice.chance("commitments.worse", events.key, 0.5)
    return np.where(fails, np.where(worse, BROKEN, PARTLY), KEPT)


def _told(texts: dict[str, Texts], state: Ints, pledge: Ints, step: Ints) -> dict[str, Texts]:
    """Return the columns of the rows: fulfilment only once it is determined, reasons only where it fails."""
    told = {name: take(column, pledge) for name, column in texts.items()}
    is_told = step == DETERMINED
    fails = is_told & (state[pledge] != KEPT)
    return told | {
        "承诺履行状态": either(is_told, pick(STATES, state[pledge]), ""),
        "未履行的承诺内容": either(fails, "未在期限内达到承诺的条件", ""),
        "违诺责任追究内容": either(fails, "责令限期改正并记入信用记录", ""),
        "承诺履行状态认定单位": either(is_told, told["承诺受理单位"], ""),
    }


def _serials(part: Part, made: Ints) -> Ints:
    """Return numbers that no two commitments of one day share."""
    order = np.argsort(made, kind="stable")
    ordered = made[order]
    rank = np.empty(len(made), np.int64)
    rank[order] = np.arange(len(made)) - np.searchsorted(ordered, ordered)
    return part.number * PART_SERIALS + rank


def _texts(part: Part, events: Events, made: Ints) -> dict[str, Texts]:
    kind = part.dice.pick("commitments.kind", events.key, list(KINDS.values()))
    return {
        "承诺编码": join(AREA, days(made, ""), padded(_serials(part, made), 6)),
        "承诺人名称": take(part.city.name, events.subject),
        "承诺人类别": repeated("法人及非法人组织", len(events)),
        CODE: take(part.city.uscc, events.subject),
        "承诺类型": pick(list(KINDS), kind),
        "承诺事由": pick(MATTERS, kind),
        "承诺内容": repeated("所提交的材料真实有效且达到规定的条件", len(events)),
        "违诺责任": repeated("违诺的记入信用记录并依法承担责任", len(events)),
        "承诺受理单位": MARKET.names(offices(part, "commitments", events)),
        "公开类型": repeated("可向社会公开", len(events)),
    }


def _faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "承诺人名称"),
        missing_field("违诺责任"),
        unknown_value("承诺类型", "口头承诺"),
        future_date("承诺作出日期"),
        end_before_start("承诺有效期", "承诺作出日期"),
        end_before_start("承诺履行状态认定日期", "承诺作出日期", given("承诺履行状态认定日期")),
        duplicate_row(),
        key_conflict("承诺内容", lambda contents: join(contents, "等")),
    )

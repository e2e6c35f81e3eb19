"""List entries and their exits: seriously dishonest subjects, sectors' special attention, and red lists.

Who is listed for what follows the hidden compliance. An entry comes as one row (i), its exit as a second one (u).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

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
from creditlake.synthetic.texts import MISSING_DAY, Texts, either, join, numbers, pick, put, repeated, take

CODE = "统一社会信用代码"
ENTRY, EXIT = range(2)
"""The steps of a listing, each a row of its own."""
ADVERSE_RATE, RED_RATE = 0.0009, 0.0022
"""Listings of a subject a month at middling compliance."""
EXIT_SHARE = 0.3
LEAST_DAYS, MOST_MORE_DAYS = 45, 240
"""From the entry to its exit."""
EXIT_LAG_DAYS = 2
"""From the exit to its hand-over."""


@dataclass(frozen=True, slots=True)
class List:
    """A list: who keeps it, how its documents are called, the law an entry rests on, why one leaves it, its share."""

    title: str
    bureau: Bureau
    mark: str
    law: str
    exit_reason: str
    years: int
    share: float


COURT, SAFETY, CULTURE = Bureau("人民法院", 50), Bureau("应急管理局", 51), Bureau("文化旅游局", 52)
MARKET, HOUSING, CUSTOMS = Bureau("市场监督管理局", 53), Bureau("住房和城乡建设局", 54), Bureau("海关", 55)
ADVERSE = (
    List("失信被执行人", COURT, "执", "法释〔2017〕7号第一条", "履行完毕", 2, 0.45),
    List("市场监督管理严重违法失信名单", MARKET, "市监失信", "市场监管总局令第44号第五条", "信用修复", 3, 0.2),
    List("安全生产严重失信主体名单", SAFETY, "应急失信", "应急管理部令第11号第六条", "信用修复", 3, 0.08),
    List("文化和旅游市场严重失信主体", CULTURE, "文旅失信", "文化和旅游部令第7号第十三条", "信用修复", 3, 0.05),
    List("行业重点关注名单", HOUSING, "建关注", "建筑市场信用管理暂行办法第十四条", "整改完成", 1, 0.22),
)
RED = (
    List("海关高级认证企业", CUSTOMS, "关认证", "海关总署令第251号第十四条", "认证失效", 5, 0.35),
    List("守合同重信用企业", MARKET, "市监守信", "守合同重信用企业公示办法", "撤销公示", 2, 0.65),
)


LISTS = ADVERSE + RED


@dataclass(frozen=True, slots=True)
class Listings:
    """Listings in no order: whom they are about, the days, and the columns that both rows of one share."""

    events: Events
    entered: Ints
    provided: Ints
    exited: Ints
    until: Ints
    texts: Mapping[str, Texts]


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the entries and exits of one part of the city."""
    made = _listings(part)
    count = len(made.events)
    listing, step = np.repeat(np.arange(count), 2), np.tile([ENTRY, EXIT], count)
    days = np.stack([made.provided, made.exited + EXIT_LAG_DAYS], axis=1).ravel()
    known = np.flatnonzero(days <= part.window.last[-1])
    listing, step, days = listing[known], step[known], days[known]
    texts = {name: take(column, listing) for name, column in made.texts.items()}
    for name in ("移出原因", "移出决定机关"):
        texts[name] = either(step == EXIT, texts[name], "")
    columns = {
        "列入日期": made.entered[listing],
        "公示截止日期": made.until[listing],
        "移出日期": np.where(step == EXIT, made.exited[listing], MISSING_DAY),
    }
    rows = Rows(
        "lists", "entries", np.searchsorted(part.window.last, days), made.events.subject[listing],
        np.full(len(listing), CLEAN), texts, columns, is_after_end=made.events.is_after_end[listing],
    )  # fmt: skip
    flag = pick(["i", "u"], step)
    rows = in_file_order(enveloped(rows, part.window, days, made.events.key[listing] * 2 + step, flag))
    yield Delivered(rows, CODE, _faults())


def _listings(part: Part) -> Listings:
    """Return who comes on which list and when, and when some leave it."""
    dice, compliance = part.dice, part.city.compliance
    bad, good = ADVERSE_RATE * np.exp(-0.9 * compliance), RED_RATE * np.exp(0.9 * compliance)
    events = happenings(part, "lists", bad + good, most=3)
    is_red = dice.chance("lists.red", events.key, (good / (bad + good))[events.subject])
    adverse = dice.pick("lists.adverse", events.key, [one.share for one in ADVERSE])
    which = np.where(is_red, len(ADVERSE) + dice.pick("lists.honour", events.key, [one.share for one in RED]), adverse)
    provided, entered = part.window.handed_over(dice, "lists", events.key, events.month)
    exited = provided + LEAST_DAYS + dice.below("lists.stay", events.key, MOST_MORE_DAYS)
    leaves = dice.chance("lists.exit", events.key, EXIT_SHARE)
    return Listings(
        events=events,
        entered=entered,
        provided=provided,
        exited=np.where(leaves, exited, part.window.last[-1]),
        until=entered + 365 * np.array([one.years for one in LISTS])[which],
        texts=_texts(part, events, which),
    )


def _texts(part: Part, events: Events, which: Ints) -> dict[str, Texts]:
    years = pick([str(year) for year in part.window.years], events.month)
    office = offices(part, "lists", events)
    authority = repeated("", len(events))
    for number, one in enumerate(LISTS):
        places = np.flatnonzero(which == number)
        authority = put(authority, places, one.bureau.names(office[places]))
    return {
        CODE: take(part.city.uscc, events.subject),
        "名称": take(part.city.name, events.subject),
        "名单类型": pick([one.title for one in LISTS], which),
        "认定部门": authority,
        "认定文号": join("呼", pick([one.mark for one in LISTS], which), "〔", years, "〕", numbers(events.key), "号"),
        "认定依据": pick([one.law for one in LISTS], which),
        "移出原因": pick([one.exit_reason for one in LISTS], which),
        "移出决定机关": authority,
    }


def _faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "名称"),
        missing_field("认定依据"),
        unknown_value("名单类型", "不文明养犬名单"),
        future_date("列入日期"),
        end_before_start("公示截止日期", "列入日期"),
        # what is said to have ended so early is reported late as well
        replace(end_before_start("移出日期", "列入日期", given("移出日期")), rules=("order.移出日期", "late.移出日期")),
        duplicate_row(),
        key_conflict("认定依据", lambda laws: join(laws, "等")),
    )

"""The register of businesses and the list of abnormal operations.

The first file holds the whole register, handed over without 核准日期: the reporting term of old entries is long past.
Later files hold what changed: new subjects (i), changes and closings (u), a few entries made by mistake (d). A row
that goes to quarantine belongs to a subject that is in no other file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from creditlake.synthetic import names
from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Events, Part, codes_and_names, happenings, identities, offices
from creditlake.synthetic.faults import (
    Fault,
    Site,
    code_faults,
    duplicate_row,
    end_before_start,
    future_date,
    key_conflict,
    late_report,
    missing_field,
    unknown_value,
)
from creditlake.synthetic.places import CITY, DISTRICTS, ROADS, Bureau
from creditlake.synthetic.population import ENTERPRISE, HOUSEHOLD, NEVER, STOCK
from creditlake.synthetic.rng import Flags, Ints
from creditlake.synthetic.rows import (
    CHANGE,
    CLEAN,
    FORMER_NAME,
    NAME,
    PROVIDED,
    UNKNOWN,
    Rows,
    enveloped,
    in_file_order,
)
from creditlake.synthetic.texts import (
    MISSING_DAY,
    Texts,
    either,
    equal,
    flags,
    join,
    numbers,
    pick,
    put,
    repeated,
    take,
)

MARKET = Bureau("市场监督管理局", 1)
ACTIVE_WORDS, ACTIVE_SHARES = ("存续", "在业", "开业", "K", "", "歇业"), (72, 8, 4, 6, 9, 1)
ENDED_WORDS, ENDED_SHARES = ("注销", "吊销未注销", "吊销已注销", "撤销", "迁出"), (86, 7, 3, 2, 2)
CAPITALS_WAN = (3, 5, 10, 20, 30, 50, 80, 100, 200, 300, 500, 600, 800, 1000, 2000, 5000, 10000)
CAPITAL_UNITS = (
    "(万)", "(万人民币元)", "万元人民币", "万人民币", "(万元人民币)", "万人民币元", "万元", "0000(人民币元)",
    "(万美元)", "(万港元)", "(万欧元)",
)  # fmt: skip
CAPITAL_SHARES = (24, 26, 12, 9, 8, 8, 8, 4, 0.5, 0.3, 0.2)
REASONS = (
    "通过登记的住所或者经营场所无法联系", "未依照规定期限公示年度报告", "公示企业信息隐瞒真实情况、弄虚作假",
)  # fmt: skip
REMOVALS = ("补报年度报告并公示", "办理住所变更登记或者恢复联系", "更正公示信息")


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the register and the abnormal list of one part of the city."""
    yield _register(part)
    yield _abnormal(part)


def _register(part: Part) -> Delivered:
    subject, month, what = _changes(part)
    city, window, dice = part.city, part.window, part.dice
    keys = city.keys[subject] * 8 + what
    provided, decided = window.handed_over(dice, "register", keys, month)
    is_new = what == NEW
    founded = np.where(is_new[np.searchsorted(subject, subject)], decided[np.searchsorted(subject, subject)], 0)
    founded = np.where(founded == 0, window.first[0] - 60 - city.age_days[subject], founded)
    decided = np.where(what == STOCKED, MISSING_DAY, np.where(what == WITHDRAWN, provided - 1, decided))
    columns = _of_subjects(part, subject)
    columns["登记状态"] = _statuses(part, subject, what)
    columns["注册资金"] = _capitals(part, subject, what)
    columns["登记机关"] = MARKET.names(city.office[subject])
    rows = Rows(
        "registration", "subjects", month, subject, np.full(len(subject), CLEAN), columns,
        {"注册日期": founded, "核准日期": decided}, "核准日期",
    )  # fmt: skip
    change = pick(["i", "i", "u", "u", "d"], what)
    rows = in_file_order(enveloped(rows, window, provided, keys, change))
    alone = np.bincount(subject, minlength=len(city)) == 1
    may_break = city.is_quiet[rows.subject] & alone[rows.subject]
    return Delivered(rows, "统一社会信用代码", _register_faults(), may_break, "register")


STOCKED, NEW, CHANGED, CLOSED, WITHDRAWN = range(5)


def _changes(part: Part) -> tuple[Ints, Ints, Ints]:
    """Return subject, month and kind of every register row, a subject's rows together and in order of time."""
    city, last = part.city, len(part.window) - 1
    everyone = np.arange(len(city))
    first = np.where(city.opened == STOCK, STOCKED, NEW)
    begin = np.maximum(city.opened, 0)
    changed = begin + 1 + part.dice.below("change.month", city.keys, max(last, 1))
    may_change = part.dice.chance("change", city.keys, min(0.008 * last, 0.5)) & ~city.is_quiet
    changes = np.flatnonzero(may_change & (changed < np.minimum(city.closed - 3, last + 1)) & (city.closed != STOCK))
    closings = np.flatnonzero((city.closed >= 0) & (city.closed < NEVER) & ~city.is_quiet)
    withdrawn = city.is_quiet & part.dice.chance("withdrawn", city.keys, 0.1) & (begin < last)
    mistakes = np.flatnonzero(withdrawn)
    subject = np.concatenate([everyone, changes, closings, mistakes])
    month = np.concatenate([begin, changed[changes], city.closed[closings], begin[mistakes] + 1])
    kinds = [first, *(np.full(len(some), kind) for some, kind in ((changes, CHANGED), (closings, CLOSED)))]
    what = np.concatenate([*kinds, np.full(len(mistakes), WITHDRAWN)])
    order = np.lexsort((month, subject))
    return subject[order], month[order], what[order]


def _of_subjects(part: Part, subject: Ints) -> dict[str, Texts]:
    """Return the columns that are the same in every row of a subject."""
    city, dice = part.city, part.dice
    keys = city.keys
    is_company, is_household = city.kind == ENTERPRISE, city.kind == HOUSEHOLD
    trades = [names.ENTERPRISE_TRADES, names.HOUSEHOLD_TRADES, names.COOPERATIVE_TRADES]
    offsets = np.cumsum([0, *(len(some) for some in trades[:-1])])[city.kind] + city.trade
    every = [trade for some in trades for trade in some]
    kinds = either(is_household, "个体工商户", "农民专业合作社")
    kinds = either(is_company, pick([kind for _, kind, _ in names.FORMS], city.form), kinds)
    columns = {
        "企业名称": city.name,
        "统一社会信用代码": city.uscc,
        "企业类型": either(dice.chance("typed", keys, 0.5), kinds, "N/A"),
        "经营范围": pick([trade.scope for trade in every], offsets),
        "所在省份": repeated("内蒙古", len(city)),
        "地区": repeated("呼和浩特", len(city)),
        "注册地址": _addresses(part),
        "行业代码": either(dice.chance("classified", keys, 0.92), pick([trade.code for trade in every], offsets), ""),
        "注册号": city.registration_no,
        "曾用名": city.former_name,
        "法定代表人": either(dice.chance("represented", keys, 0.73), names.persons(dice, "legal", keys), "N/A"),
    }
    return {name: take(column, subject) for name, column in columns.items()}


def _addresses(part: Part) -> Texts:
    """Return addresses: 3 in 100 say no district, 14 in 100 write their numbers in full width."""
    keys, dice = part.city.keys, part.dice
    silent = dice.chance("address.silent", keys, 0.03)
    district = either(silent, "", pick([one.words for one in DISTRICTS], part.city.district))
    number = join(numbers(1 + dice.below("address.number", keys, 400)), "号")
    room = join(
        numbers(1 + dice.below("address.house", keys, 30)), "号楼", numbers(101 + dice.below("room", keys, 2400))
    )
    number = either(dice.chance("address.long", keys, 0.6), join(number, room, "室"), number)
    wide = number
    for half, full in zip("0123456789", "０１２３４５６７８９", strict=True):
        wide = pc.replace_substring(wide, half, full)
    number = either(dice.chance("address.wide", keys, 0.14), wide, number)
    front = either(dice.chance("address.region", keys, 0.3), f"内蒙古自治区{CITY}", CITY)
    return join(front, district, pick(ROADS, dice.below("address.road", keys, len(ROADS))), number)


def _statuses(part: Part, subject: Ints, what: Ints) -> Texts:
    keys = part.city.keys[subject]
    ended = (what == CLOSED) | ((what == STOCKED) & (part.city.closed[subject] == STOCK))
    active = pick(ACTIVE_WORDS, part.dice.pick("status", keys, ACTIVE_SHARES))
    return either(ended, pick(ENDED_WORDS, part.dice.pick("ending", keys, ENDED_SHARES)), active)


def _capitals(part: Part, subject: Ints, what: Ints) -> Texts:
    """Return the registered capital as the register writes it: 17 in 100 give none; a change raises it."""
    keys, dice = part.city.keys[subject], part.dice
    is_company = part.city.kind[subject] == ENTERPRISE
    level = np.where(is_company, 8.0, 2.0) + 0.8 * part.city.strength[subject] + 2.5 * dice.normal("capital", keys)
    place = np.clip(level.astype(np.int64) + (what >= CHANGED), 0, len(CAPITALS_WAN) - 1)
    unit = pick(CAPITAL_UNITS, dice.pick("capital.unit", keys, CAPITAL_SHARES))
    text = join(pick([str(amount) for amount in CAPITALS_WAN], place), unit)
    return either(dice.chance("capital.given", keys, 0.83), text, "N/A")


def _register_faults() -> tuple[Fault, ...]:
    code = "统一社会信用代码"
    return (
        *code_faults(code, "企业名称"),
        missing_field("注册地址"),
        unknown_value("登记状态", "营业"),
        future_date("注册日期"),
        Fault("end_before_start", "quarantined", ("order.核准日期",), _approved_before_founded),
        Fault("wrong_registration_no", "quarantined", ("check_digit.注册号",), _longer_number),
        key_conflict("经营范围", lambda scopes: join(scopes, "（以审批为准）")),
        duplicate_row(),
        late_report("核准日期", _is_plain_change),
    )


def _is_plain_change(rows: Rows) -> Flags:
    """Changes of active subjects founded long before: their approval may lie weeks earlier."""
    is_change = equal(rows.texts[CHANGE], "u")
    is_ended = flags(pc.is_in(rows.texts["登记状态"], pa.array(ENDED_WORDS)))
    old: Flags = rows.days["注册日期"] < rows.days[PROVIDED] - 60
    return old & is_change & ~is_ended


def _approved_before_founded(rows: Rows, places: Ints, _: Site) -> Rows:
    founded, decided = rows.days["注册日期"].copy(), rows.days["核准日期"].copy()
    founded[places], decided[places] = rows.days[PROVIDED][places] - 1, rows.days[PROVIDED][places] - 3
    return rows.changed(days={"注册日期": founded, "核准日期": decided})


def _longer_number(rows: Rows, places: Ints, _: Site) -> Rows:
    return rows.changed({"注册号": put(rows.texts["注册号"], places, repeated("1599990000000000", len(places)))})


def _abnormal(part: Part) -> Delivered:
    """Entries of the list, at most one a subject; a third is removed later, in a row of its own."""
    city, dice, window = part.city, part.dice, part.window
    rate = 0.0030 * np.exp(-1.0 * city.compliance)
    events = happenings(part, "abnormal", rate, most=1)
    identity, subject = identities(part, "abnormal", events, {NAME: 0.02, FORMER_NAME: 0.03, UNKNOWN: 0.01})
    code, name = codes_and_names(part, identity, events)
    office = MARKET.names(offices(part, "abnormal", events, 0.05))
    provided, listed = window.handed_over(dice, "abnormal", events.key, events.month)
    blank = repeated("", len(events))
    columns = {
        "统一社会信用代码": code,
        "企业名称": name,
        "列入原因": pick(REASONS, dice.pick("abnormal.reason", events.key, [60, 35, 5])),
        "作出决定机关(列入)": office,
        "移出原因": blank,
        "作出决定机关(移出)": blank,
    }
    none = np.full(len(events), MISSING_DAY)
    rows = Rows(
        "registration", "abnormal", events.month, subject, identity, columns,
        {"列入日期": listed, "移出日期": none}, "列入日期", is_after_end=events.is_after_end,
    )  # fmt: skip
    rows = in_file_order(_with_removals(part, events, enveloped(rows, window, provided, events.key)))
    return Delivered(rows, "统一社会信用代码", _abnormal_faults())


def _with_removals(part: Part, events: Events, rows: Rows) -> Rows:
    dice, window = part.dice, part.window
    later = rows.month + 1 + dice.below("abnormal.until", events.key, 6)
    removed = dice.chance("abnormal.removed", events.key, 0.35) & (later < len(window)) & ~events.is_after_end
    removed &= rows.identity == CLEAN
    places = np.flatnonzero(removed)
    order = np.concatenate([np.arange(len(rows)), places])
    made = rows.take(order)
    second = np.arange(len(rows), len(order))
    provided, taken_off = window.handed_over(dice, "abnormal.removal", events.key[places], later[places])
    reason = pick(REMOVALS, dice.below("abnormal.removal", events.key[places], len(REMOVALS)))
    agency = take(rows.texts["作出决定机关(列入)"], places)
    texts = {
        "移出原因": put(made.texts["移出原因"], second, reason),
        "作出决定机关(移出)": put(made.texts["作出决定机关(移出)"], second, agency),
        CHANGE: put(made.texts[CHANGE], second, repeated("u", len(second))),
    }
    days = {name: column.copy() for name, column in made.days.items()}
    days[PROVIDED][second], days["移出日期"][second] = provided, taken_off
    month = made.month.copy()
    month[second] = later[places]
    return replace(made.changed(texts, days), month=month)


def _is_listing(rows: Rows) -> Flags:
    """Rows that tell of a listing: a removal is late by its own day."""
    listing: Flags = rows.days["移出日期"] == MISSING_DAY
    return listing


def _abnormal_faults() -> tuple[Fault, ...]:
    return (
        *code_faults("统一社会信用代码", "企业名称"),
        missing_field("列入原因"),
        future_date("列入日期"),
        end_before_start("移出日期", "列入日期"),
        duplicate_row(),
        key_conflict("列入原因", lambda reasons: join(reasons, "（二）")),
        late_report("列入日期", _is_listing),
        unknown_value(CHANGE, "x"),
    )

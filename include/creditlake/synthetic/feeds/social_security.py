"""Social security: monthly head counts, arrears of contributions, and the list of wage arrears.

A head count always carries the unified code. The file of a month holds that month; the first one also the month
before, so that a year of files lets a change over twelve months be seen.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Events, Part, active_months, codes_and_names, happenings, identities, offices
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
from creditlake.synthetic.places import Bureau
from creditlake.synthetic.rng import Flags, Ints
from creditlake.synthetic.rows import CHANGE, CLEAN, FORMER_NAME, NAME, UNKNOWN, Rows, enveloped, in_file_order
from creditlake.synthetic.texts import join, numbers, padded, pick, put, repeated, take, yuan

CENTRE = Bureau("社会保险事业服务中心", 30)
LABOUR = Bureau("人力资源和社会保障局", 31)
CODE = "统一社会信用代码"
INSURED_SHARES = (0.60, 0.08, 0.25)
"""Of enterprises, households and cooperatives."""


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield head counts, arrears and the wage list of one part of the city."""
    yield _headcounts(part)
    yield _arrears(part)
    yield _wage_list(part)


def _is_insured(part: Part) -> Flags:
    return part.dice.chance("insured", part.city.keys, np.array(INSURED_SHARES)[part.city.kind])


def _headcounts(part: Part) -> Delivered:
    city, window = part.city, part.window
    first, last = active_months(part)
    insured = np.flatnonzero(_is_insured(part) & (last >= first))
    files = np.concatenate([[0], np.arange(len(window))])
    is_back = np.arange(len(files)) == 0
    subject, file = np.tile(insured, len(files)), np.repeat(np.arange(len(files)), len(insured))
    month, back = files[file], is_back[file]
    inside = (month >= first[subject]) & (month <= last[subject])
    subject, month, back = subject[inside], month[inside], back[inside]
    period = window.years[month] * 12 + window.numbers[month] - 1 - back
    key = city.keys[subject] * 1024 + month * 2 + back
    size = np.exp(1.3 + 0.45 * city.strength + 0.8 * part.dice.normal("staff", city.keys))
    pace = 0.16 * city.compliance + 0.12 * part.dice.normal("staff.pace", city.keys)
    staff = np.maximum(1, np.rint(size[subject] * np.exp(pace[subject] * (month - back) / 12))).astype(np.int64)
    provided = window.last[month] - part.dice.below(
        "headcount.provided", key, np.minimum(8, window.last - window.first + 1)[month]
    )
    columns = {
        CODE: take(city.uscc, subject),
        "单位编码": take(join("15", padded(city.keys, 9)), subject),
        "单位名称": take(city.name, subject),
        "应收年月": numbers(period // 12 * 100 + period % 12 + 1),
        "月参保总人数": numbers(np.minimum(staff, 50_000)),
    }
    rows = Rows("social_security", "headcounts", month, subject, np.full(len(month), CLEAN), columns, {})
    rows = enveloped(rows, window, provided, key)
    return Delivered(rows, CODE, _headcount_faults(), role="plain")


def _arrears(part: Part) -> Delivered:
    """Debts as each month's statement gives them, from the first month unpaid until the one that is paid."""
    events, ordinal, length = _debts(part)
    debt = Events(events.subject, events.month, events.key // 64, events.is_after_end)
    identity, subject = identities(part, "social_arrears", debt, {NAME: 0.02, FORMER_NAME: 0.03, UNKNOWN: 0.01})
    code, name = codes_and_names(part, identity, debt)
    provided, decided = part.window.handed_over(part.dice, "social_arrears", events.key, events.month)
    is_paid = ordinal == length
    monthly = np.exp(8.1 + 0.7 * part.dice.normal("social_arrears.amount", debt.key)).astype(np.int64)
    closing = part.window.month_before(events.month)
    opening = closing.astype("datetime64[D]").astype("datetime64[M]") - ordinal
    columns = {
        CODE: code,
        "机构全称": name,
        "欠缴金额合计（元）": yuan(np.where(is_paid, 0, monthly * (ordinal + 1)) * 100),
        "是否补缴": pick(["否", "是"], is_paid.astype(np.int64)),
        "经办机关全称": CENTRE.names(offices(part, "social_arrears", debt)),
    }
    days = {
        "欠缴统计开始日期": opening.astype("datetime64[D]").astype(np.int64),
        "欠缴统计截止日期": closing,
        "认定日期": decided,
    }
    rows = Rows(
        "social_security", "arrears", events.month, subject, identity, columns, days, "认定日期", "-",
        events.is_after_end,
    )  # fmt: skip
    rows = in_file_order(enveloped(rows, part.window, provided, events.key))
    return Delivered(rows, CODE, _arrears_faults())


def _debts(part: Part) -> tuple[Events, Ints, Ints]:
    """Return the statements, how many months each counts before itself, and the months until its debt is paid."""
    rate = np.where(_is_insured(part), 0.0045 * np.exp(-1.1 * part.city.compliance), 0.0)
    spells = happenings(part, "social_debt", rate, most=1)
    wait = np.log1p(-part.dice.uniform("social_debt.length", spells.key)) / np.log(0.75)
    length = np.minimum(1 + wait.astype(np.int64), 12)
    counts = length + 1
    ordinal = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    spell = np.repeat(np.arange(len(spells)), counts)
    month = spells.month[spell] + ordinal
    _, last = active_months(part)
    until = np.where(spells.is_after_end, len(part.window) - 1, last[spells.subject])[spell]
    kept = month <= until
    spell, ordinal, month = spell[kept], ordinal[kept], month[kept]
    events = Events(spells.subject[spell], month, spells.key[spell] * 64 + ordinal, spells.is_after_end[spell])
    return events, ordinal, length[spell]


def _wage_list(part: Part) -> Delivered:
    rate = np.where(part.city.is_enterprise, 0.0006, 0.0001) * np.exp(-1.0 * part.city.compliance)
    events = happenings(part, "wages", rate, most=1)
    identity, subject = identities(part, "wages", events, {NAME: 0.02, UNKNOWN: 0.01})
    code, name = codes_and_names(part, identity, events)
    provided, confirmed = part.window.handed_over(part.dice, "wages", events.key, events.month)
    years = pick([str(year) for year in part.window.years], events.month)
    workers = numbers(5 + part.dice.below("wages.workers", events.key, 90))
    columns = {
        CODE: code,
        "名称": name,
        "认定依据": repeated("人力资源社会保障部令第45号第五条", len(events)),
        "认定部门": LABOUR.names(offices(part, "wages", events, 0.3)),
        "认定文号": join("呼人社失信〔", years, "〕", numbers(events.key), "号"),
        "违法失信行为事实": join("拖欠", workers, "名农民工工资，经责令限期支付逾期未支付"),
    }
    days = {"确认严重失信日期": confirmed, "公示截止日期": confirmed + 1095}
    rows = Rows(
        "social_security", "wage_arrears_list", events.month, subject, identity, columns, days, "确认严重失信日期",
        "-", events.is_after_end,
    )  # fmt: skip
    rows = in_file_order(enveloped(rows, part.window, provided, events.key))
    return Delivered(rows, CODE, _wage_list_faults())


def _headcount_faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "单位名称"),
        missing_field("月参保总人数"),
        Fault("future_date", "quarantined", ("not_future.应收年月",), _future_period),
        duplicate_row(),
        key_conflict("月参保总人数", lambda counts: join("1", counts)),
        unknown_value(CHANGE, "x"),
    )


def _future_period(rows: Rows, places: Ints, site: Site) -> Rows:
    years = pick([str(year + 1) for year in site.window.years], rows.month[places])
    return rows.changed({"应收年月": put(rows.texts["应收年月"], places, join(years, "12"))})


def _arrears_faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "机构全称"),
        missing_field("经办机关全称"),
        unknown_value("是否补缴", "未知"),
        future_date("认定日期"),
        end_before_start("欠缴统计截止日期", "欠缴统计开始日期"),
        duplicate_row(),
        key_conflict("欠缴金额合计（元）", lambda amounts: join("1", amounts)),
        late_report("认定日期"),
    )


def _wage_list_faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "名称"),
        missing_field("违法失信行为事实"),
        future_date("确认严重失信日期"),
        end_before_start("公示截止日期", "确认严重失信日期"),
        duplicate_row(),
        key_conflict("违法失信行为事实", lambda facts: join(facts, "（复核）")),
        late_report("确认严重失信日期"),
        unknown_value(CHANGE, "x"),
    )

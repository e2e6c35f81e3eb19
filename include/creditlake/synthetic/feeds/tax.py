"""Tax: the yearly ratings, the quarterly announcements of arrears, and serious violations.

Ratings follow the hidden compliance closely; their shares (C is the most frequent) are chosen so that the city's
evaluation grades spread over A to D with B the most (dbt_project/seeds/ref_evaluation_*.csv), not from any statistic.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Events, Part, active_months, codes_and_names, happenings, identities, offices
from creditlake.synthetic.faults import (
    Fault,
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
from creditlake.synthetic.population import HOUSEHOLD
from creditlake.synthetic.rng import Ints
from creditlake.synthetic.rows import (
    CHANGE,
    FORMER_NAME,
    NAME,
    TAX_NO_15,
    TAX_NO_18,
    UNKNOWN,
    Rows,
    enveloped,
    in_file_order,
)
from creditlake.synthetic.texts import Texts, either, join, numbers, pick, strings, take, yuan

BUREAU = Bureau("税务局", 20)
INSPECTION = Bureau("税务局稽查局", 21)
GRADES, GRADE_BOUNDS = ("D", "C", "B", "A"), (-1.20, 0.50, 1.20)
"""Ratings from the worst to the best, and the bounds between them on the scale of the hidden compliance."""
TAXES, TAX_SHARES = ("增值税", "企业所得税", "城市维护建设税", "房产税", "印花税", "个人所得税"), (45, 20, 14, 9, 6, 6)
NATURES = (
    ("偷税", "少列收入，进行虚假的纳税申报", "中华人民共和国税收征收管理法第六十三条", 55),
    ("虚开增值税专用发票", "为他人虚开增值税专用发票", "中华人民共和国发票管理办法第二十二条", 35),
    ("逃避追缴欠税", "转移财产妨碍税务机关追缴欠税", "中华人民共和国税收征收管理法第六十五条", 10),
)
CODE, APRIL = "统一社会信用代码", 4


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield ratings, arrears and violations of one part of the city."""
    yield _ratings(part)
    yield _arrears(part)
    yield _violations(part)


def _ratings(part: Part) -> Delivered:
    """One rating a taxpayer and year, in April; a city without April gets the last year's in its first month."""
    events, drift = _rated(part)
    identity, subject = identities(part, "rating", events, {NAME: 0.01, FORMER_NAME: 0.03, UNKNOWN: 0.005})
    code, name = codes_and_names(part, identity, events)
    provided, rated = part.window.handed_over(part.dice, "rating", events.key, events.month)
    years, city = part.window.years[events.month], part.city
    scale = 0.88 * city.compliance[events.subject] + 0.475 * part.dice.normal("rating.noise", events.key // 2 + drift)
    grade = pick(GRADES, np.searchsorted(GRADE_BOUNDS, scale))
    is_young = city.age_days[events.subject] < 400
    columns = {
        CODE: code,
        "纳税人名称": name,
        "评价年度": numbers(years - 1),
        "信用等级": either(is_young | (city.opened[events.subject] >= 0), "M", grade),
        "评价单位": BUREAU.names(offices(part, "rating", events)),
    }
    rows = Rows(
        "tax", "ratings", events.month, subject, identity, columns, {"评定时间": rated}, "评定时间",
        is_after_end=events.is_after_end,
    )  # fmt: skip
    flag = pick(["i", "u"], drift)
    rows = in_file_order(enveloped(rows, part.window, provided, events.key, flag))
    return Delivered(rows, CODE, _rating_faults())


def _rated(part: Part) -> tuple[Events, Ints]:
    """Return the ratings, and 1 where one is a re-evaluation: 3 in 100, one to five months later."""
    window, dice, city = part.window, part.dice, part.city
    months = np.flatnonzero(window.numbers == APRIL)
    months = months if len(months) else np.zeros(1, np.int64)
    first, last = active_months(part)
    share = np.where(city.kind == HOUSEHOLD, 0.88, 0.95)
    rated = np.flatnonzero(dice.chance("rated", city.keys, share))
    subject, month = np.repeat(rated, len(months)), np.tile(months, len(rated))
    inside = (month >= first[subject]) & (month <= last[subject])
    subject, month = subject[inside], month[inside]
    key = city.keys[subject] * 512 + month * 2
    again = month + 1 + dice.below("rerated.month", key, 5)
    rerated = (
        dice.chance("rerated", key, 0.03)
        & (again <= last[subject])
        & (window.years[month] == window.years[np.minimum(again, len(window) - 1)])
    )
    subject = np.concatenate([subject, subject[rerated]])
    drift = np.concatenate([np.zeros(len(month), np.int64), np.ones(int(rerated.sum()), np.int64)])
    month = np.concatenate([month, again[rerated]])
    key = np.concatenate([key, key[rerated] + 1])
    return Events(subject, month, key, np.zeros(len(key), bool)), drift


def _arrears(part: Part) -> Delivered:
    """Debts as the quarter's announcement states them, until it says that they are paid."""
    events, ordinal, quarters = _debts(part)
    shares = {NAME: 0.02, TAX_NO_15: 0.02, TAX_NO_18: 0.02, FORMER_NAME: 0.03, UNKNOWN: 0.01}
    debt = Events(events.subject, events.month, events.key // 64, events.is_after_end)
    identity, subject = identities(part, "tax_arrears", debt, shares)
    code, name = codes_and_names(part, identity, debt)
    provided, decided = part.window.handed_over(part.dice, "tax_arrears", events.key, events.month)
    is_paid = (ordinal == quarters - 1) & (quarters > 1)
    cents = np.exp(9.2 + 1.5 * part.dice.normal("tax_arrears.amount", debt.key)).astype(np.int64) * 100 + 37
    columns = {
        CODE: code,
        "纳税人识别号": _taxpayer_numbers(part, identity, events, code),
        "纳税人名称": name,
        "欠税税种": pick(TAXES, part.dice.pick("tax_arrears.tax", debt.key, TAX_SHARES)),
        "累计欠税余额": yuan(np.where(is_paid, 0, cents)),
        "当期新发生欠税金额": yuan(np.where(ordinal == 0, cents, 0)),
        "是否补缴": pick(["否", "是"], is_paid.astype(np.int64)),
        "发布部门": BUREAU.names(offices(part, "tax_arrears", events)),
    }
    days = {"欠税统计截止日期": part.window.month_before(events.month), "认定日期": decided}
    rows = Rows("tax", "arrears", events.month, subject, identity, columns, days, "认定日期", "-", events.is_after_end)
    rows = in_file_order(enveloped(rows, part.window, provided, events.key))
    return Delivered(rows, CODE, _arrears_faults())


def _taxpayer_numbers(part: Part, identity: Ints, events: Events, code: Texts) -> Texts:
    """Return 纳税人识别号: the code, the old number of 15, or the code where its own column is empty."""
    old = take(part.city.tax_no, events.subject)
    whole = take(part.city.uscc, events.subject)
    return either(identity == TAX_NO_15, old, either(identity == TAX_NO_18, whole, code))


def _debts(part: Part) -> tuple[Events, Ints, Ints]:
    """Return the statements of debts, which statement each is, and how many its debt has in all."""
    window = part.window
    spells = happenings(
        part, "tax_debt", 0.0022 * np.exp(-0.9 * part.city.compliance - 0.3 * part.city.strength), most=1
    )
    quarters = 1 + part.dice.below("tax_debt.length", spells.key, 5)
    ordinal = np.arange(int(quarters.sum())) - np.repeat(np.cumsum(quarters) - quarters, quarters)
    spell = np.repeat(np.arange(len(spells)), quarters)
    month = _quarter_months(window.numbers, spells.month)[spell] + 3 * ordinal
    _, last = active_months(part)
    until = np.where(spells.is_after_end, len(window) - 1, last[spells.subject])[spell]
    kept = month <= until
    spell, ordinal, month = spell[kept], ordinal[kept], month[kept]
    events = Events(spells.subject[spell], month, spells.key[spell] * 64 + ordinal, spells.is_after_end[spell])
    return events, ordinal, quarters[spell]


def _quarter_months(numbers_of_months: Ints, month: Ints) -> Ints:
    """Return the first month from each month on in which arrears are announced: January, April, July, October."""
    return month + (1 - numbers_of_months[month]) % 3


def _violations(part: Part) -> Delivered:
    rate = 0.00040 * np.exp(-1.0 * part.city.compliance)
    events = happenings(part, "violation", rate, most=1)
    identity, subject = identities(part, "violation", events, {NAME: 0.02, UNKNOWN: 0.01})
    code, name = codes_and_names(part, identity, events)
    provided, confirmed = part.window.handed_over(part.dice, "violation", events.key, events.month)
    nature = part.dice.pick("violation.nature", events.key, [share for *_, share in NATURES])
    money = numbers(100 + part.dice.below("violation.money", events.key, 900))
    columns = {
        CODE: code,
        "名称": name,
        "案件性质": pick([title for title, *_ in NATURES], nature),
        "主要违法事实": pick([fact for _, fact, *_ in NATURES], nature),
        "相关法律依据": pick([law for _, _, law, _ in NATURES], nature),
        "税务处理处罚情况": join("追缴税款", money, "万元并处罚款"),
        "实施检查的单位": INSPECTION.names(offices(part, "violation", events, 0.3)),
    }
    days = {"确认日期": confirmed, "公示截止日期": confirmed + 1095}
    rows = Rows(
        "tax", "violations", events.month, subject, identity, columns, days, "确认日期", "-", events.is_after_end
    )
    rows = in_file_order(enveloped(rows, part.window, provided, events.key))
    return Delivered(rows, CODE, _violation_faults())


def _rating_faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "纳税人名称"),
        missing_field("评价单位"),
        unknown_value("信用等级", "E"),
        future_date("评定时间"),
        duplicate_row(),
        key_conflict("信用等级", _other_grades),
        late_report("评定时间"),
    )


def _other_grades(grades: Texts) -> Texts:
    found = [{"A": "B", "B": "C", "C": "D", "D": "A", "M": "C"}[grade] for grade in strings(grades)]
    return pick(found, np.arange(len(found)))


def _arrears_faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "纳税人名称"),
        missing_field("是否补缴"),
        unknown_value("欠税税种", "营改增"),
        future_date("认定日期"),
        duplicate_row(),
        key_conflict("累计欠税余额", lambda amounts: join("1", amounts)),
        late_report("认定日期"),
    )


def _violation_faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "名称"),
        missing_field("主要违法事实"),
        future_date("确认日期"),
        end_before_start("公示截止日期", "确认日期"),
        duplicate_row(),
        key_conflict("主要违法事实", lambda facts: join(facts, "，数额巨大")),
        late_report("确认日期"),
        unknown_value(CHANGE, "x"),
    )

"""A new feed's fixture: invented rows, each with why it is there and which rules of the scaffolded suite it breaks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from creditlake.contracts import Dataset
from creditlake.identity.identifiers import org_code_check_character, uscc_check_character
from creditlake.onboarding.plan import Plan

PROVIDED, CHANGE = "提供日期", "增删改标志"
DAY, DELIVERED, DAY_AFTER = "2026-03-02", "2026-03-11", "2026-03-12"
MOST_ROWS = 30
Row = dict[str, str]


def fixture_text(dataset: Dataset, plan: Plan) -> str:
    """Return the fixture as CSV: the agency's columns, ``_why`` and ``_expect``."""
    header = [*(column.name for column in plan.columns), PROVIDED, CHANGE]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*header, "_why", "_expect"])
    for row, why, rules in list(_cases(plan))[:MOST_ROWS]:
        ids = ";".join(f"{dataset.feed}.{dataset.name}.{rule}" for rule in rules)
        writer.writerow([*(row[name] for name in header), why, ids])
    return out.getvalue()


def _cases(plan: Plan) -> Iterator[tuple[Row, str, tuple[str, ...]]]:
    yield clean(plan, 1), "干净的一行", ()
    yield clean(plan, 2), "同一行报送两次，第一次留下", ()
    yield clean(plan, 2), "同一行报送两次，第二次去除", ("duplicate_row",)
    yield clean(plan, 3), "同一键同日两种内容之一", ("key_conflict",)
    yield clean(plan, 3) | {plan.free: _other(plan)}, "同一键同日两种内容之二", ("key_conflict",)
    yield clean(plan, 4) | dict.fromkeys(plan.past_days, DELIVERED), "事项就在报送当日，边界上成立", ()
    code = clean(plan, 5)[plan.uscc]
    wrong = code[:-1] + ("1" if code[-1] == "0" else "0")
    yield clean(plan, 5) | {plan.uscc: wrong}, "代码的校验码不对", (f"check_digit.{plan.uscc}",)
    yield clean(plan, 6) | {CHANGE: "x"}, "增删改标志不在表内", (f"enum.{CHANGE}",)
    yield from _of_columns(plan)


def _of_columns(plan: Plan) -> Iterator[tuple[Row, str, tuple[str, ...]]]:
    number = 7
    for rule, names, value, why in (
        ("required", plan.required, "", "没有填写"),
        ("not_future", plan.past_days, DAY_AFTER, "晚于报送日期一天"),
        ("format", plan.of("date"), "2026-02-30", "不是一个日期"),
        ("range", plan.of("money"), "-0.01", "小于零"),
        ("format", plan.of("money"), "一千元", "不是数字"),
    ):
        for name in names:
            yield clean(plan, number) | {name: value}, f"{name}{why}", (f"{rule}.{name}",)
            number += 1


def clean(plan: Plan, number: int) -> Row:
    """Return an invented row that breaks no rule; another number is another record about another subject."""
    row = {column.name: _value(column.kind, number) for column in plan.columns}
    name = {plan.name: f"呼和浩特市测试{number:02d}号商贸有限公司"} if plan.name else {}
    return row | name | {plan.uscc: invented_uscc(number), PROVIDED: DELIVERED, CHANGE: "i"}


def _value(kind: str, number: int) -> str:
    values = {"date": DAY, "money": "1200.50", "code": f"CS{number:04d}", "text": f"测试{number:02d}"}
    return values.get(kind, "")


def _other(plan: Plan) -> str:
    if plan.free == plan.uscc:
        return invented_uscc(99)
    kinds = {column.name: column.kind for column in plan.columns}
    return {"date": "2026-03-01", "money": "1300.50", "code": "CS9999"}.get(kinds[plan.free], "测试的另一种内容")


def invented_uscc(number: int) -> str:
    """Return a code that is valid and nobody's: its area 159999 does not exist."""
    body = f"{number:08d}"
    stem = f"91159999{body}{org_code_check_character(body)}"
    return stem + uscc_check_character(stem)

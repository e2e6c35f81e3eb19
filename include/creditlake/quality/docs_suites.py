"""The page of one suite: every rule in words, its basis, and what it found in all batches so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from creditlake.contracts import Dataset
from creditlake.quality.docs_html import KIND_TITLES, badge, link, number, page, share, table
from creditlake.quality.docs_model import BatchDoc
from creditlake.quality.suite import Rule, Suite

HEADS = ("规则号", "规则", "适用列", "参数", "严重程度", "依据", "累计评估", "累计未通过", "占比")
NUMERIC = frozenset({"累计评估", "累计未通过", "占比"})
BATCH_HEADS = ("状态", "运行与批次", "文件", "报送日期", "落地", "通过", "隔离", "拒收")
BATCH_NUMERIC = frozenset({"落地", "通过", "隔离", "拒收"})
PARAMETER_TITLES = {
    "max_value": "最大",
    "min_value": "最小",
    "regex": "正则",
    "value_set": "取值",
    "sql": "条件",
    "where": "仅当",
}
ROW_COLUMN = "_source_row"
DEPTH = 1


@dataclass(frozen=True, slots=True)
class Total:
    """What a rule found in all batches."""

    evaluated: int = 0
    failed: int = 0


def suite_page(suite: Suite, batches: Sequence[BatchDoc]) -> str:
    """Return the page of one suite; ``batches`` are those of its dataset, in the order of receipt."""
    dataset = suite.dataset
    totals = _totals(batches)
    body = f"""<h1>{escape(dataset.title)} <small>规则集</small></h1>
<p class="sub mono">{escape(dataset.feed)}.{escape(dataset.name)}</p>
<p>共 {len(suite.rules)} 条行规则。{badge("critical")} 规则不通过的行进入隔离区，等待更正或豁免；
{badge("warning")} 规则不通过时行予以保留，只作记录。批次规则（表头、行数、可读性、两次计数一致）
不通过时整个文件拒收。撤销记录的行（增删改标志为d）只判主键、标志、提供日期和行的完整（GB/T 39443）。</p>
{"".join(_kinds(suite, totals))}
<h2>批次（{len(batches)}）</h2>
{table(BATCH_HEADS, [_batch_row(batch) for batch in reversed(batches)], numeric=BATCH_NUMERIC)}"""
    return page(dataset.title, body, depth=DEPTH, trail=[("index.html", "首页")])


def _totals(batches: Sequence[BatchDoc]) -> dict[str, Total]:
    totals: dict[str, Total] = defaultdict(Total)
    for batch in batches:
        for rule in batch.rules:
            before = totals[rule.rule_id]
            totals[rule.rule_id] = Total(before.evaluated + rule.evaluated, before.failed + rule.failed)
    return totals


def _kinds(suite: Suite, totals: dict[str, Total]) -> Iterator[str]:
    kinds: dict[str, list[Rule]] = defaultdict(list)
    for rule in suite.rules:
        kinds[rule.rule_id.split(".")[2]].append(rule)
    for kind, rules in kinds.items():
        title, explanation = KIND_TITLES[kind]
        yield f'<h2>{title} <small class="mono">{kind}</small></h2><p>{explanation}。</p>'
        rows = [_rule_row(rule, suite.dataset, totals[rule.rule_id]) for rule in rules]
        yield table(HEADS, rows, numeric=NUMERIC, css="rules")


def _rule_row(rule: Rule, dataset: Dataset, total: Total) -> str:
    return (
        f'<tr><td class="mono">{escape(rule.rule_id)}</td><td>{escape(rule.title)}</td>'
        f"<td>{_column(rule, dataset)}</td><td>{_parameters(rule)}</td><td>{badge(rule.severity)}</td>"
        f'<td class="basis">{escape(rule.basis)}</td><td class="n">{number(total.evaluated)}</td>'
        f'<td class="n strong">{number(total.failed)}</td>'
        f'<td class="n">{share(total.failed, total.evaluated)}</td></tr>'
    )


def _column(rule: Rule, dataset: Dataset) -> str:
    name = str(rule.arguments["column"])
    if name == ROW_COLUMN:
        return "整行"
    titles = {column.name: column.title for column in dataset.columns}
    title = titles.get(name, name)
    return escape(name) if title == name else f'{escape(title)}<br><span class="mono">{escape(name)}</span>'


def _parameters(rule: Rule) -> str:
    shown = []
    for name, value in rule.arguments.items():
        if name != "column":
            text = "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            shown.append(f"{PARAMETER_TITLES.get(name, name)}：<code>{escape(text)}</code>")
    return "<br>".join(shown)


def _batch_row(batch: BatchDoc) -> str:
    entry = batch.entry
    return (
        f'<tr><td>{badge(batch.status)}</td><td class="mono">{link(f"../{batch.path}", batch.label)}</td>'
        f'<td>{escape(entry.member or entry.source_name)}</td><td class="day">{entry.delivered_date.isoformat()}</td>'
        f'<td class="n">{number(entry.rows_landed)}</td><td class="n">{number(entry.rows_validated)}</td>'
        f'<td class="n">{number(entry.rows_quarantined)}</td><td class="n">{number(entry.rows_refused)}</td></tr>'
    )

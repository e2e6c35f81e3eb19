"""The page of one batch: what came, what became of it, and every rule with its count and sample row numbers."""

from __future__ import annotations

from html import escape

from creditlake.quality.docs_html import (
    badge,
    cards,
    conservation_bar,
    facts,
    link,
    number,
    page,
    share,
    table,
)
from creditlake.quality.docs_model import BatchDoc, RuleLine

REFUSAL_TITLES = {
    "zero_bytes": "文件为空（零字节）",
    "html": "收到的是网页而不是数据文件",
    "undecodable": "编码无法识别（应为 UTF-8 或 GB18030）",
    "missing_header": "缺少表头或必备列",
    "unknown_header": "表头与数据契约不符",
    "truncated": "文件被截断",
    "zip_bomb": "压缩包异常膨胀",
    "zip_path": "压缩包内路径越界",
    "bad_archive": "压缩包损坏",
    "unknown_format": "文件格式不支持",
    "unknown_dataset": "文件名不属于任何已声明的数据集",
    "too_few_rows": "行数少于契约下限",
    "agreement": "两次独立计数不一致",
    "bad_correction": "更正或豁免不成立",
}
PROJECT_BASIS = "本项目批次规则"
HEADS = ("规则号", "规则", "严重程度", "依据", "评估", "未通过", "占比", "样例源行号")
NUMERIC = frozenset({"评估", "未通过", "占比"})
DEPTH = 3


def batch_page(batch: BatchDoc) -> str:
    """Return the page of one batch."""
    entry = batch.entry
    name = batch.dataset.title if batch.dataset else entry.dataset
    body = f"""<h1>{escape(name)} {badge(batch.status)}</h1>
<p class="sub mono">{escape(batch.label)}</p>
{_refusal(batch)}
{_counts(batch)}
{conservation_bar(entry)}
{_facts(batch)}
{_rules(batch)}"""
    trail = [("index.html", "首页")]
    if batch.dataset:
        trail.append((f"suites/{entry.feed}.{entry.dataset}.html", name))
    return page(f"批次 {entry.batch_id}", body, depth=DEPTH, trail=trail)


def _refusal(batch: BatchDoc) -> str:
    """Say why a file was refused: by its code alone, since the ledger's sentence may quote the file."""
    if batch.status != "refused":
        return ""
    code = (batch.entry.reason or "").partition(":")[0]
    title = REFUSAL_TITLES.get(code, code)
    return (
        f'<div class="notice refused"><b>整个文件被拒收：{escape(title)}</b>'
        f'<span class="mono">{escape(code)}</span><br>其他文件不受影响；完整原因：'
        f"<code>creditlake explain --batch {escape(batch.entry.batch_id)}</code></div>"
    )


def _counts(batch: BatchDoc) -> str:
    entry = batch.entry
    return cards(
        [
            ("", "落地行数", number(entry.rows_landed)),
            ("passed", "通过", number(entry.rows_validated)),
            ("quarantined", "隔离", number(entry.rows_quarantined)),
            ("refused", "拒收", number(entry.rows_refused)),
            ("warning", "触发警告的规则", number(batch.warnings)),
        ]
    )


def _facts(batch: BatchDoc) -> str:
    entry = batch.entry
    suite = f"{entry.feed}.{entry.dataset}"
    rules = link(f"../../../suites/{suite}.html", suite) if batch.dataset else escape(suite)
    return facts(
        [
            ("规则集", rules),
            ("批次号", f'<span class="mono">{escape(entry.batch_id)}</span>'),
            ("文件", escape(entry.source_name) + (f" › {escape(entry.member)}" if entry.member else "")),
            ("报送日期", entry.delivered_date.isoformat()),
            ("接收顺序", number(entry.batch_seq)),
            ("文件哈希", f'<span class="mono">{escape(entry.source_sha256)}</span>'),
        ]
    )


def _rules(batch: BatchDoc) -> str:
    if not batch.rules:
        return "<p>该文件在评判之前即被拒收，没有规则结果。</p>"
    failed = sorted((rule for rule in batch.rules if rule.failed), key=lambda rule: (rule.severity, -rule.failed))
    passed = [rule for rule in batch.rules if not rule.failed]
    parts = []
    if failed:
        parts += [
            f"<h2>未通过的规则（{len(failed)}）</h2>",
            table(HEADS, map(_row, failed), numeric=NUMERIC, css="results"),
        ]
    if passed:
        parts += [
            f"<h2>通过的规则（{len(passed)}）</h2>",
            table(HEADS, map(_row, passed), numeric=NUMERIC, css="results"),
        ]
    return "\n".join(parts)


def _row(rule: RuleLine) -> str:
    more = " …" if rule.samples is not None and rule.failed > len(rule.samples) else ""
    samples = "、".join(map(str, rule.samples or ())) + more
    return (
        f'<tr class="{"" if not rule.failed else escape(rule.severity)}">'
        f'<td class="mono">{escape(rule.rule_id)}</td><td>{escape(rule.title)}</td><td>{badge(rule.severity)}</td>'
        f'<td class="basis">{escape(rule.basis or PROJECT_BASIS)}</td><td class="n">{number(rule.evaluated)}</td>'
        f'<td class="n strong">{number(rule.failed)}</td><td class="n">{share(rule.failed, rule.evaluated)}</td>'
        f'<td class="samples">{samples}</td></tr>'
    )

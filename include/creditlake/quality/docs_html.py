"""The small pieces of HTML that all data-docs pages share; every text passes ``escape`` on its way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from creditlake.lake.ledger import LedgerEntry

STATUS_TITLES = {"passed": "通过", "quarantined": "有隔离", "refused": "拒收"}
SEVERITY_TITLES = {"critical": "严重", "warning": "警告"}
KIND_TITLES = {
    "required": ("必填", "该列（在所述条件下）必须有值"),
    "enum": ("枚举", "取值必须在规定的代码或名称之内"),
    "catalogue": ("目录以内", "事项的种类不是《全国公共信用信息基础目录》以外、不得纳入信用记录的事项"),
    "length": ("长度", "不超过数据标准规定的长度"),
    "format": ("格式", "日期、数值、期间或代码的写法正确"),
    "check_digit": ("校验码", "统一社会信用代码、组织机构代码、注册号等的结构与校验码正确"),
    "inner_check_digit": ("内含校验码", "统一社会信用代码内含的组织机构代码校验码正确"),
    "not_future": ("不晚于报送", "日期不晚于本批次的报送日期"),
    "order": ("先后顺序", "止期不早于起期"),
    "range": ("范围", "金额或数量在合理范围内"),
    "fine_matches_text": ("金额与文书一致", "填报金额与处罚内容中写明的金额一致"),
    "fine_unit": ("金额单位", "以万元为单位的列不得按元填报"),
    "late": ("报送时限", "在作出决定之日起 7 个工作日内报送；修复、异议的各环节按各自的期限"),
    "duplicate_row": ("重复行", "同一批次中完全相同的行只保留第一行"),
    "key_conflict": ("主键冲突", "同一主键、同一提供日期而内容不同的行全部隔离"),
    "shifted": ("错列", "表头正确而数据错位"),
    "field_count": ("字段数", "每行的字段数与表头一致"),
}


def number(value: int) -> str:
    """Return a count with thousands separated."""
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """Return a share as per cent with two digits; a dash where there is nothing to divide by."""
    if not whole:
        return "—"
    return "< 0.01%" if 0 < part * 10_000 < whole else f"{100 * part / whole:.2f}%"


def badge(status: str) -> str:
    """Return the coloured word for a batch's status or a rule's severity."""
    title = STATUS_TITLES.get(status) or SEVERITY_TITLES[status]
    return f'<span class="badge {escape(status)}">{title}</span>'


def link(target: str, text: str) -> str:
    """Return a link inside the site."""
    return f'<a href="{escape(target)}">{escape(text)}</a>'


def conservation_bar(entry: LedgerEntry) -> str:
    """Return the bar that shows landed = validated + quarantined + refused."""
    parts = (("passed", entry.rows_validated), ("quarantined", entry.rows_quarantined), ("refused", entry.rows_refused))
    if not entry.rows_landed:
        return '<div class="bar empty"></div>'
    spans = "".join(
        f'<span class="{name}" style="flex-grow:{count}" title="{STATUS_TITLES[name]} {number(count)} 行"></span>'
        for name, count in parts
        if count
    )
    return f'<div class="bar">{spans}</div>'


def cards(entries: Iterable[tuple[str, str, str]]) -> str:
    """Return a row of figures: (class, title, figure)."""
    made = "".join(
        f'<div class="card {kind}"><div class="figure">{escape(figure)}</div><div>{escape(title)}</div></div>'
        for kind, title, figure in entries
    )
    return f'<div class="cards">{made}</div>'


def facts(entries: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and values; the values are HTML already."""
    made = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in entries)
    return f'<dl class="facts">{made}</dl>'


def table(heads: Sequence[str], rows: Iterable[str], *, numeric: frozenset[str] = frozenset(), css: str = "") -> str:
    """Return a table; each row is a ``<tr>`` already, a head in ``numeric`` is aligned like its figures."""
    head = "".join(f'<th class="{"n" if name in numeric else ""}">{escape(name)}</th>' for name in heads)
    return (
        f'<div class="scroll"><table class="{css}"><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table></div>"
    )


def page(title: str, body: str, *, depth: int, trail: Sequence[tuple[str, str]] = ()) -> str:
    """Return a whole page; ``depth`` is how many folders it lies below the index, ``trail`` the way back to it."""
    root = "../" * depth
    crumbs = "".join(f"{link(root + target, name)}<span>›</span>" for target, name in trail)
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="stylesheet" href="{root}static/docs.css">
</head>
<body>
<header><div class="wrap">
<a class="brand" href="{root}index.html">数据质量文档</a><nav>{crumbs}{escape(title)}</nav>
</div></header>
<main class="wrap">
{body}
</main>
<footer class="wrap">由 Great Expectations 校验结果生成 · 仅含计数与源行号，不含任何数据值</footer>
<script src="{root}static/docs.js"></script>
</body>
</html>
"""

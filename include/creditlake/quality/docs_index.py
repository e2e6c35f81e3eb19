"""The index of the data docs: the sums, one line a dataset, and every batch by feed and dataset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from creditlake.contracts import Dataset, load_feeds
from creditlake.quality.docs_html import (
    STATUS_TITLES,
    badge,
    cards,
    conservation_bar,
    link,
    number,
    page,
    share,
    table,
)
from creditlake.quality.docs_model import BatchDoc

DATASET_HEADS = ("部门来源", "数据集", "批次", "落地", "通过", "隔离", "拒收", "隔离率", "规则集")
DATASET_NUMERIC = frozenset({"批次", "落地", "通过", "隔离", "拒收", "隔离率"})
BATCH_HEADS = ("状态", "运行与批次", "文件", "报送日期", "落地", "通过", "隔离", "拒收", "警告", "")
BATCH_NUMERIC = frozenset({"落地", "通过", "隔离", "拒收", "警告"})


def index_page(batches: Sequence[BatchDoc]) -> str:
    """Return the index page; ``batches`` in the order of receipt."""
    groups: dict[tuple[str, str], list[BatchDoc]] = defaultdict(list)
    for batch in batches:
        groups[batch.entry.feed, batch.entry.dataset].append(batch)
    declared = [(feed.name, dataset.name) for feed in load_feeds().values() for dataset in feed.datasets]
    order = [*declared, *sorted(set(groups) - set(declared))]
    datasets = {(d.feed, d.name): d for feed in load_feeds().values() for d in feed.datasets}
    body = f"""<h1>数据质量文档</h1>
<p class="sub">每个文件为一个批次：严重规则不通过的行进入隔离区，整个文件不合格则拒收，其余行进入正式区。
一行不丢，一行不增。</p>
{_sums(batches)}
<h2>数据集</h2>
{table(DATASET_HEADS, [_dataset_row(key, datasets.get(key), groups[key]) for key in order], numeric=DATASET_NUMERIC)}
<h2>批次</h2>
{_controls()}
{"".join(_group(key, datasets.get(key), groups[key]) for key in order if groups[key])}"""
    return page("首页", body, depth=0)


def _sums(batches: Sequence[BatchDoc]) -> str:
    entries = [batch.entry for batch in batches]
    counted = {status: sum(batch.status == status for batch in batches) for status in STATUS_TITLES}
    return cards(
        [
            ("", "批次", number(len(batches))),
            *((status, f"{title}批次", number(counted[status])) for status, title in STATUS_TITLES.items()),
            ("", "落地行数", number(sum(entry.rows_landed for entry in entries))),
            ("passed", "通过行数", number(sum(entry.rows_validated for entry in entries))),
            ("quarantined", "隔离行数", number(sum(entry.rows_quarantined for entry in entries))),
            ("refused", "拒收行数", number(sum(entry.rows_refused for entry in entries))),
        ]
    )


def _controls() -> str:
    options = "".join(f'<option value="{status}">{title}</option>' for status, title in STATUS_TITLES.items())
    return (
        '<div class="controls" hidden>'
        '<input id="find" type="search" placeholder="查找文件名、运行名或批次号" aria-label="查找">'
        f'<select id="status" aria-label="状态"><option value="">全部状态</option>{options}</select>'
        '<span id="shown"></span></div>'
    )


def _titles(key: tuple[str, str], dataset: Dataset | None) -> tuple[str, str]:
    feed = load_feeds().get(key[0])
    return (feed.title if feed else key[0], dataset.title if dataset else f"未声明的数据集（{key[1]}）")


def _dataset_row(key: tuple[str, str], dataset: Dataset | None, batches: list[BatchDoc]) -> str:
    entries = [batch.entry for batch in batches]
    landed = sum(entry.rows_landed for entry in entries)
    quarantined = sum(entry.rows_quarantined for entry in entries)
    feed_title, title = _titles(key, dataset)
    anchor = link(f"#{key[0]}.{key[1]}", title) if batches else escape(title)
    suite = link(f"suites/{key[0]}.{key[1]}.html", "查看规则") if dataset else "—"
    figures = (
        len(batches),
        landed,
        sum(entry.rows_validated for entry in entries),
        quarantined,
        sum(entry.rows_refused for entry in entries),
    )
    cells = "".join(f'<td class="n">{number(figure)}</td>' for figure in figures)
    return (
        f"<tr{'' if batches else ' class=idle'}><td>{escape(feed_title)}</td><td>{anchor}</td>{cells}"
        f'<td class="n">{share(quarantined, landed)}</td><td>{suite}</td></tr>'
    )


def _group(key: tuple[str, str], dataset: Dataset | None, batches: list[BatchDoc]) -> str:
    feed_title, title = _titles(key, dataset)
    heading = f'{escape(feed_title)} · {escape(title)} <small class="mono">{escape(key[0])}.{escape(key[1])}</small>'
    rows = table(BATCH_HEADS, [_batch_row(batch) for batch in reversed(batches)], numeric=BATCH_NUMERIC, css="batches")
    return f'<section class="group" id="{escape(key[0])}.{escape(key[1])}"><h3>{heading}</h3>{rows}</section>'


def _batch_row(batch: BatchDoc) -> str:
    entry = batch.entry
    figures = (
        entry.rows_landed, entry.rows_validated, entry.rows_quarantined, entry.rows_refused, batch.warnings,
    )  # fmt: skip
    cells = "".join(f'<td class="n">{number(figure)}</td>' for figure in figures)
    return (
        f'<tr data-status="{batch.status}"><td>{badge(batch.status)}</td>'
        f'<td class="mono">{link(batch.path, batch.label)}</td><td>{escape(entry.member or entry.source_name)}</td>'
        f'<td class="day">{entry.delivered_date.isoformat()}</td>{cells}<td>{conservation_bar(entry)}</td></tr>'
    )

"""The page 来源守望: when each source must deliver next, what came, which alarms stand, and who moved which bound.

It reads the watch's last report, no catalogue. It holds days, counts and names of columns, never a value of a row.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from creditlake.contracts import load_feeds
from creditlake.quality.docs_html import cards, number, table
from creditlake.watch.standing import KINDS, REPORT, RHYTHMS

HEADS = ("部门来源", "数据集", "责任人", "节奏", "上次报送", "下次期限", "最近一期", "行数", "正常区间", "表头", "状态")
NUMERIC = frozenset({"行数", "正常区间"})
NO_REPORT = "<p>尚未守望：请运行“接入：来源守望”。</p>"
CRITICAL = ' class="critical"'
BOUNDS = {
    "due": "宽限（工作日）",
    "least": "下限（中位数的倍数）",
    "most": "上限（中位数的倍数）",
    "memory": "中位数的期数",
    "quiet_until": "暂不催报至",
    "schema": "约定的表头",
}


def watch_body(lake: Path, dag_id: str = "") -> str:
    """Return the page's body.

    Args:
        dag_id: A feed's DAG, whose sources alone are shown; of any other DAG, all are.
    """
    report = _report(lake)
    if report is None:
        return f"<h1>来源守望</h1>{NO_REPORT}"
    own = [standing for standing in report["standings"] if f"ingest_{standing['feed']}" == dag_id]
    standings = own or report["standings"]
    alarms = [finding for standing in standings for finding in standing["findings"]]
    owed = [standing for standing in standings if standing["next_due"]]
    counts = [(kind, sum(alarm["kind"] == kind for alarm in alarms)) for kind in KINDS]
    figures = [
        ("", "业务日期", report["as_of"]),
        ("passed", "守望的数据集", number(len(standings))),
        ("", "最近的期限", min((standing["next_due"] for standing in owed), default="—")),
        *(("refused" if count else "passed", KINDS[kind], number(count)) for kind, count in counts),
    ]
    return (
        f"<h1>来源守望 <small>截至 {escape(report['as_of'])}</small></h1>{cards(figures)}{_alarms(alarms)}"
        f"<h2>各数据集</h2>{table(HEADS, map(_row, _by_urgency(standings)), numeric=NUMERIC)}"
        "<p>期限为当日 24 时；带 * 的期限落在节假日安排尚未公布的年份，按周一至周五估算。"
        "行数很少或不足三期的不比较数量。</p>"
        f"{_moves(standings)}"
    )


def watch_line(lake: Path) -> str:
    """Return a line for the page 数据湖: how many alarms stand."""
    report = _report(lake)
    if report is None:
        return ""
    count = sum(len(standing["findings"]) for standing in report["standings"])
    told = f"{count} 项告警" if count else "无告警"
    return f'<p><a href="watch">来源守望</a>：截至 {escape(report["as_of"])}，{told}</p>'


def _alarms(alarms: list[dict[str, Any]]) -> str:
    if not alarms:
        return "<h2>告警</h2><p>各来源均按约定报送。</p>"
    named = [alarm | {"title": KINDS[alarm["kind"]]} for alarm in alarms]
    rows = (
        f"<tr>{''.join(_day(alarm[name]) for name in ('title', 'owner', 'since'))}{_cell(alarm['sentence'])}</tr>"
        for alarm in sorted(named, key=lambda alarm: str(alarm["since"]))
    )
    return f"<h2>告警 <small>{len(alarms)} 项</small></h2>{table(('告警', '责任人', '自', '说明'), rows)}"


def _by_urgency(standings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Alarms first, then by the next deadline; what has none comes last."""
    return sorted(standings, key=lambda standing: (not standing["findings"], standing["next_due"] or "9999"))


def _row(standing: dict[str, Any]) -> str:
    feed = load_feeds()[standing["feed"]]
    volume, schema, agreed = standing["volume"], standing["schema"], standing["agreed_schema"]
    state = "、".join(KINDS[finding["kind"]] for finding in standing["findings"])
    cells = [
        _cell(feed.title),
        _cell(feed.dataset(standing["dataset"]).title),
        _day(standing["owner"]),
        f'<td class="day" title="{escape(standing["basis"] or "有则报送")}">{RHYTHMS[standing["rhythm"]]}</td>',
        _day(standing["last"] or "从未收到"),
        _due(standing),
        _day(volume["period"] if volume else "—"),
        f'<td class="n">{number(volume["rows"]) if volume else "—"}</td>',
        f'<td class="n">{_band(volume) if volume else "—"}</td>',
        f'<td class="day" title="约定 {agreed}">{schema or "—"}{"" if schema == agreed else " ≠ 约定"}</td>',
        f'<td class="day strong">{escape(state or "正常")}</td>',
    ]
    return f"<tr{CRITICAL if state else ''}>{''.join(cells)}</tr>"


def _due(standing: dict[str, Any]) -> str:
    """The cell of the next deadline, or of the one that has passed."""
    passed = [finding["since"] for finding in standing["findings"] if finding["kind"] == "silence"]
    if passed:
        return f'<td class="day strong">{escape(passed[0])} 已过</td>'
    return _day(f"{standing['next_due'] or '—'}{' *' if standing['is_estimate'] else ''}")


def _band(volume: dict[str, Any]) -> str:
    low = 0 if volume["below"] is None else max(volume["below"] + 1, 0)
    return f"{number(low)}–{number(volume['above'] - 1)}"


def _moves(standings: list[dict[str, Any]]) -> str:
    rows = [
        _cells(
            load_feeds()[move["feed"]].dataset(move["dataset"]).title,
            *(BOUNDS[move["bound"]], move["to"], move["by"], move["reason"], move["as_of"], move["at"]),
        )
        for standing in standings
        for move in standing["moves"]
    ]
    if not rows:
        return "<h2>改定的界限</h2><p>没有；各界限均按合同。</p>"
    heads = ("数据集", "界限", "改为", "何人", "理由", "起始业务日期", "何时（UTC）")
    return f"<h2>改定的界限</h2>{table(heads, rows)}"


def _cells(*texts: str) -> str:
    return f"<tr>{''.join(map(_cell, texts))}</tr>"


def _day(text: str) -> str:
    """A cell that is not broken into lines."""
    return f'<td class="day">{escape(text)}</td>'


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _report(lake: Path) -> dict[str, Any] | None:
    file = lake / REPORT
    if not file.exists():
        return None
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document

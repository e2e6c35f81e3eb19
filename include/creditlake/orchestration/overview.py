"""The page 数据湖: what to chase, the release by dataset, the last build. It reads files of the lake, no catalogue.

The page holds counts and names of files, never rows; what an error said stays in the task's log.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from creditlake.contracts import Dataset, all_datasets, load_feeds
from creditlake.orchestration.context import ZONE
from creditlake.orchestration.watch_page import watch_line
from creditlake.quality.docs_html import cards, number, table
from creditlake.quality.docs_pages import REFUSAL_TITLES

ALERTS_SHOWN = 10
SOURCE_ALARM = '"kind": "source_alarm"'
"""Of these the page 来源守望 shows those that stand."""
STATUS = {"success": "成功", "error": "失败", "skipped": "未运行", "pass": "通过", "warn": "告警", "fail": "未通过"}
FIGURES = frozenset(
    {"批次", "落地行", "通过行", "隔离行", "拒收行", "拒收文件", "最近报送", "秒", "检验", "未通过检验"}
)
ERRORS = {
    "AuditFailed": "审计未通过",
    "DbtFailed": "模型或检验失败",
    "LakeDamaged": "数据湖或备份不完好",
    "LeaseHeld": "数据湖被占用",
    "LookedBack": "该日的记录已依法清除，不能重算",
    "MaintenanceFailed": "维护中断",
    "MoveDamaged": "改定界限的文件损坏",
    "RebuildRefused": "没有重建",
    "ReplayRefused": "更正被拒",
    "AnswerRefused": "认定的答复不成立",
    "NothingBuilt": "尚未构建",
    "FileNotFoundError": "缺少文件或目录",
    "ProcessEnded": "进程被终止（内存不足？）",
    "SettingMissing": "缺少设置",
    "SourceFailed": "来源读不出：连接、口令或对方系统",
    "SubmissionRefused": "没有上报",
    "BadReceipt": "回执无法读取",
    "VaultLacks": "保管库缺少已终止记录的原始行",
    "KeyError": "参数或程序有误",
    "ValueError": "参数或程序有误",
}
REMEDY = "看任务日志；处理后清除任务重跑"
REMEDIES = {"SourceFailed": "核对“管理 › 连接”与对方系统；恢复后清除任务重跑，不漏不重"}
_LEDGER = """
    select
        feed || '.' || dataset, count(*), sum(rows_landed)::bigint, sum(rows_validated)::bigint,
        sum(rows_quarantined)::bigint, sum(rows_refused)::bigint, count(*) filter (where status = 'refused'),
        max(delivered_date) filter (where status = 'accepted')
    from read_parquet(?)
    group by all
    order by all
"""


def overview(lake: Path) -> str:
    """Return the page's body."""
    return f"<h1>数据湖</h1>{_links(lake)}{watch_line(lake)}{_chase(lake)}{_release(lake)}{_build(lake)}"


def _links(lake: Path) -> str:
    docs = '<a href="docs/index.html">数据质量文档</a>：每个文件、每条规则的判定结果'
    return f"<p>{docs if (lake / 'docs' / 'index.html').exists() else '尚无数据质量文档：运行“文档：数据质量”'}</p>"


def _release(lake: Path) -> str:
    pointer = _read(lake / "releases" / "current.json")
    if pointer is None:
        return "<h2>尚无发布</h2><p>各路数据接入后运行“构建：信用画像”和“发布：信用数据”。</p>"
    folder = lake / "releases" / str(pointer["path"])
    manifest = _read(folder / "manifest.json") or {}
    checks, made = manifest["checks"], _local(manifest["created_at"])
    came = {row[0]: row[1:] for row in _query(_LEDGER, folder / "mart_batch_ledger.parquet")}
    figures = [
        ("", "业务日期", manifest["as_of"]),
        ("passed", "检验", number(len(checks))),
        ("warning", "告警的检验", number(sum(check["status"] == "warned" for check in checks))),
        ("quarantined", "隔离行", number(sum(batch["rows_quarantined"] for batch in manifest["batches"]))),
        ("refused", "拒收文件", number(sum(row[5] for row in came.values()))),
    ]
    heads = ("部门来源", "数据集", "批次", "落地行", "通过行", "隔离行", "拒收行", "拒收文件", "最近报送")
    rows = [_dataset_row(dataset, came.get(_label(dataset))) for dataset in all_datasets()]
    return (
        f"<h2>现行发布 <small>{escape(manifest['release_id'])}，发布于 {made}（北京）</small></h2>{cards(figures)}"
        f"{table(heads, rows, numeric=FIGURES)}"
    )


def _dataset_row(dataset: Dataset, counts: Sequence[Any] | None) -> str:
    names = f"<td>{escape(load_feeds()[dataset.feed].title)}</td><td>{escape(dataset.title)}</td>"
    if counts is None:
        return f'<tr class="warning">{names}<td colspan="7" class="strong">从未收到</td></tr>'
    *figures, latest = counts
    return f"<tr>{names}{''.join(_figure(number(value)) for value in figures)}{_figure(str(latest or '—'))}</tr>"


def _chase(lake: Path) -> str:
    files = sorted((lake / "alerts").glob("*.jsonl"))[-2:]
    lines = [
        line for file in files for line in file.read_text(encoding="utf-8").splitlines() if SOURCE_ALARM not in line
    ]
    if not lines:
        return "<h2>需要跟进</h2><p>近两个月没有被拒收的文件，也没有失败的任务。</p>"
    shown = lines[: -ALERTS_SHOWN - 1 : -1]
    head = f"<h2>需要跟进 <small>近两个月 {len(lines)} 件，最近 {len(shown)} 件</small></h2>"
    return head + table(("时间（北京）", "事由", "何处", "原因", "怎么办"), (_alert(lake, line) for line in shown))


def _alert(lake: Path, line: str) -> str:
    try:
        alert = json.loads(line)
    except json.JSONDecodeError:
        return _row("—", "无法读取的告警", "", "该行没有写完", "看数据湖的 alerts 目录")
    moment = _local(alert["at"])
    if alert["kind"] == "file_refused":
        return _refused(lake, moment, alert)
    run = f"/dags/{quote(alert['dag_id'])}/runs/{quote(alert['run_id'])}/tasks/{quote(alert['task_id'])}"
    title = alert.get("title") or f"{alert['dag_id']} › {alert['task_id']}"
    where = f'<a href="{escape(run)}" target="_top">{escape(title)}</a>'
    why = ERRORS.get(alert["error"], alert["error"])
    return _row(moment, "任务失败", where, escape(why), REMEDIES.get(alert["error"], REMEDY))


def _refused(lake: Path, moment: str, alert: dict[str, Any]) -> str:
    feed = load_feeds()[alert["feed"]]
    name = escape(f"{feed.title} › {alert['file']}")
    folder = lake / "docs" / "batches" / alert["feed"] / alert["dataset"]
    page = next(folder.glob(f"*{alert['batch_id']}.html"), None) if folder.is_dir() else None
    if page is not None:
        name = f'<a href="docs/{escape(quote(str(page.relative_to(lake / "docs"))))}">{name}</a>'
    why = REFUSAL_TITLES.get(alert["reason"], alert["reason"])
    return _row(moment, "文件被拒收", name, escape(why), escape(f"请{feed.publisher}更正后重新报送"))


def _build(lake: Path) -> str:
    results, manifest = (_read(lake / "dbt" / name) for name in ("run_results.json", "manifest.json"))
    if results is None or manifest is None:
        return "<h2>尚未构建</h2>"
    tests: dict[str, list[str]] = defaultdict(list)
    models, bad = [], []
    for result in results["results"]:
        node = manifest["nodes"].get(result["unique_id"], {"resource_type": "", "name": result["unique_id"]})
        if node["resource_type"] == "model":
            models.append((node["name"], result))
        for attached in _attached(node):
            tests[attached].append(result["status"])
        if result["status"] not in ("success", "pass"):
            bad.append(_row(escape(node["name"]), STATUS.get(result["status"], result["status"])))
    made = _local(results["metadata"]["generated_at"])
    verdict = table(("模型或检验", "结果"), bad) if bad else "<p>全部模型与检验通过。</p>"
    models.sort(key=lambda model: -model[1]["execution_time"])
    rows = (_model(name, result, tests[result["unique_id"]]) for name, result in models)
    listed = table(("模型", "状态", "检验", "未通过检验", "秒"), rows, numeric=FIGURES)
    summary = f"<summary>{len(models)} 个模型，慢的在前</summary>"
    return f"<h2>最近一次构建 <small>{made}（北京）</small></h2>{verdict}<details>{summary}{listed}</details>"


def _attached(node: dict[str, Any]) -> list[str]:
    if node["resource_type"] != "test":
        return []
    return [node["attached_node"]] if node.get("attached_node") else node["depends_on"]["nodes"][:1]


def _model(name: str, result: dict[str, Any], tests: list[str]) -> str:
    failed = sum(status not in ("pass", "warn") for status in tests)
    words = f"<td>{escape(name)}</td><td>{STATUS.get(result['status'], escape(result['status']))}</td>"
    figures = (str(len(tests)), str(failed), f"{result['execution_time']:.2f}")
    return f"<tr>{words}{''.join(map(_figure, figures))}</tr>"


def _row(*cells: str) -> str:
    """A table row of HTML cells."""
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _figure(text: str) -> str:
    return f'<td class="n">{escape(text)}</td>'


def _label(dataset: Dataset) -> str:
    return f"{dataset.feed}.{dataset.name}"


def _local(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}"


def _query(statement: str, file: Path) -> Iterable[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute(statement, [str(file)]).fetchall()


def _read(file: Path) -> dict[str, Any] | None:
    if not file.exists():
        return None
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document

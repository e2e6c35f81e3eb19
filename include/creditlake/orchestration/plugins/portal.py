"""Pages in the Airflow UI: the last build and release in numbers, and the data docs. For the api-server alone.

A plugin's application inherits no authentication (reference: Airflow pull request 72655): every page is a route under
one guard, nothing is mounted, and there are no pages about the API. The pages hold counts, never rows.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import requires_access_view
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse, HTMLResponse

PREFIX = "creditlake"
POLICY = {"Content-Security-Policy": "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'self'"}
COUNTS = ("rows_landed", "rows_validated", "rows_quarantined", "rows_refused")
STYLE = (
    "body{font:14px sans-serif;margin:24px}table{border-collapse:collapse}td,th{padding:4px 12px;border:1px solid #ccc}"
)

app = FastAPI(
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
    dependencies=[Depends(requires_access_view(AccessView.PLUGINS))],
)


@app.get("/overview")
def overview() -> HTMLResponse:
    """The current release by dataset, and what the last build made of each model."""
    body = f'<p><a href="docs/index.html">数据质量文档</a></p>{_release(_lake())}{_build(_lake())}'
    page = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>{STYLE}</style><h1>数据湖</h1>{body}</html>'
    return HTMLResponse(page, headers=POLICY)


@app.get("/docs/{path:path}")
def docs(path: str) -> FileResponse:
    """A file of the data docs."""
    site = (_lake() / "docs").resolve()
    file = (site / path).resolve()
    if not file.is_relative_to(site) or not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, headers=POLICY)


def _lake() -> Path:
    folder = os.environ.get("CREDITLAKE_LAKE")
    if not folder:
        raise HTTPException(404, "CREDITLAKE_LAKE is not set")
    return Path(folder)


def _release(lake: Path) -> str:
    pointer = _read(lake / "releases" / "current.json")
    if pointer is None:
        return "<h2>尚无发布</h2>"
    manifest = _read(lake / "releases" / str(pointer["path"]) / "manifest.json") or {}
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * (1 + len(COUNTS)))
    for batch in manifest["batches"]:
        row = [1, *(batch[name] for name in COUNTS)]
        name = f"{batch['feed']}.{batch['dataset']}"
        sums[name] = [total + value for total, value in zip(sums[name], row, strict=True)]
    head = f"<h2>现行发布 {escape(manifest['release_id'])}（业务日期 {escape(manifest['as_of'])}）</h2>"
    names = ("数据集", "批次", "落地行", "通过行", "隔离行", "拒收行")
    return head + _table(names, ([name, *values] for name, values in sorted(sums.items())))


def _build(lake: Path) -> str:
    results = _read(lake / "dbt" / "run_results.json")
    if results is None:
        return "<h2>尚未构建</h2>"
    rows = [
        (result["unique_id"].split(".")[2], result["status"], f"{result['execution_time']:.2f}")
        for result in results["results"]
        if result["unique_id"].startswith("model.")
    ]
    failed = [result["unique_id"].split(".")[2] for result in results["results"] if result["status"] == "fail"]
    said = f"<p>未通过的检验：{escape('、'.join(failed)) or '无'}</p>"
    return f"<h2>最近一次构建，{len(rows)} 个模型</h2>{said}{_table(('模型', '状态', '秒'), rows)}"


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _read(file: Path) -> dict[str, Any] | None:
    if not file.exists():
        return None
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


class Portal(AirflowPlugin):  # type: ignore[misc]  # Airflow brings no types that mypy --strict can follow
    """What Airflow loads."""

    name = "creditlake_portal"
    fastapi_apps = [{"app": app, "url_prefix": f"/{PREFIX}", "name": PREFIX}]  # noqa: RUF012  # Airflow's own form
    external_views = [  # noqa: RUF012
        {"name": "数据湖", "href": f"{PREFIX}/overview", "destination": "nav", "url_route": "creditlake"}
    ]

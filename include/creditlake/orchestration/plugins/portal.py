"""Pages in the Airflow UI: what to chase, release and build in numbers, and the data docs. For the api-server alone.

A plugin's application inherits no authentication (reference: Airflow pull request 72655): every page is a route under
one guard, nothing is mounted, and there are no pages about the API. The pages hold counts, never rows.
"""

from __future__ import annotations

import os
from pathlib import Path

import creditlake.quality
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import requires_access_view
from airflow.plugins_manager import AirflowPlugin
from creditlake.orchestration.overview import overview as page_body
from creditlake.orchestration.watch_page import watch_body
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse, HTMLResponse

PREFIX = "creditlake"
IN_MENU = {"destination": "nav", "nav_top_level": True}
POLICY = {"Content-Security-Policy": "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'self'"}
STYLE = Path(creditlake.quality.__file__).with_name("static") / "docs.css"

app = FastAPI(
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
    dependencies=[Depends(requires_access_view(AccessView.PLUGINS))],
)


@app.get("/overview")
def overview() -> HTMLResponse:
    """What to chase, the current release by dataset, and what the last build made of each model."""
    return _page("数据湖", page_body(_lake()))


@app.get("/watch")
def watch(dag: str = "") -> HTMLResponse:
    """When each source must deliver next, what came, and which alarms stand; on a feed's DAG, of that feed."""
    return _page("来源守望", watch_body(_lake(), dag))


@app.get("/docs/{path:path}")
def docs(path: str) -> FileResponse:
    """A file of the data docs."""
    site = (_lake() / "docs").resolve()
    file = (site / path).resolve()
    if not file.is_relative_to(site) or not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, headers=POLICY)


def _page(title: str, body: str) -> HTMLResponse:
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE.read_text(encoding="utf-8")}</style>'
    document = f'<head>{head}</head><body><main class="wrap">{body}</main></body>'
    return HTMLResponse(f'<!doctype html><html lang="zh-CN">{document}</html>', headers=POLICY)


def _lake() -> Path:
    folder = os.environ.get("CREDITLAKE_LAKE")
    if not folder:
        raise HTTPException(404, "CREDITLAKE_LAKE is not set")
    return Path(folder)


class Portal(AirflowPlugin):  # type: ignore[misc]  # Airflow brings no types that mypy --strict can follow
    """What Airflow loads."""

    name = "creditlake_portal"
    fastapi_apps = [{"app": app, "url_prefix": f"/{PREFIX}", "name": PREFIX}]  # noqa: RUF012  # Airflow's own form
    external_views = [  # noqa: RUF012
        IN_MENU | {"name": "数据湖", "href": f"{PREFIX}/overview", "url_route": "creditlake"},
        IN_MENU | {"name": "来源守望", "href": f"{PREFIX}/watch", "url_route": "creditlake-watch"},
        {"name": "来源守望", "href": f"{PREFIX}/watch?dag={{DAG_ID}}", "destination": "dag", "url_route": "sources"},
    ]

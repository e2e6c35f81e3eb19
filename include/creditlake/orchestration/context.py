"""What a running task is about: the lake, the drop folder and the business date.

Settings are read inside tasks, never while a DAG file is parsed: ``CREDITLAKE_LAKE`` and ``CREDITLAKE_DROP`` of the
environment, else the Airflow Variables ``creditlake_lake`` and ``creditlake_drop``.
"""

from __future__ import annotations

import logging
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import Variable, get_current_context

if TYPE_CHECKING:
    from creditlake.lake import LakePaths

log = logging.getLogger(__name__)
ZONE = "Asia/Shanghai"


class SettingMissing(LookupError):
    """Neither the environment nor an Airflow Variable says what a task needs to know."""


def setting(name: str) -> str | None:
    """Return ``CREDITLAKE_<NAME>`` of the environment, else the Airflow Variable ``creditlake_<name>``, else None."""
    value: str | None = os.environ.get(f"CREDITLAKE_{name.upper()}") or Variable.get(f"creditlake_{name}", default=None)
    return value


def lake() -> LakePaths:
    """The lake this platform works on."""
    from creditlake.lake import LakePaths

    return LakePaths.at(lake_folder())


def lake_folder() -> Path:
    """Where the lake lies, without loading what reads it."""
    return _folder("lake")


def drop() -> Path:
    """The folder in which agencies drop their files."""
    return _folder("drop")


def business_date() -> date:
    """The day the running task's run is about."""
    return date_of(get_current_context()["dag_run"])


def date_of(run: Any) -> date:
    """The day a run is about: its partition key, else ``as_of`` of its conf, else its logical date in Shanghai."""
    text = run.partition_key or (run.conf or {}).get("as_of")
    if text:
        return date.fromisoformat(str(text)[:10])
    day: date = (run.logical_date or run.run_after).astimezone(ZoneInfo(ZONE)).date()
    return day


def conf() -> dict[str, Any]:
    """What the run was started with."""
    return dict(get_current_context()["dag_run"].conf or {})


def run_name() -> str:
    """The name under which data docs show this run."""
    run = get_current_context()["dag_run"]
    return f"{run.dag_id} {run.run_id}"


def conclude(sentence: str) -> None:
    """Say in one sentence what the task did: in its log, and as its XCom ``summary``, where people look first."""
    log.info(sentence)
    get_current_context()["ti"].xcom_push(key="summary", value=sentence)


def _folder(name: str) -> Path:
    value = setting(name)
    if not value:
        raise SettingMissing(f"set CREDITLAKE_{name.upper()} or the Airflow Variable creditlake_{name}")
    return Path(value)

"""Alerts: what went wrong, one JSON line each in ``<lake>/alerts/<month>.jsonl``, and by mail where a server is known.

An alert names DAG, task, run and the kind of error. What an error says may quote a row, so it stays in the task's log
and, cut short, in the lake; a mail has none of it.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import BaseNotifier, Connection
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException

from creditlake.orchestration.context import lake_folder

log = logging.getLogger(__name__)
MAIL_CONNECTION = "creditlake_alerts"
"""An SMTP connection; its extra field ``to`` names the receivers. Without it no mail is sent."""
SHOWN_CHARACTERS = 300


class SourceAlarm(RuntimeError):
    """A source is silent, or what it delivered is odd; the step that raises it has told each alarm already."""


class RunAlert(BaseNotifier):  # type: ignore[misc]  # Airflow brings no types that mypy --strict can follow
    """Tells of a run that failed although no task could tell: a process that is killed has no last words."""

    def notify(self, context: Any) -> None:
        """Write the alert, unless a task of this run has written one."""
        run = context["dag_run"]
        files = (lake_folder() / "alerts").glob("*.jsonl")
        if any(json.dumps(run.run_id) in file.read_text(encoding="utf-8") for file in files):
            return
        tell({
            "kind": "task_failed",
            "dag_id": run.dag_id,
            "task_id": context["ti"].task_id if context.get("ti") else "",
            "run_id": run.run_id,
            "error": "ProcessEnded",
            "message": str(context.get("reason", "")),
        })  # fmt: skip


class Alert(BaseNotifier):  # type: ignore[misc]  # Airflow brings no types that mypy --strict can follow
    """Tells of a task that failed for good."""

    def notify(self, context: Any) -> None:
        """Write the alert, then mail it; what a source alarm says was told by name."""
        task, error = context["ti"], context.get("exception")
        reason = reason_of(error)
        if isinstance(reason, SourceAlarm):
            return
        entry = {
            "kind": "task_failed",
            "dag_id": task.dag_id,
            "task_id": task.task_id,
            "run_id": context["run_id"],
            "try_number": task.try_number,
            "title": _title(context),
            "error": type(reason).__name__,
            "message": " ".join(str(error).split())[:SHOWN_CHARACTERS],
        }
        tell(entry)


def reason_of(error: BaseException | None) -> BaseException | None:
    """What a step raised: ``final`` wraps it; a cause of its own, as of a source that failed, is a detail."""
    return (error.__cause__ or error) if isinstance(error, AirflowFailException) else error


def _title(context: Any) -> str:
    """The names of DAG and task for people; empty where the context has neither."""
    dag, task = context.get("dag"), context.get("task")
    return f"{dag.dag_display_name} › {task.task_display_name}" if dag and task else ""


def tell(entry: dict[str, Any]) -> None:
    """Log an alert, add it to the lake's file of this month, and mail it where the connection says to whom.

    A way that fails is logged and stops neither the other way nor the task: a full disk is told by mail.

    Args:
        entry: JSON values; ``message`` stays out of the mail.
    """
    moment = datetime.now(UTC)
    log.error("告警 %s", json.dumps(entry, ensure_ascii=False))
    try:
        _append({"at": moment.isoformat(timespec="seconds"), **entry}, f"{moment:%Y-%m}.jsonl")
    except OSError:
        log.exception("告警没有写入数据湖")
    try:
        _mail({name: value for name, value in entry.items() if name != "message"})
    except OSError:
        log.exception("告警邮件没有发出")


def _append(entry: dict[str, Any], name: str) -> None:
    file = lake_folder() / "alerts" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, (json.dumps(entry, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(handle)


def _mail(entry: dict[str, Any]) -> None:
    try:
        connection = Connection.get(MAIL_CONNECTION)
    except AirflowNotFoundException:
        return
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    subject = f"[creditlake] {entry['kind']}: {entry.get('dag_id', entry.get('feed'))}"
    body = "<br>".join(f"{name}: {value}" for name, value in entry.items())
    with SmtpHook(smtp_conn_id=MAIL_CONNECTION) as hook:
        hook.send_email_smtp(to=connection.extra_dejson["to"], subject=subject, html_content=body)

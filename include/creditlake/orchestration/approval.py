"""The approval of a release by a person; automatic where a setting says so, and only there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.exceptions import AirflowSkipException

from creditlake.orchestration.context import setting

APPROVED, REJECTED = "通过", "驳回"
AUTOMATIC = "automatic"
BODY = """
业务日期 **{{ ti.xcom_pull(task_ids='audit')['as_of'] }}**，
检验 {{ ti.xcom_pull(task_ids='audit')['checks'] }} 项（告警 {{ ti.xcom_pull(task_ids='audit')['warned'] }} 项），
批次 {{ ti.xcom_pull(task_ids='audit')['batches'] }} 个（拒收 {{ ti.xcom_pull(task_ids='audit')['refused'] }} 个），
隔离 {{ ti.xcom_pull(task_ids='audit')['rows_quarantined'] }} 行。

请注意：**{{ ti.xcom_pull(task_ids='audit')['attention'] }}**。逐项结果见左侧“数据湖”。

来源告警 {{ ti.xcom_pull(task_ids='audit')['alarms'] | length }} 项：
{% for sentence in ti.xcom_pull(task_ids='audit')['alarms'] %}
- {{ sentence }}
{% endfor %}
"""


class Approval(HITLOperator):  # type: ignore[misc]  # Airflow brings no types that mypy --strict can follow
    """Asks a person 通过 or 驳回; 48 hours without an answer are 驳回.

    ``CREDITLAKE_APPROVAL=automatic`` (or the Airflow Variable ``creditlake_approval``) answers 通过 at once: the demo.
    """

    def __init__(self, **kwargs: Any) -> None:
        # retries: an answer given in the moment the task parks is lost by the executor (Airflow issue 66374)
        super().__init__(
            **{
                "subject": "发布 {{ ti.xcom_pull(task_ids='audit')['as_of'] }} 的信用数据",
                "body": BODY,
                "options": [APPROVED, REJECTED],
                "defaults": REJECTED,
                "response_timeout": timedelta(hours=48),
                "retries": 1,
                **kwargs,
            }
        )

    def execute(self, context: Any) -> Any:
        """Park until somebody answers, unless approval is automatic."""
        if setting("approval") == AUTOMATIC:
            self.log.warning("CREDITLAKE_APPROVAL=%s：自动通过，无人审批", AUTOMATIC)
            return {"chosen_options": [APPROVED], "responded_by_user": None, "params_input": {}}
        return super().execute(context)


def skip_unless_approved(answer: dict[str, Any]) -> None:
    """Skip the task when the answer is anything but 通过; the old release stays current."""
    if answer["chosen_options"] != [APPROVED]:
        raise AirflowSkipException(f"{REJECTED}：{answer.get('responded_by_user') or '无人答复'}，现行发布不变")

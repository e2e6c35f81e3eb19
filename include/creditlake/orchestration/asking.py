"""The question of ``review_identity``: whom does a record mean? Loads nothing that reads the lake."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param

from creditlake.orchestration.approval import AUTOMATIC
from creditlake.orchestration.context import setting

CHOICES = ("候选一", "候选二", "候选三")
NONE_OF_THEM, LATER = "都不是", "暂不认定"
BASES = ("机关核实", "登记材料", "代码更换")
BODY = """
**{{ ti.xcom_pull(task_ids='take_head')['reason'] }}**

记录：{{ ti.xcom_pull(task_ids='take_head')['said'] }}

{% for candidate in ti.xcom_pull(task_ids='take_head')['shown'] %}
- {{ candidate }}
{% endfor %}

队列中还有 {{ ti.xcom_pull(task_ids='take_head')['waiting'] }} 条。
"""


class Ask(HITLOperator):  # type: ignore[misc]  # Airflow brings no types that mypy --strict can follow
    """Asks a person which candidate a record means; 48 hours without an answer are 暂不认定.

    Where approval is automatic nobody is asked, and nothing is decided: no machine may answer for people.
    """

    def __init__(self, **kwargs: Any) -> None:
        form = {
            "basis": Param(BASES[0], type="string", enum=list(BASES), title="决定依据"),
            "reason": Param("", type="string", maxLength=500, title="决定理由", description="作出决定时必须填写"),
        }
        # retries: an answer given in the moment the task parks is lost by the executor (Airflow issue 66374)
        super().__init__(
            **{
                "subject": "身份认定 {{ ti.xcom_pull(task_ids='take_head')['number'] }}",
                "body": BODY,
                "options": [*CHOICES, NONE_OF_THEM, LATER],
                "defaults": LATER,
                "params": form,
                "response_timeout": timedelta(hours=48),
                "retries": 1,
                **kwargs,
            }
        )

    def execute(self, context: Any) -> Any:
        """Park until somebody answers, unless nobody is there to be asked."""
        if setting("approval") == AUTOMATIC:
            self.log.warning("CREDITLAKE_APPROVAL=%s：无人认定，%s", AUTOMATIC, LATER)
            return {"chosen_options": [LATER], "responded_by_user": None, "params_input": {}}
        return super().execute(context)

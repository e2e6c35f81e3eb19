# airflow dag
"""``report_upward``: what the regional platform must be told, once, with a receipt."""

from airflow.sdk import Param, dag, task
from creditlake.orchestration.defaults import as_of_param, daily_by_date, settings

DOC = """
### 上报：双公示与名单

把上一份回执以来新增（i）、变更（u）、撤销（d）的记录，按标准自己的列名与代码写成 CSV 和 JSON 行，
放在 `<数据湖>/submissions/<业务日期>/`，附回执 `receipt.json`。
只报通过质检的行；未报的行按原因计数，合计等于落地行数。把该文件夹交给上级平台即可。

第一次请手工启动并填写**起始日**；以后每日接着上一份回执。启用时随即补跑的当日一次还没有回执可接，会失败，属正常。

**任务失败时**：日志写明原因。没有回执（第一次）、该日之后已经上报、或湖中行数对不上（先运行“维护：完好性检查”）。失败时什么也没有写。
"""
FIRST = Param(
    None,
    type=["null", "string"],
    format="date",
    title="起始日",
    description="仅第一次上报需要：从这一天起的变化都要上报；此前的视为已经上报",
)


@dag(
    dag_id="report_upward",
    schedule=daily_by_date("0 6 * * *"),
    params=as_of_param() | {"first_day": FIRST},
    **settings("上报：双公示与名单", DOC, ["上报"], paused=True),
)
def report_upward():
    @task(task_display_name="写出并开具回执")
    def hand_up():
        from creditlake.orchestration import handing_up

        return handing_up.hand_up()

    hand_up()


report_upward()

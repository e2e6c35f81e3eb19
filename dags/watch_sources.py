# airflow dag: one task for every declared feed; a new contract is a new task
"""``watch_sources``: look ▸ one task a feed, red where its sources are silent or odd."""

from airflow.sdk import dag, task
from creditlake.contracts import load_feeds
from creditlake.orchestration.defaults import as_of_param, daily_by_date, settings

DOC = """
### 来源守望

每天 08:30 对照合同里约定的节奏（`watch:`），逐个数据集核对三件事：

1. **未按时报送**：过了约定期限（周期结束后若干工作日，按国家节假日安排）仍未收到。
2. **数量异常**：本期行数减半或翻倍（与近几期的中位数相比；行数很少时放宽，偶然起伏不告警）。
3. **表头变化**：与约定的表头相比多列、少列或换了次序；或文件因表头被拒收。

每路数据一个任务，任务的责任人就是催报的人；左侧“来源守望”列出每个数据集的下次期限与现状。告警只提醒，不阻止发布；审批人会看到。

**任务失败时**：不是程序出错，而是该路有告警，原因在任务的 XCom `summary` 和“来源守望”。请责任人与报送单位核实；
确属正常的，用 `creditlake watch move` 改定界限并写明理由（谁、为何、何时都会留痕），
再手工启动本 DAG，“来源守望”随之更新；或等报送后次日自动恢复。
"""


@dag(
    dag_id="watch_sources",
    schedule=daily_by_date("30 8 * * *"),
    params=as_of_param(),
    **settings("接入：来源守望", DOC, ["接入", "质量"], paused=True),
)
def watch_sources():
    @task(task_display_name="核对")
    def look():
        from creditlake.orchestration import watch as steps

        return steps.look_around()

    @task
    def judge(feed, alarms):
        from creditlake.orchestration import watch as steps

        return steps.judge(feed, alarms)

    alarms = look()
    for feed in load_feeds().values():
        named = judge.override(task_id=f"judge_{feed.name}", task_display_name=feed.title, owner=feed.owner)
        named(feed.name, alarms)


watch_sources()

# airflow dag
"""``feed_cutoff``: at the end of the day, build with what came."""

from airflow.sdk import dag, task
from creditlake.orchestration.assets import CUTOFF
from creditlake.orchestration.defaults import as_of_param, daily_by_date, settings

DOC = """
### 当日截止

每天 18:00 发出截止信号：当日仍有未到的数据时，以已到的数据构建；已构建过的不重复。
任务的 XCom `summary` 列出本月尚未报送的各路数据及其提供单位，供催报。

**任务失败时**：清除任务重跑；或手工启动“构建：信用画像”并填写业务日期。
"""


@dag(
    dag_id="feed_cutoff",
    schedule=daily_by_date("0 18 * * *"),
    params=as_of_param(),
    **settings("接入：当日截止", DOC, ["接入"], paused=True),
)
def feed_cutoff():
    @task(task_display_name="截止", outlets=[CUTOFF])
    def cut(*, outlet_events):
        from creditlake.orchestration import keeping

        counts = keeping.cut_off()
        outlet_events[CUTOFF].extra = counts
        return counts

    cut()


feed_cutoff()

# airflow dag
"""``build_profiles``: gate ▸ dbt_build ▸ report, when all feeds of a day are in the lake or at the cut-off."""

from airflow.sdk import Param, PartitionedAssetTimetable, dag, task
from creditlake.orchestration.assets import DBT_MODELS, MARTS, arrived, model
from creditlake.orchestration.defaults import WRITER_POOL, as_of_param, settings

DOC = """
### 信用画像构建

当日各路数据全部入湖后（或到截止时点，以已到数据）运行一次 `dbt build`：身份识别、信用记录、评价、画像、指数、信易贷。

1. **是否需要构建**：对照湖中台账、业务日期与代码版本；已构建过则跳过，不重复构建。手工启动时可勾选“强制构建”。
2. **建模与检验**：一个任务、一个进程、一个写入者。任一模型或检验失败即失败，不再重试；当前发布不受影响。
3. **逐模型报告**：每个模型的状态、耗时和失败的检验见左侧“数据湖”；历次结果是资源 `dbt_<模型>` 的事件。

手工启动的运行不触发发布，除非填写分区键；请随后手工启动“发布：信用数据”并填同一业务日期。

**任务失败时**：日志列出失败的模型与检验。数据问题由数据团队更正后重新投递；规则问题修改模型或种子后，清除任务重跑。
"""
FORCE = {"force": Param(False, type="boolean", title="强制构建", description="已构建过也再构建一次")}


@dag(
    dag_id="build_profiles",
    schedule=PartitionedAssetTimetable(assets=arrived()),
    params=as_of_param() | FORCE,
    **settings("构建：信用画像", DOC, ["构建"]),
)
def build_profiles():
    @task.short_circuit(task_display_name="是否需要构建")
    def gate():
        from creditlake.orchestration import modelling

        return modelling.is_build_due()

    @task(task_display_name="建模与检验", pool=WRITER_POOL, outlets=[MARTS])
    def dbt_build(*, outlet_events):
        from creditlake.orchestration import modelling

        counts = modelling.build()
        outlet_events[MARTS].extra = counts
        return counts

    @task(task_display_name="逐模型报告", outlets=[DBT_MODELS])
    def report(was_due, *, outlet_events):
        from creditlake.orchestration import modelling

        for made in modelling.reports(was_due):
            outlet_events[DBT_MODELS].add(model(made.name), extra=made.as_extra())

    due = gate()
    due >> dbt_build() >> report(due).as_teardown()


build_profiles()

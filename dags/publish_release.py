# airflow dag
"""``publish_release``: audit ▸ approve ▸ release, after every build."""

from airflow.sdk import PartitionedAssetTimetable, dag, task
from creditlake.orchestration.approval import Approval
from creditlake.orchestration.assets import MARTS, RELEASE
from creditlake.orchestration.defaults import WRITER_POOL, as_of_param, settings

DOC = """
### 发布

1. **审计**：构建成功、与当日台账和代码一致、数据湖完好，否则失败，现行发布不变。
2. **审批**：在“浏览 › 待操作的任务实例”中选择 **通过** 或 **驳回**；48 小时无人答复按驳回处理。
   审批期间又有新的构建时不发布，须重新审批。
   演示环境设 `CREDITLAKE_APPROVAL=automatic` 时自动通过。
3. **发布**：导出集市、检验发布不变式、写清单，最后一步原子切换 `current.json`。内容相同即同一发布。

**任务失败时**：日志写明未通过的检查。更正数据后重新构建；要退回旧发布用 `creditlake rollback <发布号>`。
"""


@dag(
    dag_id="publish_release",
    schedule=PartitionedAssetTimetable(assets=MARTS),
    params=as_of_param(),
    **settings("发布：信用数据", DOC, ["发布"]),
)
def publish_release():
    @task(task_display_name="审计")
    def audit():
        from creditlake.orchestration import publishing

        return publishing.audit()

    @task(task_display_name="发布", pool=WRITER_POOL, outlets=[RELEASE])
    def release(answer, audited, *, outlet_events):
        from creditlake.orchestration import publishing

        published = publishing.release(answer, audited)
        outlet_events[RELEASE].extra = published
        return published

    audited = audit()
    approve = Approval(task_id="approve", task_display_name="审批")
    audited >> approve
    release(approve.output, audited)


publish_release()

# airflow dag
"""``replay_quarantine``: corrected rows come back, by hand."""

from airflow.sdk import Param, dag, task
from creditlake.contracts import all_datasets
from creditlake.orchestration.defaults import WRITER_POOL, as_of_param, settings

DOC = """
### 隔离行更正回放

1. 导出：`creditlake quarantine --lake <数据湖> --dataset <路.数据集> --out <数据湖>/corrections/<文件>.csv`
2. 在该文件中更正（不改前三列），只保留要回放的行。
3. 启动本 DAG，填写数据集与文件名。更正行作为新批次判定；通过的行关闭对应的隔离行，之后运行“构建：信用画像”。

**任务失败时**：日志写明原因（文件不在、批次被拒收、指向的行不在隔离中）；湖中没有任何改变，更正文件后重新启动。
"""
DATASETS = {f"{dataset.feed}.{dataset.name}": dataset.title for dataset in all_datasets()}
FORM = {
    "dataset": Param(next(iter(DATASETS)), enum=list(DATASETS), values_display=DATASETS, title="数据集"),
    "file": Param("", type="string", title="文件名", description="位于 <数据湖>/corrections/ 下，例如 更正.csv"),
}


@dag(
    dag_id="replay_quarantine",
    schedule=None,
    params=FORM | as_of_param(),
    **settings("更正：隔离行回放", DOC, ["更正", "手工"]),
)
def replay_quarantine():
    @task(task_display_name="回放", pool=WRITER_POOL)
    def replay():
        from creditlake.orchestration import replay as steps

        return steps.replay()

    replay()


replay_quarantine()

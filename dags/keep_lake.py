# airflow dag
"""What keeps a lake sound: ``quality_docs``, ``maintain_lake``, ``fsck_lake``, ``backup_lake``, ``rebuild_lake``."""

from airflow.sdk import Param, PartitionedAssetTimetable, dag, task
from creditlake.orchestration.assets import arrived
from creditlake.orchestration.defaults import WRITER_POOL, daily, settings

DOCS = """
### 数据质量文档

当日数据入湖后更新 `<数据湖>/docs/`：每批次一页、每套规则一页，完全离线，不含个人数据。

**任务失败时**：看日志；只影响文档，不影响数据与发布，清除任务重跑即可。
"""
MAINTAIN = """
### 数据湖维护

每日一次，顺序固定：抹去已终止（修复、到期、撤回）记录的行并封存仍含有它们的旧发布
▸ 合并小文件 ▸ 重写多删除文件 ▸ 过期满 7 天的快照 ▸ 清理停用满 2 天的文件 ▸ 删除满 2 天的孤儿文件 ▸ 备份 ▸ 完好性检查。

抹去任何行之后会重建模型；等待审批的发布需重新运行“构建：信用画像”。

**任务失败时**：日志写明停在哪一步，其后的步骤没有做；抹去做到一半的，重跑即接着做完。若是完好性检查失败：
停止接入，从备份恢复（`creditlake restore`）或运行“从贴源层重建”。
"""
FSCK = """
### 完好性检查

核对目录登记的文件、大小、统计行数、分区位置，以及每个批次“落地 = 通过 + 隔离 + 拒收”。只读。

**任务失败时**：日志逐条列出问题。先停止写入，再从备份恢复或从贴源层重建。
"""
BACKUP = """
### 备份与恢复演练

1. **备份**：目录库与全部数据文件，附每个文件的哈希；放在 `CREDITLAKE_BACKUPS`（未设则 `<数据湖>/backups`）。
2. **恢复演练**：把备份恢复到空目录，检查完好性并与台账比对，然后删除演练副本（需要与湖同样大的空间）。

备份含保管库，权限与留存要求与保管库相同。恢复：`creditlake restore --from <备份> --lake <新目录>`。

**任务失败时**：该备份不可依赖；查磁盘空间与损坏文件后重跑。
"""
REBUILD = """
### 从贴源层重建

丢弃目录库，把贴源层的全部批次按接收次序重新判定入湖。发布不受影响；重建后请运行“构建：信用画像”。

仅手工启动并勾选“确认重建”，用于数据湖损坏且无可用备份时。

**任务失败时**：旧目录保留在 `before-rebuild`，修复后重跑即可。
"""


@dag(
    dag_id="quality_docs",
    schedule=PartitionedAssetTimetable(assets=arrived()),
    **settings("文档：数据质量", DOCS, ["质量"]),
)
def quality_docs():
    @task(task_display_name="更新数据文档")
    def build_docs():
        from creditlake.orchestration import keeping

        return keeping.docs()

    build_docs()


@dag(dag_id="maintain_lake", schedule=daily("30 3 * * *"), **settings("维护：数据湖", MAINTAIN, ["维护"], paused=True))
def maintain_lake():
    @task(task_display_name="维护", pool=WRITER_POOL)
    def maintain():
        from creditlake.orchestration import keeping

        return keeping.maintain()

    maintain()


@dag(dag_id="fsck_lake", schedule=daily("0 12 * * *"), **settings("维护：完好性检查", FSCK, ["维护"], paused=True))
def fsck_lake():
    @task(task_display_name="检查")
    def check():
        from creditlake.orchestration import keeping

        return keeping.check()

    check()


@dag(
    dag_id="backup_lake",
    schedule=daily("30 21 * * 0"),
    **settings("维护：备份与恢复演练", BACKUP, ["维护"], paused=True),
)
def backup_lake():
    @task(task_display_name="备份", pool=WRITER_POOL)
    def back_up():
        from creditlake.orchestration import keeping

        return keeping.back_up()

    @task(task_display_name="恢复演练")
    def prove_restore(name):
        from creditlake.orchestration import keeping

        return keeping.prove(name)

    prove_restore(back_up())


@dag(
    dag_id="rebuild_lake",
    schedule=None,
    params={"confirm": Param(False, type="boolean", title="确认重建", description="丢弃目录库，从贴源层重新判定")},
    **settings("维护：从贴源层重建", REBUILD, ["维护", "手工"]),
)
def rebuild_lake():
    @task(task_display_name="重建", pool=WRITER_POOL)
    def rebuild():
        from creditlake.orchestration import keeping

        return keeping.rebuild()

    rebuild()


quality_docs()
maintain_lake()
fsck_lake()
backup_lake()
rebuild_lake()

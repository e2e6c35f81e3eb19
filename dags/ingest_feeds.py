# airflow dag: one for every declared feed; a new contract is a new DAG
"""``ingest_<feed>``: land ▸ load_bronze ▸ validate, by the contract's schedule."""

from airflow.sdk import dag, task
from creditlake.contracts import load_feeds
from creditlake.orchestration.assets import validated
from creditlake.orchestration.defaults import WRITER_POOL, as_of_param, daily_by_date, settings
from creditlake.orchestration.forms import pull_again_form

DOC = """
### {title}：落地 ▸ 读入 ▸ 质检

提供单位：{publisher}　依据：{basis}　数据集：{datasets}

1. **落地**：把投递目录里的文件（或从对方数据库、接口拉到的增量）按内容原样存入保管库；同一文件再来不变。
2. **读入**：每个文件（压缩包内每个成员）成为一个批次，列均为文本，附来源。
3. **质检与入湖**：按 `expectations/{name}.yml` 判定；通过的行入湖，其余入隔离区并记下违反的全部规则。

**看结果**：每个任务的 XCom `summary` 是一句话的结论，日志逐个文件说明，左侧“数据湖”汇总。

**文件被拒收**不算失败：其余文件与发布照常。原因在任务日志、左侧“数据湖”和台账里；请提供单位更正后重新投递。

**补数**：停机后补跑一次即可，增量从水位续拉，不漏不重。要逐日回填某一段（含起日，不含止日），用“回填”或命令
`airflow backfill create --dag-id ingest_{name} --from-date 起日 --to-date 止日 --max-active-runs 1`：
每天只取当日及以前变更的行，与当时逐日运行的结果相同。“活跃执行数上限”须填 1，按日先后进行；
启用（取消暂停）时会先跑一次最近的一天，它已取走此前的全部变更，其后的回填便没有新的行；
回填后请手工启动“构建：信用画像”。
{again}
按时启动的运行到齐后自动触发“构建：信用画像”；手工启动的不触发，请随后手工启动它。

**任务失败时**：看日志。来源读不出（SourceFailed）：核对“管理 › 连接”里的连接与对方系统，恢复后清除任务重跑，不漏不重。
数据湖被占用（LeaseHeld）或磁盘问题，处理后清除任务重跑即可，重跑不会重复入湖。
"""
AGAIN = """
**补拉**：对方迟提交或未改时间就改了内容时，手工启动并填写“补拉数据集”和“补拉起点”：从该变更时间起再比对一次，
只入此前未拉到的行。参数留在运行的配置里，可查何人何时补拉。
"""


def ingest_dag(feed):
    """Make one feed's DAG."""
    asset, form = validated(feed.name), pull_again_form(feed)
    doc = DOC.format(
        title=feed.title, publisher=feed.publisher, basis=feed.legal_basis, name=feed.name,
        datasets="、".join(dataset.title for dataset in feed.datasets), again=AGAIN * bool(form),
    )  # fmt: skip

    @dag(
        dag_id=f"ingest_{feed.name}",
        schedule=daily_by_date(feed.schedule),
        params=as_of_param() | form,
        **settings(f"接入：{feed.title}", doc, ["接入", feed.title], feed.owner, paused=True),
    )
    def ingest():
        @task(task_display_name="落地", max_active_tis_per_dag=1)
        def land():
            from creditlake.orchestration import ingest as steps

            return steps.land(feed.name)

        @task(task_display_name="读入")
        def load_bronze(landed):
            from creditlake.orchestration import ingest as steps

            return steps.load_bronze(landed)

        @task(task_display_name="质检与入湖", pool=WRITER_POOL, outlets=[asset])
        def validate(batches, *, outlet_events):
            from creditlake.orchestration import ingest as steps

            counts = steps.validate(feed.name, batches)
            outlet_events[asset].extra = counts
            return counts

        validate(load_bronze(land()))

    return ingest()


for _feed in load_feeds().values():
    globals()[f"ingest_{_feed.name}"] = ingest_dag(_feed)

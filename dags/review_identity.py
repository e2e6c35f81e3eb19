# airflow dag
"""``review_identity``: a person says whom a record means that the ladder leaves in doubt."""

from airflow.sdk import dag, task
from creditlake.orchestration.asking import Ask
from creditlake.orchestration.defaults import as_of_param, settings

DOC = """
### 身份认定

1. **取队首**：复核队列中最可能的一条；答复已在投递目录中的不再问。队列为空时其余步骤跳过。
2. **认定**：在“浏览 › 待操作的任务实例”中选择候选主体、**都不是** 或 **暂不认定**，
   并填写依据和理由；48 小时无人答复按暂不认定处理。
3. **写出决定**：作为一份投递放入 `<投递目录>/identity/`，与其他数据一样接入、检验；
   下一次构建之后生效，优先于一切自动匹配，直到撤销。

成批认定用 `creditlake review list --lake <数据湖> --out <文件>.csv`；合并两个主体只能用文件，须两人决定。

**任务失败时**：日志写明原因（尚未构建、没有填写理由、所选候选不存在）；什么也没有写，重新启动即可。
"""


@dag(
    dag_id="review_identity",
    schedule=None,
    params=as_of_param(),
    **settings("身份认定：人工复核", DOC, ["身份认定", "手工"]),
)
def review_identity():
    @task(task_display_name="取队首")
    def take_head():
        from creditlake.orchestration import review

        return review.take_head()

    @task(task_display_name="写出决定")
    def write(asked, answer):
        from creditlake.orchestration import review

        return review.write(asked, answer)

    asked = take_head()
    ask = Ask(task_id="ask", task_display_name="认定")
    asked >> ask
    write(asked, ask.output)


review_identity()

"""A difference as text for the data team, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from creditlake.diff.difference import Change, Difference
from creditlake.release import Release
from creditlake.text import table

PARTS = {
    "subject": "登记信息",
    "record": "信用记录",
    "profile": "档案数值",
    "evaluation": "评价分项",
    "portrait": "画像得分",
    "percentile": "同业分位",
    "loan_score": "信易贷评分",
    "loan": "信易贷特征分值",
}
CHANGES = {"added": "新增", "changed": "变更", "removed": "移除"}
COLUMNS = {
    "subject_id": "新登记主体",
    "uscc": "统一社会信用代码",
    "name": "主体名称",
    "subject_type": "主体类别",
    "registration_status": "登记状态",
    "is_active": "是否存续",
    "district_code": "所在旗县区",
    "industry_code": "行业代码",
    "enterprise_type_code": "市场主体类型",
    "established_date": "成立日期",
    "tax_rating": "纳税信用等级",
    "tax_rating_year": "纳税信用评价年度",
    "is_on_serious_list": "列入严重失信主体名单",
    "is_abnormal": "列入经营异常名录",
    "polarity": "方向",
    "severity": "程度",
    "occurred_date": "日期",
    "authority": "机关",
    "document_no": "文号",
    "visible_until": "公示至",
    "match_method": "主体认定方式",
}
"""Columns that the metric catalogue does not name."""
LINEAGE = frozenset({"batch_id", "source_sha256", "source_row"})
"""Where a record comes from; the cause says it."""
OWN_CAUSES = {"peers": "同业得分或同业范围变动", "authorisation": "授权生效、到期或撤回"}
ENDS = {
    "nowhere": "移除原因  两个版本相邻关系不明，湖中模型也不是新版本业务日的：除期满者外不能判定，不作猜测",
    "lake": "移除原因  据湖中模型",
    "release": "移除原因  据新版本所附变更表",
}


def told(found: Difference, release: Release) -> str:
    """Return a difference as text.

    Args:
        release: The newer one, whose code lists have the words.
    """
    words = _words(release)
    parts = [_head(found)]
    for part, title in PARTS.items():
        changes = [change for change in found.changes if change.part == part]
        if changes:
            rows = (
                (CHANGES[one.change], _item(one, words), _values(one, words), _causes(one, words)) for one in changes
            )
            parts.append(f"{title}（{len(changes)}）\n" + table(("变动", "项目", "旧 → 新", "原因"), rows))
    if not found.changes:
        parts.append("两个版本之间没有变化")
    return "\n\n".join(parts)


def _head(found: Difference) -> str:
    old, new = found.old, found.new
    lines = [
        f"{found.subject['name']}  {found.subject['uscc']}",
        f"版本  {old['release_id']} → {new['release_id']}，业务日期 {old['as_of']} → {new['as_of']}",
        ENDS[found.ends_from],
    ]
    names = {"code_version": "程序版本", "seeds_sha256": "种子数据"}
    moved = [f"{title} {old[name][:24]} → {new[name][:24]}" for name, title in names.items() if old[name] != new[name]]
    if moved:
        lines.append(f"注意  规则也不同（{'；'.join(moved)}）：下列数值的变化可能同时来自规则")
    return "\n".join(lines)


def _item(change: Change, words: Mapping[tuple[str, str], str]) -> str:
    if change.part == "record":
        return f"{words.get(('record_type', change.about), change.about)} {change.item}"
    column = {"evaluation": "item_code", "portrait": "dimension_code", "percentile": "dimension_code",
              "loan": "feature", "loan_score": "model_id"}.get(change.part, "metric")  # fmt: skip
    return COLUMNS.get(change.item) or words.get((column, change.item), change.item)


def _values(change: Change, words: Mapping[tuple[str, str], str]) -> str:
    if change.part == "record":
        is_changed = change.change == "changed"
        return "；".join(_columns(change.old, change.new, words)) if is_changed else _record(change.new)
    return f"{_said(change.old)} → {_said(change.new)}"


def _columns(old: Mapping[str, Any], new: Mapping[str, Any], words: Mapping[tuple[str, str], str]) -> Iterable[str]:
    names = [name for name in new if name not in LINEAGE]
    return (f"{COLUMNS.get(name) or words.get(('metric', name), name)} {_said(old[name])} → {_said(new[name])}"
            for name in names)  # fmt: skip


def _record(values: Mapping[str, Any] | None) -> str:
    names = ("occurred_date", "authority", "document_no", "amount_yuan")
    return " ".join(_said(values[name]) for name in names if values.get(name)) if values else "不再列示内容"


def _said(value: object) -> str:
    """A value as people write it: a score without the zeros behind it."""
    return "无" if value is None else re.sub(r"^(-?\d+)(?:\.0{4}|(\.\d*[1-9])0+)$", r"\1\2", str(value))


def _causes(change: Change, words: Mapping[tuple[str, str], str]) -> str:
    return "；".join(_cause(cause, words) for cause in change.causes)


def _cause(cause: Mapping[str, Any], words: Mapping[tuple[str, str], str]) -> str:
    code = str(cause["cause_code"])
    said = OWN_CAUSES.get(code) or words.get(("cause_code", code), code)
    if cause.get("batch_id"):
        return f"{said}（批次 {cause['batch_id']} 第 {cause['source_row']} 行，{cause['since_date']} 提供）"
    return f"{said}（自 {cause['since_date']}）" if cause.get("since_date") else said


def _words(release: Release) -> dict[tuple[str, str], str]:
    """What the codes and columns mean, from the release itself."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            """select column_name, code, title from read_parquet($1)
            union all select 'metric', metric_code, name from read_parquet($2)""",
            [str(release.mart("mart_code_lists")), str(release.mart("mart_metric_catalog"))],
        ).fetchall()
    return {(column, code): title for column, code, title in rows}

"""One clean row of every dataset, invented, and the builder of tiny batches as bronze writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from creditlake.identity.identifiers import org_code_check_character, uscc_check_character

Row = Mapping[str, str | None]
RAGGED = "_ragged"


def invented_uscc(number: int, kind: str = "91") -> str:
    """A code that is valid and nobody's: its area 159999 does not exist."""
    body = f"{number:08d}"
    stem = f"{kind}159999{body}{org_code_check_character(body)}"
    return stem + uscc_check_character(stem)


PARTY, OFFICE = invented_uscc(1), invented_uscc(7, "11")
ENVELOPE = {"提供日期": "2026-03-11", "增删改标志": "i"}

CLEAN: dict[str, dict[str, str | None]] = {
    "registration.subjects": {
        "企业名称": "呼和浩特市测试商贸有限公司",
        "统一社会信用代码": PARTY,
        "注册日期": "2019-05-06",
        "企业类型": "有限责任公司",
        "注册资金": "100(万人民币元)",
        "经营范围": "日用百货销售",
        "所在省份": "内蒙古",
        "地区": "呼和浩特",
        "注册地址": "内蒙古自治区呼和浩特市新城区测试路1号",
        "登记状态": "存续",
        "行业代码": "5211",
        "注册号": "330203000030639",
        "核准日期": "2026-03-02",
    },
    "registration.abnormal": {
        "统一社会信用代码": PARTY,
        "企业名称": "呼和浩特市测试商贸有限公司",
        "列入日期": "2026-03-02",
        "列入原因": "通过登记的住所或者经营场所无法联系",
        "作出决定机关(列入)": "新城区市场监督管理局",
        "移出日期": None,
        "移出原因": None,
        "作出决定机关(移出)": None,
    },
    "licensing.permits": {
        "XK_XDR_MC": "呼和浩特市测试商贸有限公司",
        "XK_XDR_LB": "法人及非法人组织",
        "XK_XDR_SHXYM": PARTY,
        "XK_XKWS": "准予行政许可决定书",
        "XK_WSH": "测许〔2026〕1号",
        "XK_XKLB": "普通",
        "XK_NR": "食品销售",
        "XK_JDRQ": "2026/03/02",
        "XK_YXQZ": "2026/03/02",
        "XK_YXQZI": "2099/12/31",
        "XK_XKJG": "新城区市场监督管理局",
        "XK_XKJGDM": OFFICE,
        "XK_ZT": "1",
        "XK_LYDW": "呼和浩特市市场监督管理局",
        "XK_LYDWDM": OFFICE,
    },
    "penalty.decisions": {
        "CF_XDR_MC": "呼和浩特市测试商贸有限公司",
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": PARTY,
        "CF_WSH": "测罚〔2026〕1号",
        "CF_WFXW": "未按规定明码标价",
        "CF_SY": "当事人未明码标价",
        "CF_YJ": "价格法第四十二条",
        "CF_CFLB": "警告;罚款",
        "CF_NR": "警告，并处罚款2000元",
        "CF_NR_FK": "0.2",
        "CF_NR_WFFF": None,
        "CF_JDRQ": "2026-03-02",
        "CF_YXQ": "2029-03-02",
        "CF_GSJZQ": "2027-03-02",
        "CF_CFJG": "新城区市场监督管理局",
        "CF_CFJGDM": OFFICE,
        "CF_SJLY": "呼和浩特市市场监督管理局",
        "CF_SJLYDM": OFFICE,
    },
    "tax.ratings": {
        "统一社会信用代码": PARTY,
        "纳税人名称": "呼和浩特市测试商贸有限公司",
        "评价年度": "2025",
        "信用等级": "B",
        "评价单位": "新城区税务局",
        "评定时间": "2026-03-02",
    },
    "tax.arrears": {
        "统一社会信用代码": PARTY,
        "纳税人识别号": PARTY,
        "纳税人名称": "呼和浩特市测试商贸有限公司",
        "欠税税种": "增值税",
        "累计欠税余额": "1200.50",
        "当期新发生欠税金额": "0",
        "欠税统计截止日期": "2026-02-28",
        "是否补缴": "否",
        "发布部门": "新城区税务局",
        "认定日期": "2026-03-02",
    },
    "tax.violations": {
        "统一社会信用代码": PARTY,
        "名称": "呼和浩特市测试商贸有限公司",
        "案件性质": "偷税",
        "主要违法事实": "少列收入",
        "相关法律依据": "税收征收管理法第六十三条",
        "税务处理处罚情况": "追缴税款",
        "实施检查的单位": "第一稽查局",
        "确认日期": "2026-03-02",
        "公示截止日期": "2029-03-02",
    },
    "social_security.headcounts": {
        "统一社会信用代码": PARTY,
        "单位编码": "15010000001",
        "单位名称": "呼和浩特市测试商贸有限公司",
        "应收年月": "202602",
        "月参保总人数": "12",
    },
    "social_security.arrears": {
        "统一社会信用代码": PARTY,
        "机构全称": "呼和浩特市测试商贸有限公司",
        "欠缴统计开始日期": "2025-12-01",
        "欠缴统计截止日期": "2026-02-28",
        "欠缴金额合计（元）": "5600.00",
        "是否补缴": "否",
        "经办机关全称": "市社保中心",
        "认定日期": "2026-03-02",
    },
    "social_security.wage_arrears_list": {
        "统一社会信用代码": PARTY,
        "名称": "呼和浩特市测试商贸有限公司",
        "认定依据": "人社部令第45号第五条",
        "认定部门": "市人力资源和社会保障局",
        "认定文号": "测失信〔2026〕1号",
        "违法失信行为事实": "拖欠工资",
        "确认严重失信日期": "2026-03-02",
        "公示截止日期": "2029-03-02",
    },
    "lending.authorizations": {
        "统一社会信用代码": PARTY,
        "授权编号": "SQ202603020001",
        "授权机构": "测试银行",
        "授权范围": "纳税、社保",
        "授权日期": "2026-03-02",
        "有效期至": "2027-03-01",
    },
    "repair.cases": {
        "统一社会信用代码": PARTY,
        "名称": "呼和浩特市测试商贸有限公司",
        "修复申请编号": "XF202603020001",
        "失信信息类型": "行政处罚",
        "文号": "测罚〔2025〕1号",
        "认定机关": "新城区市场监督管理局",
        "申请渠道": "线上",
        "申请日期": "2026-03-02",
        "受理日期": "2026-03-04",
        "受理结果": "受理",
        "办结日期": "2026-03-10",
        "修复结果": "准予修复",
    },
    "objection.cases": {
        "统一社会信用代码": PARTY,
        "名称": "呼和浩特市测试商贸有限公司",
        "异议编号": "YY202603020001",
        "失信信息类型": "行政处罚",
        "文号": "测罚〔2025〕1号",
        "认定机关": "新城区市场监督管理局",
        "异议类型": "信息内容",
        "提出日期": "2026-03-02",
        "受理日期": "2026-03-04",
        "办结日期": "2026-03-10",
        "处理结果": "维持",
    },
    "commitments.pledges": {
        "承诺编码": "15010220260302000001",
        "承诺人名称": "呼和浩特市测试商贸有限公司",
        "承诺人类别": "法人及非法人组织",
        "承诺人代码": PARTY,
        "承诺类型": "审批替代型",
        "承诺事由": "申请办理食品经营许可证",
        "承诺内容": "符合许可条件",
        "违诺责任": "依法撤销许可",
        "承诺作出日期": "2026-03-02",
        "承诺有效期": "2027-03-02",
        "承诺履行状态": None,
        "未履行的承诺内容": None,
        "违诺责任追究内容": None,
        "承诺履行状态认定日期": None,
        "承诺履行状态认定单位": None,
        "承诺受理单位": "新城区市场监督管理局",
        "公开类型": "可向社会公开",
    },
    "lists.entries": {
        "统一社会信用代码": PARTY,
        "名称": "呼和浩特市测试商贸有限公司",
        "名单类型": "海关高级认证企业",
        "认定部门": "呼和浩特海关",
        "认定文号": "测关认证〔2026〕1号",
        "认定依据": "海关总署令第251号第十四条",
        "列入日期": "2026-03-02",
        "公示截止日期": "2029-03-02",
        "移出日期": None,
        "移出原因": None,
        "移出决定机关": None,
    },
    "identity.decisions": {
        "决定编号": "RD202603020001",
        "决定类型": "挂接",
        "标识键": "0123456789ABCDEF0123456789ABCDEF",
        "主体": PARTY,
        "保留主体": None,
        "决定人": "测试甲",
        "复核人": None,
        "决定日期": "2026-03-02",
        "决定依据": "机关核实",
        "决定理由": "作出机关书面核实",
    },
}


def clean_row(dataset: str, **changes: str | None) -> dict[str, str | None]:
    """Return the clean row of ``<feed>.<dataset>``, changed."""
    return CLEAN[dataset] | ENVELOPE | changes


def write_bronze(path: Path, rows: Sequence[Row], without: Sequence[str] = ()) -> Path:
    """Write rows as bronze does: text columns, lineage, and what is wrong with a row's number of fields."""
    names = [name for name in dict.fromkeys(key for row in rows for key in row) if name not in {*without, RAGGED}]
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    lineage = {
        "_source_row": pa.array(range(1, len(rows) + 1), pa.int64()),
        "_ragged": pa.array([row.get(RAGGED) for row in rows], pa.string()),
        "_batch_id": pa.array(["b" * 20] * len(rows), pa.string()),
        "_source_sha256": pa.array(["0" * 64] * len(rows), pa.string()),
    }
    pq.write_table(pa.table(columns | lineage), path)
    return path

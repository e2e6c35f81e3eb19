"""Statements as the files that agencies deliver."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from tests.e2e.test_semantics import as_csv
from tests.histories import law
from tests.histories.facts import (
    Abnormal,
    Arrears,
    Authorization,
    Batch,
    Body,
    Case,
    Decision,
    Delivered,
    Entry,
    Objection,
    Penalty,
    Permit,
    Pledge,
    Rating,
    Registration,
    Repair,
    Statement,
)
from tests.unit.clean_rows import CLEAN, invented_uscc

Cells = dict[str, str | None]


def party(subject: int) -> str:
    """Every third subject is an individual business."""
    return "unit" if subject % 3 else "individual"


def uscc(subject: int) -> str:
    """A subject's code."""
    return invented_uscc(subject, "91" if party(subject) == "unit" else "92")


def name(subject: int) -> str:
    """A subject's name."""
    return f"呼和浩特市第{subject}商贸有限公司"


def deliver(folder: Path, place: int, told: Iterable[Statement]) -> list[Delivered]:
    """Write what was told, one file a dataset; return it as rows of files. ``place``: the number of the drop."""
    by_dataset: dict[str, list[Statement]] = {}
    for statement in told:
        by_dataset.setdefault(statement.body.dataset, []).append(statement)
    delivered: list[Delivered] = []
    for dataset, statements in sorted(by_dataset.items()):
        batch = _file(folder, f"{dataset.replace('.', '/')}-{place:02d}.csv", place, dataset, statements)
        delivered += [Delivered(statement, batch, row) for row, statement in enumerate(statements, 1)]
    return delivered


def _file(folder: Path, file: str, place: int, dataset: str, statements: Sequence[Statement]) -> Batch:
    target = folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(as_csv([cells(one) for one in statements]), encoding="utf-8")
    sha256 = hashlib.sha256(target.read_bytes()).hexdigest()
    return Batch(file, sha256, place, max(one.provided for one in statements), dataset, len(statements))


def cells(statement: Statement) -> Cells:
    """A statement as a row."""
    flag = "d" if statement.is_withdrawal else "u"
    row: Cells = CLEAN[statement.body.dataset] | {"提供日期": _day(statement.provided), "增删改标志": flag}
    return {**row, **_of_subject(row, statement.subject), **_of_body(statement.body, statement.subject)}


def _of_subject(row: Cells, subject: int) -> Cells:
    told: Cells = {}
    codes = {"统一社会信用代码", "CF_XDR_SHXYM", "XK_XDR_SHXYM", "主体", "承诺人代码"}
    names = {"企业名称", "名称", "纳税人名称", "CF_XDR_MC", "XK_XDR_MC", "承诺人名称"}
    told.update(dict.fromkeys(codes & row.keys(), uscc(subject)))
    told.update(dict.fromkeys(names & row.keys(), name(subject)))
    return told


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _of_body(body: Body, subject: int) -> Cells:
    match body:
        case Registration():
            capital = f"{body.yuan / 10000:g}(万人民币元)" if body.yuan else "10(万美元)"
            return {"注册日期": _day(body.established), "核准日期": _day(body.approved), "登记状态": body.status,
                    "注册资金": capital, "注册号": None}  # fmt: skip
        case Penalty():
            return _penalty(body, subject)
        case Entry():
            exit_office = body.authority if body.exited else None
            return {"名单类型": body.kind, "认定部门": body.authority, "认定文号": body.document,
                    "认定依据": "有关法律规定", "列入日期": _day(body.entered), "公示截止日期": _day(body.until),
                    "移出日期": _day(body.exited), "移出原因": "符合条件" if body.exited else None,
                    "移出决定机关": exit_office}  # fmt: skip
        case Permit():
            return {"XK_WSH": body.document, "XK_XKJG": body.authority, "XK_XKJGDM": _office(body.authority),
                    "XK_JDRQ": _day(body.decided), "XK_YXQZ": _day(body.start),
                    "XK_YXQZI": _day(body.end or law.OPEN_END),
                    "XK_ZT": "1" if body.is_valid else "0"}  # fmt: skip
        case Abnormal():
            gone = body.authority if body.removed else None
            return {"列入日期": _day(body.listed), "移出日期": _day(body.removed), "作出决定机关(列入)": body.authority,
                    "移出原因": "已公示" if body.removed else None, "作出决定机关(移出)": gone}  # fmt: skip
        case Arrears():
            return {"欠税税种": body.tax, "累计欠税余额": str(body.yuan), "欠税统计截止日期": _day(body.closing),
                    "是否补缴": "是" if body.is_paid else "否", "发布部门": body.authority, "纳税人识别号": None,
                    "认定日期": _day(body.determined)}  # fmt: skip
        case Rating():
            return {"评价年度": str(body.year), "信用等级": body.grade, "评价单位": body.authority,
                    "评定时间": _day(body.rated)}  # fmt: skip
        case Authorization():
            return {"授权编号": body.number, "授权机构": body.authority, "授权日期": _day(body.start),
                    "有效期至": _day(body.end)}  # fmt: skip
        case Pledge():
            return _pledge(body, subject)
        case Repair() | Objection():
            return _case(body)
        case Decision():
            return {"决定编号": body.number, "决定类型": body.kind, "标识键": None, "保留主体": uscc(body.survivor),
                    "复核人": "测试乙", "决定日期": _day(body.decided), "决定依据": "重复登记"}  # fmt: skip


def _case(body: Case) -> Cells:
    match body:
        case Repair():
            taken_up = {True: "受理", False: "不予受理", None: None}[body.is_accepted]
            return {"修复申请编号": body.number, "失信信息类型": body.about, "文号": body.document,
                    "认定机关": body.authority, "申请日期": _day(body.applied), "受理日期": _day(body.accepted),
                    "受理结果": taken_up, "办结日期": _day(body.closed), "修复结果": body.outcome}  # fmt: skip
        case Objection():
            return {"异议编号": body.number, "失信信息类型": body.about, "文号": body.document,
                    "认定机关": body.authority, "提出日期": _day(body.applied), "受理日期": _day(body.accepted),
                    "办结日期": _day(body.closed), "处理结果": body.outcome}  # fmt: skip


def _penalty(body: Penalty, subject: int) -> Cells:
    fine = f"罚款{body.fine}元" if body.fine else None
    return {
        "CF_XDR_LB": "法人及非法人组织" if party(subject) == "unit" else "个体工商户",
        "CF_WSH": body.document,
        "CF_CFJG": body.authority,
        "CF_CFJGDM": _office(body.authority),
        "CF_CFLB": ";".join(body.kinds),
        "CF_NR": fine or "见处罚类别",
        "CF_NR_FK": f"{body.fine / 10000:g}" if body.fine else None,
        "CF_JDRQ": _day(body.decided),
        "CF_YXQ": "2099-12-31",
        "CF_GSJZQ": _day(body.until),
    }


def _pledge(body: Pledge, subject: int) -> Cells:
    is_broken = body.state in ("部分履行", "全部未履行")
    return {
        "承诺人类别": "法人及非法人组织" if party(subject) == "unit" else "个体工商户",
        "承诺编码": body.number,
        "承诺类型": body.kind,
        "承诺受理单位": body.authority,
        "承诺作出日期": _day(body.promised),
        "承诺有效期": None,
        "承诺履行状态": body.state,
        "未履行的承诺内容": "未按期完成" if is_broken else None,
        "违诺责任追究内容": "记入信用记录" if is_broken else None,
        "承诺履行状态认定日期": _day(body.determined),
        "承诺履行状态认定单位": body.authority if body.state else None,
        "公开类型": "可向社会公开" if body.is_public else "不可公开",
    }


def _office(authority: str) -> str:
    return invented_uscc(7 if authority.startswith("新城") else 8, "11")

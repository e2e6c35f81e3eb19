"""Every kind of rule, on one row that is clean but for one thing; delivered on 2026-03-11, a Wednesday."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from creditlake.contracts import Dataset, all_datasets, load_feeds
from creditlake.quality import Verdict, judge

from tests.unit.clean_rows import CLEAN, OFFICE, PARTY, RAGGED, clean_row, invented_uscc, write_bronze

DELIVERED = date(2026, 3, 11)
WRONG_CHECK = PARTY[:17] + ("0" if PARTY[17] != "0" else "1")
WRONG_INNER = "914201007171752128"
PERMITS, DECISIONS, SUBJECTS = "licensing.permits", "penalty.decisions", "registration.subjects"
ABNORMAL, RATINGS, TAX_ARREARS = "registration.abnormal", "tax.ratings", "tax.arrears"
HEADCOUNTS, ARREARS = "social_security.headcounts", "social_security.arrears"
WAGES, LENDING, VIOLATIONS = "social_security.wage_arrears_list", "lending.authorizations", "tax.violations"
REPAIRS = "repair.cases"
OBJECTIONS = "objection.cases"
ENTRIES = "lists.entries"
LEFT = {"移出日期": "2026-03-09", "移出原因": "认证失效", "移出决定机关": "呼和浩特海关"}

BROKEN: list[tuple[str, dict[str, str | None], set[str]]] = [
    (DECISIONS, {"CF_WSH": None}, {"required.CF_WSH"}),
    (DECISIONS, {"CF_SY": "  "}, {"required.CF_SY"}),
    (DECISIONS, {"CF_YJ": "暂无"}, {"required.CF_YJ"}),
    (DECISIONS, {"CF_SY": "　N/A "}, {"required.CF_SY"}),
    (DECISIONS, {"CF_XDR_SHXYM": None}, {"required.CF_XDR_SHXYM"}),
    (DECISIONS, {"CF_XDR_SHXYM": None, "CF_XDR_LB": "个体工商户"}, {"required.CF_XDR_SHXYM"}),
    (DECISIONS, {"CF_XDR_LB": "自然人", "CF_XDR_SHXYM": None, "CF_XDR_ZJLX": None}, {"required.CF_XDR_ZJLX"}),
    (DECISIONS, {"CF_XDR_LB": "自然人", "CF_XDR_SHXYM": None, "CF_XDR_ZJHM": None}, {"required.CF_XDR_ZJHM"}),
    (DECISIONS, {"CF_XDR_LB": "法人"}, {"enum.CF_XDR_LB"}),
    (DECISIONS, {"CF_CFLB": "批评"}, {"enum.CF_CFLB"}),
    (DECISIONS, {"CF_CFLB": "罚款;其他"}, {"enum.CF_CFLB"}),
    (DECISIONS, {"CF_CFLB": "罚款、警告"}, {"enum.CF_CFLB"}),
    (DECISIONS, {"CF_FR_ZJLX": "驾驶证"}, {"enum.CF_FR_ZJLX"}),
    (DECISIONS, {"CF_XDR_MC": "名" * 201}, {"length.CF_XDR_MC"}),
    (DECISIONS, {"CF_XDR_SHXYM": WRONG_CHECK}, {"check_digit.CF_XDR_SHXYM"}),
    (DECISIONS, {"CF_XDR_SHXYM": "000000000000000000"}, {"check_digit.CF_XDR_SHXYM"}),
    (DECISIONS, {"CF_CFJGDM": "00000000000000000X"}, {"check_digit.CF_CFJGDM"}),
    (DECISIONS, {"CF_XDR_ZZJG": "101692861"}, {"check_digit.CF_XDR_ZZJG"}),
    (DECISIONS, {"CF_XDR_GSZC": "330203000030638"}, {"check_digit.CF_XDR_GSZC"}),
    (DECISIONS, {"CF_XDR_SWDJ": "123"}, {"format.CF_XDR_SWDJ"}),
    (DECISIONS, {"CF_NR_FK": None}, {"required.CF_NR_FK"}),
    (DECISIONS, {"CF_NR_FK": "零点二"}, {"format.CF_NR_FK"}),
    (DECISIONS, {"CF_NR_FK": "0.2000001"}, {"format.CF_NR_FK"}),
    (DECISIONS, {"CF_NR_FK": "-0.2", "CF_NR": "罚款"}, {"range.CF_NR_FK"}),
    (DECISIONS, {"CF_NR_FK": "0", "CF_NR": "罚款"}, {"range.CF_NR_FK"}),
    (DECISIONS, {"CF_NR_WFFF": "-1"}, {"range.CF_NR_WFFF"}),
    (DECISIONS, {"CF_NR_FK": "0.5"}, {"fine_matches_text"}),
    (DECISIONS, {"CF_NR_FK": "2000"}, {"fine_unit"}),
    (DECISIONS, {"CF_NR": "罚款1.5万元", "CF_NR_FK": "15000"}, {"fine_unit"}),
    (DECISIONS, {"CF_NR": "罚款人民币2,000元", "CF_NR_FK": "0.3"}, {"fine_matches_text"}),
    (DECISIONS, {"CF_JDRQ": "2026-03-12", "CF_YXQ": "2029-03-12"}, {"not_future.CF_JDRQ"}),
    (DECISIONS, {"CF_JDRQ": "2026-02-30"}, {"format.CF_JDRQ"}),
    (DECISIONS, {"CF_JDRQ": "3月2日"}, {"format.CF_JDRQ"}),
    (DECISIONS, {"CF_YXQ": "2026-03-01"}, {"order.CF_YXQ"}),
    (DECISIONS, {"CF_GSJZQ": "2026-03-01"}, {"order.CF_GSJZQ"}),
    (DECISIONS, {"增删改标志": "x"}, {"enum.增删改标志"}),
    (DECISIONS, {"提供日期": "2026-03-11 24:00:00"}, {"format.提供日期"}),
    (DECISIONS, {"提供日期": "2026-03-11 10"}, {"format.提供日期"}),
    (DECISIONS, {"提供日期": "2026-03-11 10:05:00Z"}, {"format.提供日期"}),
    (DECISIONS, {"提供日期": "2026-02-30 10:05:00"}, {"format.提供日期"}),
    (DECISIONS, {"CF_JDRQ": "2026-03-02 10:05:00"}, {"format.CF_JDRQ"}),
    (DECISIONS, {RAGGED: "expected 18 fields, got 19: x"}, {"field_count"}),
    (PERMITS, {"XK_XKLB": "一般"}, {"enum.XK_XKLB"}),
    (PERMITS, {"XK_ZT": "2"}, {"enum.XK_ZT"}),
    (PERMITS, {"XK_YXQZI": "2026-03-01"}, {"order.XK_YXQZI"}),
    (PERMITS, {"XK_JDRQ": "2027/01/01"}, {"not_future.XK_JDRQ"}),
    (SUBJECTS, {"登记状态": "营业"}, {"enum.登记状态"}),
    (SUBJECTS, {"行业代码": "52110"}, {"format.行业代码"}),
    (SUBJECTS, {"注册日期": "2026-03-03"}, {"order.核准日期"}),
    (SUBJECTS, {"注册日期": "2026-04-01"}, {"not_future.注册日期"}),
    (SUBJECTS, {"统一社会信用代码": None}, {"required.统一社会信用代码"}),
    (SUBJECTS, {"注册号": "3302030000306390"}, {"check_digit.注册号"}),
    (ABNORMAL, {"移出日期": "2026-03-01"}, {"order.移出日期"}),
    (ABNORMAL, {"作出决定机关(列入)": None}, {"required.作出决定机关(列入)"}),
    (REPAIRS, {"文号": None}, {"required.文号"}),
    (REPAIRS, {"受理结果": None}, {"required.受理结果"}),
    (REPAIRS, {"受理结果": "不予受理"}, {"order.修复结果"}),
    (REPAIRS, {"办结日期": None}, {"required.办结日期"}),
    (REPAIRS, {"修复结果": None}, {"required.修复结果"}),
    (REPAIRS, {"申请日期": "2026-03-05"}, {"order.受理日期"}),
    (OBJECTIONS, {"文号": None}, {"required.文号"}),
    (OBJECTIONS, {"处理结果": None}, {"required.处理结果"}),
    (OBJECTIONS, {"受理日期": None}, {"required.受理日期"}),
    (OBJECTIONS, {"异议类型": "修复结果", "处理结果": "撤销"}, {"order.处理结果"}),
    (ENTRIES, {"认定依据": None}, {"required.认定依据"}),
    (ENTRIES, {"名单类型": "不文明养犬名单"}, {"enum.名单类型"}),
    (ENTRIES, LEFT | {"移出原因": None}, {"required.移出原因"}),
    (ENTRIES, LEFT | {"列入日期": "2026-03-10"}, {"order.移出日期"}),
    (DECISIONS, {"CF_WFXW": "不文明养犬"}, {"catalogue.CF_WFXW"}),
    (DECISIONS, {"CF_WFXW": " 闯红灯 "}, {"catalogue.CF_WFXW"}),
    (RATINGS, {"信用等级": "E"}, {"enum.信用等级"}),
    (RATINGS, {"评价年度": "25"}, {"format.评价年度"}),
    (RATINGS, {"评定时间": "2024-04-01"}, {"order.评定时间", "late.评定时间"}),
    (RATINGS, {"纳税人名称": None}, {"required.纳税人名称"}),
    (TAX_ARREARS, {"是否补缴": "未"}, {"enum.是否补缴"}),
    (TAX_ARREARS, {"欠税税种": "所得税"}, {"enum.欠税税种"}),
    (TAX_ARREARS, {"累计欠税余额": "-0.01"}, {"range.累计欠税余额"}),
    (TAX_ARREARS, {"累计欠税余额": "1.005"}, {"format.累计欠税余额"}),
    (VIOLATIONS, {"公示截止日期": "2026-03-01"}, {"order.公示截止日期"}),
    (HEADCOUNTS, {"应收年月": "202613"}, {"format.应收年月"}),
    (HEADCOUNTS, {"应收年月": "202604"}, {"not_future.应收年月"}),
    (HEADCOUNTS, {"月参保总人数": "-1"}, {"range.月参保总人数"}),
    (HEADCOUNTS, {"月参保总人数": "12.5"}, {"format.月参保总人数"}),
    (HEADCOUNTS, {"统一社会信用代码": None}, {"required.统一社会信用代码"}),
    (ARREARS, {"欠缴统计开始日期": "2026-03-01"}, {"order.欠缴统计截止日期"}),
    (ARREARS, {"欠缴金额合计（元）": "-1"}, {"range.欠缴金额合计（元）"}),
    (WAGES, {"认定文号": None}, {"required.认定文号"}),
    (LENDING, {"有效期至": "2026-03-01"}, {"order.有效期至"}),
    (LENDING, {"统一社会信用代码": None}, {"required.统一社会信用代码"}),
]  # fmt: skip

KEPT: list[tuple[str, dict[str, str | None], set[str]]] = [
    (DECISIONS, {"CF_JDRQ": "2026/03/02"}, set()),
    (DECISIONS, {"CF_JDRQ": "20260302"}, set()),
    (DECISIONS, {"CF_YXQ": "2099-12-31"}, set()),
    (DECISIONS, {"CF_YXQ": "2026-03-02"}, set()),
    (DECISIONS, {"CF_JDRQ": "2026-03-11"}, set()),
    (DECISIONS, {"CF_JDRQ": "2026-02-27"}, {"late.CF_JDRQ"}),
    (DECISIONS, {"CF_JDRQ": "2026-02-27", "提供日期": None}, set()),
    (DECISIONS, {"CF_XDR_SHXYM": f" {PARTY.lower()} "}, set()),
    (DECISIONS, {"CF_XDR_SHXYM": PARTY.replace("1", "１").replace("5", "５")}, set()),
    (DECISIONS, {"CF_XDR_SHXYM": f"{PARTY[:8]}-{PARTY[8:17]} {PARTY[17]}"}, set()),
    (DECISIONS, {"CF_XDR_SHXYM": WRONG_INNER}, {"inner_check_digit.CF_XDR_SHXYM"}),
    (DECISIONS, {"CF_XDR_SHXYM": None, "CF_XDR_ZZJG": "10169286-X"}, set()),
    (DECISIONS, {"CF_XDR_SHXYM": None, "CF_XDR_LB": "自然人"}, set()),
    (DECISIONS, {"CF_CFLB": "其他-责令改正;罚款"}, set()),
    (DECISIONS, {"CF_CFLB": "没收违法所得、没收非法财物", "CF_NR": "没收", "CF_NR_FK": None}, set()),
    (DECISIONS, {"CF_CFLB": "警告", "CF_NR": "警告", "CF_NR_FK": "0"}, set()),
    (DECISIONS, {"CF_NR": "罚款1.5万元", "CF_NR_FK": "1.5"}, set()),
    (DECISIONS, {"CF_NR": "罚款2000元、罚款3000元", "CF_NR_FK": "0.5"}, set()),
    (DECISIONS, {"CF_NR": "罚款贰仟元", "CF_NR_FK": "0.5"}, set()),
    (DECISIONS, {"CF_NR": "罚款10000元", "CF_NR_FK": "1"}, set()),
    (DECISIONS, {"CF_NR_FK": "０.２"}, set()),
    (DECISIONS, {"CF_XDR_MC": "名" * 200}, set()),
    (DECISIONS, {"CF_FRDB": None}, {"required.CF_FRDB"}),
    (DECISIONS, {"增删改标志": "D"}, set()),
    (DECISIONS, {"提供日期": "2026-03-11 10:05:00.123456"}, set()),
    (DECISIONS, {"提供日期": "2026/3/11 9:05"}, set()),
    (DECISIONS, {"提供日期": "2026-03-11T10:05:00+08:00"}, set()),
    (DECISIONS, {"提供日期": "2026-03-11 23:59:59", "CF_JDRQ": "2026-03-02"}, set()),
    (DECISIONS, {"提供日期": "2026-03-11 00:00:00", "CF_JDRQ": "2026-02-27"}, {"late.CF_JDRQ"}),
    (PERMITS, {"XK_XKLB": "其他-备案"}, set()),
    (PERMITS, {"XK_WSH": "JY1", "XK_XKBH": "JY1"}, set()),
    (SUBJECTS, {"登记状态": "da"}, set()),
    (SUBJECTS, {"登记状态": None, "注册资金": "N/A", "核准日期": None}, set()),
    (SUBJECTS, {"统一社会信用代码": "N2150121MF12345676"}, set()),
    (ABNORMAL, {"统一社会信用代码": None}, set()),
    (RATINGS, {"统一社会信用代码": None}, set()),
    (RATINGS, {"信用等级": "ｍ"}, set()),
    (HEADCOUNTS, {"月参保总人数": "0", "应收年月": "2026-03"}, set()),
    (REPAIRS, {"受理结果": "不予受理", "修复结果": None}, set()),
    (REPAIRS, {"失信信息类型": "经营异常名录", "文号": None}, set()),
    (OBJECTIONS, {"受理日期": None, "办结日期": None, "处理结果": None}, set()),
    (OBJECTIONS, {"异议类型": "修复结果", "处理结果": "更正"}, set()),
    (ENTRIES, LEFT, set()),
    (ENTRIES, LEFT | {"列入日期": "2025-03-03"}, set()),
    (DECISIONS, {"CF_WFXW": "违规收取物业费", "CF_SY": "信访反映当事人违规收取物业费"}, set()),
    (DECISIONS, {"CF_WFXW": "未经许可从事犬类养殖"}, set()),
]


def dataset_of(name: str) -> Dataset:
    feed, dataset = name.split(".")
    return load_feeds()[feed].dataset(dataset)


def judged(tmp_path: Path, name: str, *rows: dict[str, str | None], without: tuple[str, ...] = ()) -> Verdict:
    path = write_bronze(tmp_path / "rows.parquet", rows, without)
    return judge(path, dataset_of(name), DELIVERED, "test", "b" * 20)


def broken(verdict: Verdict, name: str) -> set[str]:
    return {
        result.rule_id.removeprefix(f"{name}.") for result in verdict.results if result.failed and result.scope == "row"
    }


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_row_breaks_nothing(tmp_path: Path, name: str) -> None:
    verdict = judged(tmp_path, name, clean_row(name))

    assert broken(verdict, name) == set()
    assert (verdict.rows, verdict.failed_rows.num_rows, verdict.refused) == (1, 0, None)


@pytest.mark.parametrize(("name", "changes", "expected"), BROKEN)
def test_a_fault_breaks_its_own_rule_and_the_row_goes(
    tmp_path: Path, name: str, changes: dict[str, str | None], expected: set[str]
) -> None:
    verdict = judged(tmp_path, name, clean_row(name) | changes)

    assert broken(verdict, name) == expected
    (row,) = verdict.failed_rows.to_pylist()
    assert (row["_source_row"], set(row["_failed_rules"])) == (1, {f"{name}.{rule}" for rule in expected})


@pytest.mark.parametrize(("name", "changes", "warnings"), KEPT)
def test_what_is_no_fault_or_only_a_warning_keeps_the_row(
    tmp_path: Path, name: str, changes: dict[str, str | None], warnings: set[str]
) -> None:
    verdict = judged(tmp_path, name, clean_row(name) | changes)

    assert broken(verdict, name) == warnings
    assert verdict.failed_rows.num_rows == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"CF_XDR_MC": PARTY, "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": None, "CF_XDR_ZZJG": "101692861"},
        {"CF_XDR_MC": "备注", "CF_XDR_LB": "呼和浩特市测试商贸有限公司", "CF_XDR_SHXYM": "法人及非法人组织"},
    ],
)
def test_values_in_the_wrong_columns_are_seen_in_the_name_and_the_code(
    tmp_path: Path, changes: dict[str, str | None]
) -> None:
    verdict = judged(tmp_path, DECISIONS, clean_row(DECISIONS) | changes)

    assert "shifted" in broken(verdict, DECISIONS)


@pytest.mark.parametrize(
    ("applied", "accepted", "closed", "late"),
    [
        ("2026-06-01", "2026-06-04", "2026-06-15", set()),  # the third and the tenth working day
        ("2026-06-01", "2026-06-05", "2026-06-15", {"late.受理日期"}),
        ("2026-06-01", "2026-06-04", "2026-06-16", {"late.办结日期"}),
        ("2026-04-01", "2026-04-10", "2026-06-16", {"late.受理日期", "late.办结日期"}),
        ("2026-03-31", "2026-04-10", "2026-06-16", set()),  # before the order was in force
    ],
)
def test_a_repair_is_accepted_in_three_and_answered_in_ten_working_days(
    tmp_path: Path, applied: str, accepted: str, closed: str, late: set[str]
) -> None:
    row = clean_row(REPAIRS, 申请日期=applied, 受理日期=accepted, 办结日期=closed, 提供日期="2026-06-30")
    path = write_bronze(tmp_path / "rows.parquet", [row])

    verdict = judge(path, dataset_of(REPAIRS), date(2026, 6, 30), "test", "b" * 20)

    assert broken(verdict, REPAIRS) == late
    assert verdict.failed_rows.num_rows == 0


@pytest.mark.parametrize(
    ("accepted", "closed", "late"),
    [
        ("2026-06-04", "2026-06-15", set()),  # the third and the tenth working day
        ("2026-06-05", "2026-06-15", {"late.受理日期"}),
        ("2026-06-04", "2026-06-16", {"late.办结日期"}),
    ],
)
def test_an_objection_is_late_after_the_days_that_the_seed_of_limits_gives(
    tmp_path: Path, accepted: str, closed: str, late: set[str]
) -> None:
    row = clean_row(OBJECTIONS, 提出日期="2026-06-01", 受理日期=accepted, 办结日期=closed, 提供日期="2026-06-30")
    path = write_bronze(tmp_path / "rows.parquet", [row])

    verdict = judge(path, dataset_of(OBJECTIONS), date(2026, 6, 30), "test", "b" * 20)

    assert broken(verdict, OBJECTIONS) == late
    assert verdict.failed_rows.num_rows == 0


@pytest.mark.parametrize("dataset", all_datasets(), ids=lambda dataset: f"{dataset.feed}.{dataset.name}")
def test_a_row_moved_by_one_column_is_seen_as_shifted(tmp_path: Path, dataset: Dataset) -> None:
    name = f"{dataset.feed}.{dataset.name}"
    row = CLEAN[name]
    right = dict(zip(row, [list(row.values())[-1], *list(row.values())[:-1]], strict=True))
    left = dict(zip(row, [*list(row.values())[1:], next(iter(row.values()))], strict=True))

    for moved in (right, left):
        assert "shifted" in broken(judged(tmp_path, name, moved), name)


def test_identity_columns_of_persons_are_asked_for_only_when_they_were_delivered(tmp_path: Path) -> None:
    person = clean_row(DECISIONS, CF_XDR_LB="自然人", CF_XDR_SHXYM=None)

    assert broken(judged(tmp_path, DECISIONS, person), DECISIONS) == set()
    assert broken(judged(tmp_path, DECISIONS, person | {"CF_XDR_ZJLX": "身份证", "CF_XDR_ZJHM": None}), DECISIONS) == {
        "required.CF_XDR_ZJHM"
    }


def test_authorities_are_other_codes_than_parties() -> None:
    assert OFFICE != PARTY != invented_uscc(2)

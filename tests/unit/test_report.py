"""The public credit report: what stands in it."""

from __future__ import annotations

import re

from creditlake.lake import LakePaths

from tests.unit.report_release import QUIET, RELEASE, cards, page, part, section

EMPTY = "无此类信息"
MISSING = "数据未归集"


def test_the_sections_stand_in_the_order_of_the_standard(paths: LakePaths) -> None:
    heads = re.findall(r"<h2><span class=\"no\">(.*?)</span>(.*?)</h2>", page(paths))

    assert [title for _, title in heads] == [
        "报告说明",
        "概要",
        "基础信息",
        "行政管理信息",
        "诚实守信信息",
        "严重失信主体名单信息",
        "经营异常信息",
        "信用承诺信息",
        "信用评价信息",
        "司法判决及执行信息",
        "其他信息",
        "大数据画像",
        "数据来源与核验",
    ]


def test_it_says_on_what_it_rests(paths: LakePaths) -> None:
    words = section(page(paths), "报告说明")

    assert f"数据版本 {RELEASE} 业务日期 2026-10-31 程序版本 0" in words
    assert "行政处罚信息 2026-10-28" in words  # the batch of 10-30 was refused
    assert "重大税收违法失信主体 未归集" in words
    assert "月参保人数 未归集" in words
    assert "本项目拟定" in words


def test_the_overview_counts_each_kind(paths: LakePaths) -> None:
    assert cards(page(paths)) == {
        "信用评价": "D 级",
        "行政许可": "1",
        "行政处罚": "1",
        "诚实守信": "1",
        "严重失信": "1",
        "经营异常": "1",
        "信用承诺": "未归集",
        "司法判决": "未归集",
        "欠税公告": "1",
        "社保费欠缴": "未归集",
        "其他信息": "2",  # a rating that is no A, and a kind the standard does not know
    }


def test_a_penalty_has_severity_amounts_law_term_and_the_way_to_its_row(paths: LakePaths) -> None:
    words = part(page(paths), "行政处罚")

    assert "1 2026-03-02 市监局 主体据“名称唯一相同”认定 罚〔2026〕7号 严重 20,000.00 3,500.00 2027-03-02" in words
    assert "依据 信用修复管理办法； 本项目拟定 ：默认" in words
    assert "溯源 penalty.decisions · 文件 c0ffee00c0ff · 批次 b-decisions · 第 41 行 记录 R1" in words


def test_a_record_is_marked_while_an_objection_to_it_is_open_and_no_other_is(paths: LakePaths) -> None:
    known = "create or replace table mart_credit_records as select *, record_id = 'R1' as is_objected from {}"
    html = page(paths, known.format("mart_credit_records"))

    assert "1 2026-03-02 市监局 异议处理中 主体据“名称唯一相同”认定" in part(html, "行政处罚")
    assert html.count(">异议处理中<") == 1


def test_a_release_from_before_objections_has_its_report_without_the_mark(paths: LakePaths) -> None:
    assert ">异议处理中<" not in page(paths)


def test_a_permit_without_end_is_for_long(paths: LakePaths) -> None:
    assert "1 2025-01-16 行政审批局 登字01160034 长期" in part(page(paths), "行政许可")


def test_an_a_is_an_honour_and_another_rating_is_none(paths: LakePaths) -> None:
    html = page(paths)

    assert "2026-04-20" in part(html, "A级纳税人")
    assert "2025-04-20" not in part(html, "A级纳税人")
    assert "2025-04-20" in part(html, "纳税缴费信用等级（A级以外）")


def test_arrears_last_until_they_are_paid(paths: LakePaths) -> None:
    assert "1 2026-06-30 税务局 1,234.50 至缴清为止" in part(page(paths), "欠税公告")


def test_a_record_of_a_kind_that_no_section_knows_is_shown_all_the_same(paths: LakePaths) -> None:
    words = part(page(paths), "水费欠缴")

    assert "1 2026-02-03 水务局 88.00 2026-12-31" in words
    assert "第 1,207 行" in words


def test_every_record_stands_once(paths: LakePaths) -> None:
    anchors = re.findall(r'id="r-(\w+)"', page(paths))

    assert sorted(anchors) == [f"R{number}" for number in range(1, 9)]


def test_no_record_and_no_delivery_are_different_things(paths: LakePaths) -> None:
    html = page(paths, "delete from mart_credit_records where record_type = 'penalty'")

    assert part(html, "行政处罚").startswith(EMPTY)
    assert part(html, "重大税收违法失信主体").startswith(MISSING)  # its one batch was refused
    assert part(html, "社会保险费欠缴").startswith(MISSING)  # none came
    assert part(html, "信用承诺").startswith(MISSING)
    assert section(html, "司法判决及执行信息").startswith(MISSING)


def test_a_figure_whose_source_did_not_come_is_no_zero(paths: LakePaths) -> None:
    words = part(page(paths), "影响评价的指标")

    assert "社会保险费欠缴 未归集" in words  # the profile says 0.00
    assert "最近参保人数 未归集" in words
    assert "欠税余额 1,234.50 元" in words
    assert "最近纳税信用等级 A级（2025 年度）" in words


def test_not_on_the_one_list_that_came_is_no_clean_record(paths: LakePaths) -> None:
    html = page(paths, "update mart_subject_profiles set is_on_serious_list = false")

    assert "严重失信主体名单 未列入（仅据拖欠农民工工资失信联合惩戒对象名单）" in part(html, "影响评价的指标")
    assert "部分来源未归集" in section(html, "概要")


def test_the_evaluation_stands_with_its_bounds_and_what_is_ours(paths: LakePaths) -> None:
    html = page(paths)
    words = section(html, "信用评价信息")

    assert "综合评价得分 761.0 满分 1000 分 综合评价等级 D 失信 市场监管信用风险分类 D 信用风险高" in words
    assert "left:76.10%" in html


def test_the_points_stand_from_the_greatest_loss_to_the_least_gain_and_end_in_the_score(paths: LakePaths) -> None:
    words = part(page(paths), "得分构成")

    titles = ["基础分 900", "严重行政处罚", "列入经营异常名录", "欠税余额", "参保人数", "最近年度", "成立满10年 +30"]
    places = [words.index(title) for title in [*titles, "持有有效行政许可 +5", "综合评价得分 761.0"]]
    assert places == sorted(places)


def test_a_loss_leads_to_its_record_and_says_when_it_counts_no_more(paths: LakePaths) -> None:
    html = page(paths)
    words = part(html, "得分构成")

    lost = "减分 严重行政处罚，处罚决定满6个月未满12个月 -84"
    assert f"{lost} 行政处罚 市监局 罚〔2026〕7号 2026-03-02 2027-03-03" in words
    assert "加分 最近年度纳税缴费信用等级为A级 +40 A级纳税人 税务局 2026-04-20 2028-04-21" in words
    assert "减分 列入经营异常名录，尚未移出 -80 经营异常名录 市监局 2026-07-01 至移出为止" in words
    assert "欠税余额不足注册资本的1% -30 欠税公告 税务局 2026-06-30 至缴清为止" in words
    assert "持有有效行政许可 +5 行政许可 行政审批局 登字01160034 2025-01-16 长期" in words
    assert "参保人数比上年同月下降超过30% -20 加分" in words  # it rests on no record and no law ends it
    assert set(re.findall(r'href="#r-(\w+)"', html)) == {"R1", "R2", "R3", "R5", "R6", "R7"}


def test_a_serious_list_makes_the_grade_and_names_its_entry(paths: LakePaths) -> None:
    listed = (
        "列入严重失信主体名单，等级和分类直接为D： 拖欠农民工工资失信联合惩戒对象 人社局 人社列〔2026〕1号 2026-05-06"
    )
    words = section(page(paths), "信用评价信息")

    assert f"{listed} 最迟自 2029-05-07 起不再计入" in words


def test_of_several_penalties_each_has_its_points_and_a_cap_gives_points_back(paths: LakePaths) -> None:
    html = page(
        paths,
        "update mart_evaluation_points set number_value = 4, points = -336 where item_code = 'S01-5'",
        "insert into mart_evaluation_points values ('S1', 'S01-cap', 'cap', null, 36, '最多减300分', null)",
    )
    words = part(html, "得分构成")

    assert "未满12个月 4 条，每条 -84 分 -336" in words
    assert words.index("-20") < words.index("加分 最多减300分 +36") < words.index("+40")


def test_an_age_says_the_day_of_its_next_band(paths: LakePaths) -> None:
    html = page(
        paths, "update mart_evaluation_points set falls_away_date = date '2027-05-06' where item_code = 'S09-1'"
    )

    assert "成立满10年 +30 2027-05-06" in part(html, "得分构成")


def test_the_portrait_stands_beside_its_peers(paths: LakePaths) -> None:
    words = section(page(paths), "大数据画像")

    assert "同业范围：E 建筑业 · 新城区。" in words
    assert "经营稳定 90.0 64.0 100% 纳税 72.5 31.2 67% 履约/司法 无数据 无数据 0%" in words
    assert words.endswith("A级纳税人 经营十年以上")


def test_a_subject_that_left_the_register_is_not_judged(paths: LakePaths) -> None:
    html = page(paths, uscc=QUIET)

    assert section(html, "信用评价信息").startswith("不作评价 该主体登记状态为“注销”")
    assert cards(html)["信用评价"] == "不评价"
    assert cards(html)["行政处罚"] == "0"
    assert section(html, "大数据画像").startswith("不作画像 该主体已退出登记")
    assert "所在旗县区 — 行业 —" in section(html, "基础信息")
    assert "r-R1" not in html

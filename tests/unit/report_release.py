"""A release of hand-made rows about one subject with a record of every kind, and another with none."""

from __future__ import annotations

import re
from html import unescape

from creditlake.lake import LakePaths
from creditlake.release import Release
from creditlake.release.store import make_current
from creditlake.report import read_dossier, report_page

from tests.unit import small_release

PARTS = re.compile(r"<h3>(.*?)</h3>\n(.*?)(?=<h3>|</section>)", re.DOTALL)
USCC, QUIET = "91150102MA0N8WRX01", "91150100YY415J5F30"
RELEASE = "2026-10-31-aaaaaaaaaaaa"
SHA = "c0ffee00c0ffee00" * 4
SUBJECTS = f"""create or replace table mart_subjects as select * from (values
  ('S1', '{USCC}', '青城建筑有限公司', '企业', '存续', true, '150102', 'address', '4710', 'E', '1130',
   date '2015-03-09', cast(5000000 as decimal(18, 2)), 'CNY', 'LEGAL-REPRESENTATIVE'),
  ('S2', '{QUIET}', '静默商贸有限公司', '企业', '注销', false, null, null, null, null, null, null, null, null, 'X'))
  as t(subject_id, uscc, name, subject_type, registration_status, is_active, district_code, district_source,
       industry_code, industry_section, enterprise_type_code, established_date, registered_capital_amount,
       registered_capital_currency, representative)"""
PROFILES = """create or replace table mart_subject_profiles as select * from (values
  ('S1', 761.0, 'D', 'D', 1, 1, 20000.0, 'A', 2025, 1234.5, 0.0, 37, 1, true, true),
  ('S2', null, null, null, 0, 0, 0.0, null, null, 0.0, 0.0, null, 0, false, false))
  as t(subject_id, evaluation_score, evaluation_grade, supervision_class, penalty_count_12m, penalty_count_visible,
       fines_yuan_visible, tax_rating, tax_rating_year, tax_arrears_yuan, social_arrears_yuan, insured_headcount,
       permits_valid, is_on_serious_list, is_abnormal)"""
POINTS = """create or replace table mart_evaluation_points as select 'S1' as subject_id, * from (values
  ('S00', 'base', null, 900, '基础分', null),
  ('S01-5', 'penalty_serious', 1.0, -84, '严重行政处罚，处罚决定满6个月未满12个月', date '2027-03-03'),
  ('S02-1', 'abnormal_count', 1.0, -80, '列入经营异常名录，尚未移出', null),
  ('S03-1', 'tax_rating', null, 40, '最近年度纳税缴费信用等级为A级', date '2028-04-21'),
  ('S04-1', 'tax_arrears_ratio', 0.0002, -30, '欠税余额不足注册资本的1%', null),
  ('S07-2', 'headcount_change', -0.4, -20, '参保人数比上年同月下降超过30%', null),
  ('S09-1', 'age_years', 11.0, 30, '成立满10年', null),
  ('S10-1', 'permits_valid', 1.0, 5, '持有有效行政许可', null))
  as t(item_code, feature, number_value, points, reason, falls_away_date)"""
REASONS = """create or replace table mart_profile_reasons as select 'S1' as subject_id, * from (values
  ('S01-5', 'R1', '严重行政处罚，处罚决定满6个月未满12个月', date '2027-03-03'),
  ('S02-1', 'R6', '列入经营异常名录，尚未移出', null), ('S03-1', 'R3', 'A级', date '2028-04-21'),
  ('S04-1', 'R7', '欠税余额不足注册资本的1%', null), ('S10-1', 'R2', '持有有效行政许可', null),
  ('serious_list', 'R5', '列入严重失信主体名单，等级和分类直接为D', date '2029-05-07'))
  as t(item_code, record_id, reason, falls_away_date)"""
RECORDS = f"""create or replace table mart_credit_records as select
  record_id, 'S1' as subject_id, * exclude (record_id), 'b-' || dataset as batch_id, '{SHA}' as source_sha256,
  'REPRESENTATIVE' as person from (values
  ('R1', 'penalty', 'decisions', 'penalty', -1, 'serious', date '2026-03-02', 20000.0, 3500.0, '市监局',
   '罚〔2026〕7号', date '2027-03-02', '信用修复管理办法；本项目拟定：默认', 'name_district', false, 41),
  ('R2', 'licensing', 'permits', 'permit', 0, null, date '2025-01-16', null, null, '行政审批局', '登字01160034',
   date '2099-12-31', '以许可有效期为限', 'uscc', false, 1),
  ('R3', 'tax', 'ratings', 'tax_rating', 1, null, date '2026-04-20', null, null, '税务局', null,
   date '2028-04-20', '税务总局公告2025年第12号', 'uscc', false, 2),
  ('R4', 'tax', 'ratings', 'tax_rating', -1, null, date '2025-04-20', null, null, '税务局', null,
   date '2027-04-20', '税务总局公告2025年第12号', 'uscc', false, 3),
  ('R5', 'social_security', 'wage_arrears_list', 'wage_arrears_listing', -1, 'serious', date '2026-05-06', null, null,
   '人社局', '人社列〔2026〕1号', date '2029-05-06', '人社部令第45号', 'uscc', true, 4),
  ('R6', 'registration', 'abnormal', 'abnormal_operation', -1, null, date '2026-07-01', null, null, '市监局', null,
   null, '至移出为止', 'uscc', false, 5),
  ('R7', 'tax', 'arrears', 'tax_arrears', -1, null, date '2026-06-30', 1234.5, null, '税务局', null,
   null, '至缴清为止', 'uscc', false, 6),
  ('R8', 'water', 'debts', 'water_debt', 0, null, date '2026-02-03', 88.0, null, '水务局', null,
   date '2026-12-31', '供水条例', 'uscc', false, 1207))
  as t(record_id, feed, dataset, record_type, polarity, severity, occurred_date, amount_yuan, confiscated_yuan,
       authority, document_no, visible_until, legal_basis, match_method, is_after_deregistration, source_row)"""
PORTRAITS = """create or replace table mart_subject_portraits as select * from (values
  ('S1', 'tax', 72.5, 'E-150102', 31.25, 0.6667), ('S1', 'performance', null, 'E-150102', null, 0.0),
  ('S1', 'stability', 90.0, 'E-150102', 64.0, 1.0))
  as t(subject_id, dimension_code, score, peer_group, peer_percentile, coverage)"""
TAGS = """create or replace table mart_portrait_tags as select * from (values
  ('S1', 'T01', 'A级纳税人', 'R3'), ('S1', 'T09', '经营十年以上', null))
  as t(subject_id, tag_code, tag_name, evidence_record_id)"""
LEDGER = """create or replace table mart_batch_ledger as select *, 'ff' as source_sha256 from (values
  ('penalty', 'decisions', 'p-1', date '2026-09-30', 'accepted', 5),
  ('penalty', 'decisions', 'p-2', date '2026-10-28', 'accepted', 1300),
  ('penalty', 'decisions', 'p-3', date '2026-10-30', 'refused', 0),
  ('licensing', 'permits', 'l-1', date '2026-10-27', 'accepted', 4),
  ('registration', 'subjects', 'g-1', date '2026-10-14', 'accepted', 2),
  ('registration', 'abnormal', 'a-1', date '2026-10-13', 'accepted', 2),
  ('tax', 'ratings', 't-1', date '2026-10-12', 'accepted', 2),
  ('tax', 'arrears', 'x-1', date '2026-10-11', 'accepted', 2),
  ('tax', 'violations', 'v-1', date '2026-10-10', 'refused', 0),
  ('social_security', 'wage_arrears_list', 'w-1', date '2026-10-09', 'accepted', 2))
  as t(feed, dataset, batch_id, delivered_date, status, rows_validated)"""
CODES = """create or replace table mart_code_lists as select * from (values
  ('severity', 'serious', '严重', null, null, '第36号令'),
  ('record_type', 'water_debt', '水费欠缴', null, null, '条例'),
  ('match_method', 'name_district', '名称唯一相同', null, null, '本项目拟定'),
  ('evaluation_grade', 'A', '诚信优良', 915e0, null, '界限为本项目拟定'),
  ('evaluation_grade', 'D', '失信', 0e0, 915e0, '列入名单者直接为D'),
  ('supervision_class', 'D', '信用风险高', 0e0, 700e0, '国市监信发〔2022〕6号'),
  ('dimension_code', 'tax', '纳税', null, null, ''), ('dimension_code', 'stability', '经营稳定', null, null, ''),
  ('dimension_code', 'performance', '履约/司法', null, null, ''), ('area_code', '150102', '新城区', null, null, ''),
  ('district_code', '150102', '新城区', null, null, ''), ('tax_rating', 'A', 'A级', null, null, ''))
  as t(column_name, code, title, lower, upper, basis)"""
CHANGES = (SUBJECTS, PROFILES, POINTS, REASONS, RECORDS, PORTRAITS, TAGS, LEDGER, CODES)


def told(paths: LakePaths, *changes: str) -> Release:
    """Write the release, changed, and make it current."""
    made = small_release.release(paths, RELEASE, *CHANGES, *changes)
    make_current(paths, made.release_id)
    return made


def page(paths: LakePaths, *changes: str, uscc: str = USCC) -> str:
    return report_page(read_dossier(told(paths, *changes), uscc))


def plain(html: str) -> str:
    """The words of a piece of HTML, one blank between them."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def part(html: str, title: str) -> str:
    """The words under a title of the third rank."""
    return next(plain(body) for head, body in PARTS.findall(html) if plain(head).startswith(title))


def section(html: str, title: str) -> str:
    """The words of a section."""
    found = re.search(rf"<section><h2>(?:(?!</h2>).)*{title}</h2>(.*?)</section>", html, re.DOTALL)
    assert found is not None
    return plain(found[1])


def cards(html: str) -> dict[str, str]:
    """The overview: what it says of each kind."""
    found = re.findall(r'<div class="title">(.*?)</div><b>(.*?)</b>', html)
    return dict(found)

"""The whole report: one file, complete offline, without a script; sections in the standard's order."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from creditlake.report import front
from creditlake.report.dossier import Dossier, Subject
from creditlake.report.html import NOTHING, code, day, facts, missing, money, section, text
from creditlake.report.judgement import evaluation, portrait
from creditlake.report.labels import INDUSTRY_SECTIONS, kind
from creditlake.report.records import other_parts, part

PERMIT_NOTE = '<p class="basis">只列业务日期当日有效的许可。</p>'
ARREARS_NOTE = '<p class="basis">同一债项可有多期公告；当前余额以最近一期为准，见“信用评价”中的指标。</p>'
TRACE_NOTE = (
    "每条记录的“溯源”列明数据集、文件哈希（前 12 位）、批次、文件中的数据行号（不含表头）和记录号；"
    "审计人员可用 <code>creditlake explain --record</code> 加记录号、<code>--batch</code> 加批次号逐一核对到原始文件。"
)


def report_page(dossier: Dossier) -> str:
    """Return the report as HTML; the same dossier gives the same text at any time."""
    style = files(__package__).joinpath("static", "report.css").read_text("utf-8")
    running = (
        f'@page {{ @top-right {{ content: "报告编号 {front.report_number(dossier)}" }} '
        f'@bottom-left {{ content: "{dossier.subject.uscc}" }} }}'
    )
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>公共信用信息报告 · {text(dossier.subject.name)}</title>
<style>
{style}{running}
</style>
</head>
<body>
<main>
{front.masthead(dossier)}
{_sections(dossier)}
<footer>报告完 · {code(front.report_number(dossier))} · {escape(dossier.release_id)}</footer>
</main>
</body>
</html>
"""


def _sections(dossier: Dossier) -> str:
    return "\n".join(
        [
            section("", "报告说明", front.explanation(dossier)),
            section("", "概要", front.overview(dossier)),
            section("一", "基础信息", _identity(dossier)),
            section(
                "二", "行政管理信息", part(dossier, kind("permits"), PERMIT_NOTE) + part(dossier, kind("penalties"))
            ),
            section("三", "诚实守信信息", part(dossier, kind("honours")) + part(dossier, kind("red_list"))),
            section("四", "严重失信主体名单信息", _lists(dossier)),
            section("五", "经营异常信息", part(dossier, kind("abnormal"))),
            section("六", "信用承诺信息", part(dossier, kind("pledges")) + part(dossier, kind("broken_pledges"))),
            section("七", "信用评价信息", evaluation(dossier)),
            section("八", "司法判决及执行信息", missing("司法裁判及执行")),
            section("九", "其他信息", _others(dossier)),
            section("十", "大数据画像", portrait(dossier)),
            section("附", "数据来源与核验", _appendix(dossier)),
        ]
    )


def _lists(dossier: Dossier) -> str:
    return "\n".join(part(dossier, kind(name)) for name in ("tax_list", "wage_list", "serious_list"))


def _identity(dossier: Dossier) -> str:
    subject = dossier.subject
    return facts(
        [
            ("主体名称", text(subject.name)),
            ("统一社会信用代码", code(subject.uscc)),
            ("主体类别", text(dossier.title("subject_type", subject.subject_type))),
            ("登记状态", text(dossier.title("registration_status", subject.registration_status))),
            ("成立日期", day(subject.established_date)),
            ("注册资本", _capital(subject)),
            ("所在旗县区", _district(dossier)),
            ("行业", _industry(subject)),
            ("市场主体类型代码", code(subject.enterprise_type_code) if subject.enterprise_type_code else NOTHING),
        ]
    )


def _capital(subject: Subject) -> str:
    if subject.registered_capital_amount is None:
        return NOTHING
    currency = subject.registered_capital_currency
    unit = "元（人民币）" if currency == "CNY" else text(currency)
    return f"{money(subject.registered_capital_amount)} {unit}"


def _district(dossier: Dossier) -> str:
    subject = dossier.subject
    if subject.district_code is None:
        return NOTHING
    source = dossier.title("district_source", subject.district_source)
    hint = f"<small>{text(source)}</small>" if source else ""
    return text(dossier.title("district_code", subject.district_code)) + hint


def _industry(subject: Subject) -> str:
    if subject.industry_section is None:
        return NOTHING
    title = INDUSTRY_SECTIONS.get(subject.industry_section, "")
    detail = f"<small>代码 {text(subject.industry_code)}（GB/T 4754-2017）</small>"
    return f"{text(subject.industry_section)} {text(title)}{detail}"


def _others(dossier: Dossier) -> str:
    return "\n".join(
        [
            part(dossier, kind("tax_debts"), ARREARS_NOTE),
            part(dossier, kind("social_debts"), ARREARS_NOTE),
            part(dossier, kind("attention_list")),
            part(dossier, kind("ratings")),
            other_parts(dossier),
        ]
    )


def _appendix(dossier: Dossier) -> str:
    return f'<p class="basis">{TRACE_NOTE}</p>\n{front.sources(dossier)}\n{front.proofs(dossier)}'

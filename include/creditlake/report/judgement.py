"""What is judged about a subject: the evaluation with what makes it, and the portrait beside its peers."""

from __future__ import annotations

from html import escape

from creditlake.report.dossier import Code, Dimension, Dossier
from creditlake.report.html import (
    NOTHING,
    basis,
    facts,
    figure,
    money,
    share,
    table,
    text,
)
from creditlake.report.labels import INDUSTRY_SECTIONS, kind, layout
from creditlake.report.reasons import composition, forced
from creditlake.report.records import reference

SCALE = 1000


def evaluation(dossier: Dossier) -> str:
    """Return score, grade and class with their bounds, and what bears on them."""
    if dossier.profile.evaluation_score is None:
        state = dossier.title("registration_status", dossier.subject.registration_status)
        why = f"该主体登记状态为“{text(state)}”，已退出登记，没有得分、等级和分类"
        return f'<p class="none">不作评价<small>{why}</small></p>'
    profile = dossier.profile
    grade = dossier.code("evaluation_grade", profile.evaluation_grade or "")
    risk = dossier.code("supervision_class", profile.supervision_class or "")
    return f"""<div class="verdict">
{_plate("综合评价得分", figure(profile.evaluation_score), f"满分 {SCALE} 分")}
{_plate("综合评价等级", profile.evaluation_grade or NOTHING, grade.title if grade else "")}
{_plate("市场监管信用风险分类", profile.supervision_class or NOTHING, risk.title if risk else "")}
</div>
{_scale(dossier)}{forced(dossier)}
<p class="basis">{_said(grade, "等级")}{_said(risk, "分类")}</p>
<h3>得分构成<small>各项分值之和即综合评价得分</small></h3>
{composition(dossier)}
<h3>影响评价的指标</h3>
{_figures(dossier)}"""


def _plate(title: str, value: str, note: str) -> str:
    return f"<div><span>{escape(title)}</span><b>{escape(value)}</b><small>{text(note)}</small></div>"


def _said(known: Code | None, what: str) -> str:
    return f"{what}依据：{basis(known.basis)}。" if known else ""


def _scale(dossier: Dossier) -> str:
    """The bands of the grades with the score's place among them."""
    bands = sorted((code for code in dossier.codes if code.column_name == "evaluation_grade"), key=_lower)
    score = dossier.profile.evaluation_score
    if not bands or score is None:
        return ""
    made = "".join(
        f'<span class="g{escape(band.code)}" style="width:{_width(band):.2f}%">{escape(band.code)}'
        f"<i>{_lower(band):.0f}</i></span>"
        for band in bands
    )
    place = min(max(float(score), 0), SCALE) * 100 / SCALE
    return f'<div class="scale"><div class="mark" style="left:{place:.2f}%"></div>{made}</div>'


def _lower(band: Code) -> float:
    return band.lower or 0.0


def _width(band: Code) -> float:
    return ((SCALE if band.upper is None else band.upper) - _lower(band)) * 100 / SCALE


def _figures(dossier: Dossier) -> str:
    """Figures of the profile; one whose source did not come is not collected, whatever number stands there."""
    profile = dossier.profile
    rating = dossier.title("tax_rating", profile.tax_rating)
    year = f"（{profile.tax_rating_year} 年度）" if profile.tax_rating_year else ""
    headcount = NOTHING if profile.insured_headcount is None else f"{profile.insured_headcount:,} 人"
    entries = [
        ("可公示行政处罚", f"{profile.penalty_count_visible:,} 条", kind("penalties").dataset),
        ("其中近 12 个月", f"{profile.penalty_count_12m:,} 条", kind("penalties").dataset),
        ("可公示罚款金额", f"{money(profile.fines_yuan_visible)} 元", kind("penalties").dataset),
        ("最近纳税信用等级", f"{text(rating)}{year}", kind("ratings").dataset),
        ("欠税余额", f"{money(profile.tax_arrears_yuan)} 元", kind("tax_debts").dataset),
        ("社会保险费欠缴", f"{money(profile.social_arrears_yuan)} 元", kind("social_debts").dataset),
        ("最近参保人数", headcount, layout().headcounts),
        ("有效行政许可", f"{profile.permits_valid:,} 项", kind("permits").dataset),
        ("经营异常名录", "列入" if profile.is_abnormal else "未列入", kind("abnormal").dataset),
    ]
    shown = [
        (title, value if dossier.is_delivered(dataset) else '<span class="missing">未归集</span>')
        for title, value, dataset in entries
    ]
    return facts([*shown, ("严重失信主体名单", _serious(dossier))])


def _serious(dossier: Dossier) -> str:
    lists = (kind("tax_list"), kind("wage_list"))
    came = [known for known in lists if dossier.is_delivered(known.dataset)]
    if dossier.profile.is_on_serious_list:
        return "列入"
    if not came:
        return '<span class="missing">未归集</span>'
    return "未列入" if len(came) == len(lists) else f"未列入（仅据{came[0].title}名单）"


def portrait(dossier: Dossier) -> str:
    """Return the six dimensions beside the peers, and the tags with the records that show them."""
    rows = [_dimension(dossier, dimension) for dimension in sorted(dossier.dimensions, key=_place)]
    if all(dimension.score is None for dimension in dossier.dimensions):
        why = "本版本没有该主体的任何维度得分" if dossier.subject.is_active else "该主体已退出登记，没有得分和同业"
        return f'<p class="none">不作画像<small>{why}</small></p>' + _tags(dossier)
    heads = [("维度", ""), ("得分（0–100）", "bar"), ("同业分位", "bar"), ("数据完整度", "n")]
    group = next((dimension.peer_group for dimension in dossier.dimensions if dimension.peer_group), None)
    peers = f"同业范围：{_peers(dossier, group)}。" if group else ""
    note = (
        f'<p class="basis">{peers}同业分位指同组已评分主体中得分更低者（同分计一半）所占的百分比；'
        "数据完整度低于 100% 的维度，其余输入项未归集或无数据，不计分也不推算。</p>"
    )
    return note + table(heads, rows, "portrait") + _tags(dossier)


def _place(dimension: Dimension) -> int:
    order = layout().dimensions
    return order.index(dimension.dimension_code) if dimension.dimension_code in order else len(order)


def _dimension(dossier: Dossier, dimension: Dimension) -> str:
    known = dossier.code("dimension_code", dimension.dimension_code)
    title = known.title if known else dimension.dimension_code
    return (
        f'<tbody><tr><td>{text(title)}</td><td class="bar">{_bar(dimension.score, "score")}</td>'
        f'<td class="bar">{_bar(dimension.peer_percentile, "rank")}</td>'
        f'<td class="n">{share(dimension.coverage)}</td></tr></tbody>'
    )


def _bar(value: object, css: str) -> str:
    if value is None:
        return '<span class="missing">无数据</span>'
    number = float(str(value))
    width = min(max(number, 0), 100)
    return f'<div class="meter {css}"><i style="width:{width:.1f}%"></i></div><span>{number:.1f}</span>'


def _peers(dossier: Dossier, group: str) -> str:
    """A peer group is a sector and an area, a sector, or an area."""
    named = []
    for part in group.split("-"):
        sector = INDUSTRY_SECTIONS.get(part)
        named.append(f"{part} {sector}" if sector else dossier.title("area_code", part) or part)
    return text(" · ".join(named))


def _tags(dossier: Dossier) -> str:
    known = {record.record_id: record for record in dossier.records}
    made = []
    for tag in dossier.tags:
        record = known.get(tag.evidence_record_id or "")
        made.append(f"<li>{reference(record, tag.tag_name) if record else text(tag.tag_name)}</li>")
    return (
        f'<h3>标签<small>带下划线的可查到所依据的记录</small></h3><ul class="tags">{"".join(made)}</ul>' if made else ""
    )

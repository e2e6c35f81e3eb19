"""The first page: whose report it is, on what it rests, what is in it; and at the end the sources for an auditor."""

from __future__ import annotations

import hashlib
from html import escape

from creditlake.contracts import load_feeds
from creditlake.report.dossier import Dossier
from creditlake.report.html import NOTHING, OURS, code, day, facts, figure, long_day, table, text
from creditlake.report.labels import kind
from creditlake.report.records import HASH_LENGTH, of_kind

OTHER = "其他信息"
NOTES = (
    "本报告依据一个已发布并通过审计的数据版本，仅列示业务日期当日依法可公示的信息；此后到期、修复、撤销或更正的，以更新的版本为准。",
    "版式参照《公共信用信息报告标准（2022年版）》（国家公共信用信息中心），并非该中心或“信用中国”网站出具的报告。",
    f"标有“<span class='ours'>{OURS}</span>”的内容没有官方数值，由本项目自行规定：评价分值与等级界限、"
    "市场监管分类界限、大数据画像的维度、分值与同业分组，以及依据栏如此标明的公示期限。它们只说明方法，不是官方评级。",
    "“无此类信息”指该来源的数据已归集而其中没有可公示的记录；“数据未归集”指本版本没有该来源的已接收批次，不能据以判断有无。",
    "标有“异议处理中”的记录，主体对它提出的异议在业务日期当日尚未办结；更正、维持或撤销的结果以更新的版本为准。",
    "本报告不含自然人信息：法定代表人、负责人等的姓名和证件号码不在发布数据之内。轻微行政处罚依法不公示，不在列。",
)
OVERVIEW: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("行政许可", ("permits",), ""),
    ("行政处罚", ("penalties",), "bad"),
    ("诚实守信", ("honours", "red_list"), "good"),
    ("严重失信", ("tax_list", "wage_list", "serious_list"), "bad"),
    ("经营异常", ("abnormal",), "bad"),
    ("信用承诺", ("pledges", "broken_pledges"), ""),
    ("司法判决", (), ""),
    ("欠税公告", ("tax_debts",), "bad"),
    ("社保费欠缴", ("social_debts",), "bad"),
    (OTHER, ("attention_list", "ratings"), ""),
)
"""Title, kinds counted, and whether a record is good or bad news; what has no kind is not collected yet."""


def report_number(dossier: Dossier) -> str:
    """Return the report's number: the business date and what release and subject make of it, the same at any time."""
    digest = hashlib.sha256(f"{dossier.release_id}\0{dossier.subject.uscc}".encode()).hexdigest()
    return f"{dossier.as_of:%Y%m%d}-{digest[:12].upper()}"


def masthead(dossier: Dossier) -> str:
    """Return whose report it is."""
    subject = dossier.subject
    state = "" if subject.is_active else " gone"
    return f"""<header>
<div class="top"><span>报告编号 {code(report_number(dossier))}</span>
<span>业务日期 {long_day(dossier.as_of)}</span></div>
<h1>公共信用信息报告</h1>
<p class="kind">{text(dossier.title("subject_type", subject.subject_type))}</p>
<div class="whose"><div><div class="name">{text(subject.name)}</div>
<div class="uscc">统一社会信用代码 {code(subject.uscc)}</div></div>
<div class="state{state}">{text(dossier.title("registration_status", subject.registration_status))}</div></div>
</header>"""


def overview(dossier: Dossier) -> str:
    """Return how many records of each kind there are, or that the kind was not collected."""
    profile = dossier.profile
    grade = profile.evaluation_grade
    judged = _card("信用评价", "不评价", "已退出登记", "grade")
    if grade:
        said = f"{dossier.title('evaluation_grade', grade)} · {figure(profile.evaluation_score)} 分"
        judged = _card("信用评价", f"{grade} 级", said, "grade")
    return f'<div class="cards">{judged}{"".join(_counted(dossier, *entry) for entry in OVERVIEW)}</div>'


def _counted(dossier: Dossier, title: str, names: tuple[str, ...], tone: str) -> str:
    kinds = [kind(name) for name in names]
    count = sum(len(of_kind(dossier, known)) for known in kinds)
    count += len(of_kind(dossier, None)) if title == OTHER else 0
    came = [dossier.is_delivered(known.dataset) for known in kinds]
    if not count and not any(came):
        return _card(title, "未归集", "", "missing")
    return _card(title, f"{count:,}", "" if all(came) else "部分来源未归集", tone if count else "zero")


def _card(title: str, value: str, note: str, css: str) -> str:
    hint = f"<small>{escape(note)}</small>" if note else ""
    return f'<div class="card {css}"><div class="title">{escape(title)}</div><b>{escape(value)}</b>{hint}</div>'


def explanation(dossier: Dossier) -> str:
    """Return on what the report rests: release, dates of each source, code version, and what is ours."""
    about = [
        ("数据版本", code(dossier.release_id)),
        ("业务日期", day(dossier.as_of)),
        ("程序版本", code(dossier.code_version)),
        ("报告编号", code(report_number(dossier))),
    ]
    notes = "".join(f"<li>{note}</li>" for note in NOTES)
    dates = f"<h3>数据日期<small>各来源最近一次被接收的报送</small></h3>\n{_dates(dossier)}"
    return f"{facts(about)}\n{dates}\n<ol>{notes}</ol>"


def _dates(dossier: Dossier) -> str:
    entries = []
    for source, (title, _) in _sources(dossier).items():
        accepted = dossier.accepted(source)
        date = day(accepted[0].delivered_date) if accepted else '<span class="missing">未归集</span>'
        entries.append((title, date))
    return facts(entries).replace('class="facts"', 'class="facts dates"')


def _sources(dossier: Dossier) -> dict[str, tuple[str, str]]:
    """Title and publisher of each ``feed.dataset``: what the contracts declare, and what else the release took in."""
    declared = {
        f"{feed.name}.{dataset.name}": (dataset.title, feed.publisher)
        for feed in load_feeds().values()
        for dataset in feed.datasets
    }
    others = {batch.source: (dossier.title("dataset", batch.dataset) or batch.dataset, "") for batch in dossier.batches}
    return declared | {source: words for source, words in others.items() if source not in declared}


def sources(dossier: Dossier) -> str:
    """Return the latest batch of each source: what an auditor asks ``creditlake explain --batch`` about."""
    rows = []
    for source, (title, publisher) in _sources(dossier).items():
        accepted = dossier.accepted(source)
        latest = accepted[0] if accepted else None
        cells = [
            ("", f"{text(title)}<small>{text(publisher)}</small>"),
            ("day", day(latest.delivered_date) if latest else '<span class="missing">未归集</span>'),
            ("n", f"{len(accepted):,}"),
            ("n", f"{sum(batch.rows_validated for batch in accepted):,}"),
            ("", code(latest.batch_id) if latest else NOTHING),
            ("", code(latest.source_sha256[:HASH_LENGTH]) if latest else NOTHING),
        ]
        rows.append("<tbody><tr>" + "".join(f'<td class="{css}">{cell}</td>' for css, cell in cells) + "</tr></tbody>")
    heads = [("来源", ""), ("数据日期", "day"), ("批次", "n"), ("行数", "n"), ("最近批次", ""), ("文件", "")]
    return table(heads, rows, "sources")


def proofs(dossier: Dossier) -> str:
    """Return the marts the report rests on, each with the hash of its bytes."""
    rows = [
        f'<tbody><tr><td>{code(mart.name)}</td><td class="n">{mart.rows:,}</td>'
        f"<td>{code(mart.sha256)}</td></tr></tbody>"
        for mart in dossier.marts
    ]
    return table([("数据表", ""), ("行数", "n"), ("SHA-256（出具时已与版本清单核对）", "")], rows, "proofs")

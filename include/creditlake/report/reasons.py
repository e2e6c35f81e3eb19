"""Why the evaluation is what it is: the points of each item, the records behind them, and when they fall away."""

from __future__ import annotations

from datetime import date

from creditlake.report.dossier import Dossier, Point, Reason, Record
from creditlake.report.html import NOTHING, OPEN_END, day, figure, table, text
from creditlake.report.records import kind_of, reference

SERIOUS_LIST = "serious_list"
PENALTY = "penalty_"
NO_TERM = "法律未定期限"
NOTE = (
    "分值为本项目拟定，只说明方法。没有数据的输入项不计分，也不推算。“最迟自此日不再计入”指没有新信息时该记录或该项停止计入的首日；"
    "行政处罚满6个月、12个月时，减分先随之降低。"
)


def composition(dossier: Dossier) -> str:
    """Return the items of the score, losses first, each with its records and the first day they count no more."""
    rows = [_item(dossier, point) for point in sorted(dossier.points, key=_place)]
    total = f'<td class="n">{figure(dossier.profile.evaluation_score)}</td><td></td>'
    rows.append(f'<tbody class="total"><tr><td>综合评价得分</td>{total}</tr></tbody>')
    heads = [("项目与依据的记录", ""), ("分值", "n"), ("最迟自此日不再计入", "day")]
    return f'<p class="basis">{NOTE}</p>' + table(heads, rows, "points")


def forced(dossier: Dossier) -> str:
    """Say which entries of a list of serious dishonesty make grade and class D; empty where none does."""
    listed = [reason for reason in dossier.reasons if reason.item_code == SERIOUS_LIST]
    if not listed:
        return ""
    entries = "".join(
        f"<li>{_record(dossier, reason)}　最迟自 {_until(dossier, reason)} 起不再计入</li>" for reason in listed
    )
    return f'<div class="alert">{text(listed[0].reason)}：<ul>{entries}</ul></div>'


def _place(point: Point) -> tuple[int, int, str]:
    """The base, what is taken off from the most on, what a cap gives back, what is added from the most on."""
    if point.feature == "base":
        return 0, 0, point.item_code
    if point.points < 0:
        return 1, point.points, point.item_code
    return (2 if point.feature in ("cap", "limit") else 3), -point.points, point.item_code


def _item(dossier: Dossier, point: Point) -> str:
    reasons = [reason for reason in dossier.reasons if reason.item_code == point.item_code]
    css, word = ("bad", "减分") if point.points < 0 else ("good", "加分")
    badge = "" if point.feature == "base" or not point.points else f'<span class="badge {css}">{word}</span> '
    until = "" if reasons or point.falls_away_date is None else day(point.falls_away_date)
    head = f'<td>{badge}{text(point.reason)}{_count(point)}</td><td class="n">{_signed(point)}</td>'
    lines = "".join(
        f'<tr class="of"><td>{_record(dossier, reason)}</td><td></td>'
        f'<td class="day">{_until(dossier, reason)}</td></tr>'
        for reason in reasons
    )
    return f'<tbody><tr>{head}<td class="day">{until}</td></tr>{lines}</tbody>'


def _signed(point: Point) -> str:
    return f"{point.points}" if point.feature == "base" else f"{point.points:+d}" if point.points else "0"


def _count(point: Point) -> str:
    """Of several penalties in one item, how much each costs."""
    number = int(point.number_value or 0)
    if not point.feature.startswith(PENALTY) or number < 2:
        return ""
    return f"<small>{number} 条，每条 {point.points // number:+d} 分</small>"


def _record(dossier: Dossier, reason: Reason) -> str:
    record = _found(dossier, reason)
    if record is None:
        return text(reason.record_id)
    kind = kind_of(record)
    title = (kind.title if kind else None) or dossier.title("record_type", record.record_type) or NOTHING
    number = f"　{text(record.document_no)}" if record.document_no else ""
    when = f'<span class="day">{day(record.occurred_date)}</span>'
    return f"{reference(record, title)}　{text(record.authority)}{number}　{when}"


def _until(dossier: Dossier, reason: Reason) -> str:
    """The day; where no law sets one, what ends it: payment, removal, or nothing."""
    if reason.falls_away_date is not None:
        return day(reason.falls_away_date)
    record = _found(dossier, reason)
    if record is not None and _is_open(record.visible_until):
        return "长期"
    kind = kind_of(record) if record else None
    return text(kind.end if kind else NO_TERM)


def _is_open(until: date | None) -> bool:
    return until is not None and until >= OPEN_END


def _found(dossier: Dossier, reason: Reason) -> Record | None:
    return next((record for record in dossier.records if record.record_id == reason.record_id), None)

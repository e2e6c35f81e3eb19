"""Records in their sections: what each is, until when it is shown, and the row of the file it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from creditlake.report.dossier import Dossier, Record
from creditlake.report.html import basis, code, day, end, missing, money, nothing, table, text
from creditlake.report.labels import Kind, layout

HASH_LENGTH = 12


def kind_of(record: Record) -> Kind | None:
    """Return the kind a record belongs to; None where the standard's sections know none."""
    fitting = (
        kind
        for kind in layout().kinds.values()
        if kind.record_type == record.record_type and kind.polarity in (None, record.polarity)
    )
    return next(fitting, None)


def of_kind(dossier: Dossier, kind: Kind | None) -> tuple[Record, ...]:
    """Return the subject's records of a kind, the newest first; of None those that no section knows."""
    return tuple(record for record in dossier.records if kind_of(record) == kind)


def part(dossier: Dossier, kind: Kind, note: str = "") -> str:
    """Return a kind of record under its title: the records, or that there is none, or that nothing was collected."""
    found = of_kind(dossier, kind)
    if found:
        body = note + record_table(dossier, found, kind)
    elif dossier.is_delivered(kind.dataset):
        body = nothing(dossier.as_of)
    else:
        body = missing(kind.title)
    count = f"<small>{len(found)} 条</small>" if found else ""
    return f"<h3>{escape(kind.title)}{count}</h3>\n{body}"


def other_parts(dossier: Dossier) -> str:
    """Return the records whose kind no section knows, each kind under the release's own title: none is dropped."""
    kinds = sorted({record.record_type for record in of_kind(dossier, None)})
    parts = []
    for record_type in kinds:
        found = tuple(record for record in of_kind(dossier, None) if record.record_type == record_type)
        kind = Kind(record_type, dossier.title("record_type", record_type) or record_type, "", "日期")
        parts.append(f"<h3>{text(kind.title)}<small>{len(found)} 条</small></h3>\n{record_table(dossier, found, kind)}")
    return "\n".join(parts)


def record_table(dossier: Dossier, records: Sequence[Record], kind: Kind) -> str:
    """Return records as a table; columns that no record fills are left out."""
    columns = [
        ("序号", "no", [str(place) for place in range(1, len(records) + 1)]),
        (kind.date_title, "day", [day(record.occurred_date) for record in records]),
        ("机关", "", [text(record.authority) + _marks(dossier, record) for record in records]),
        ("文号", "", [text(record.document_no) for record in records]),
        ("程度", "", [_severity(dossier, record) for record in records]),
        (kind.amount_title, "n", [money(record.amount_yuan) for record in records]),
        ("没收（元）", "n", [money(record.confiscated_yuan) for record in records]),
        (kind.until_title, "day", [end(record.visible_until, kind.end) for record in records]),
    ]
    filled = [column for column in columns if column[0] == "机关" or any(cell != "—" for cell in column[2])]
    bodies = []
    for place, record in enumerate(records):
        cells = "".join(f'<td class="{css}">{made[place]}</td>' for _, css, made in filled)
        bodies.append(
            f'<tbody id="r-{escape(record.record_id)}"><tr>{cells}</tr>\n'
            f'<tr class="trace"><td></td><td colspan="{len(filled) - 1}">{trace(record)}</td></tr></tbody>'
        )
    return table([(title, css) for title, css, _ in filled], bodies, "records")


def trace(record: Record) -> str:
    """Return a record's law and the way back to its row, in the words ``creditlake explain`` takes."""
    return (
        f"<div>依据　{basis(record.legal_basis)}</div>"
        f"<div>溯源　{code(f'{record.feed}.{record.dataset}')} · 文件 {code(record.source_sha256[:HASH_LENGTH])}"
        f" · 批次 {code(record.batch_id)} · 第 {record.source_row:,} 行</div>"
        f"<div>记录　{code(record.record_id)}</div>"
    )


def reference(record: Record, title: str) -> str:
    """Return a link to a record of the same report."""
    return f'<a href="#r-{escape(record.record_id)}">{text(title)}</a>'


def _severity(dossier: Dossier, record: Record) -> str:
    if record.severity is None:
        return "—"
    return f'<span class="badge {escape(record.severity)}">{text(dossier.title("severity", record.severity))}</span>'


def _marks(dossier: Dossier, record: Record) -> str:
    """What a reader must know of a record: that it is objected to, and its way to its subject."""
    marks = ["异议处理中"] if record.is_objected else []
    if record.is_after_deregistration:
        marks.append("发生于退出登记之后")
    if record.match_method != "uscc":
        marks.append(f"主体据“{dossier.title('match_method', record.match_method)}”认定")
    return "".join(f'<small class="mark">{text(mark)}</small>' for mark in marks)

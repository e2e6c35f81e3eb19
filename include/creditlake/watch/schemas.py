"""Schema: the header of what came beside the header that is right."""

from __future__ import annotations

from creditlake.watch.case import Case
from creditlake.watch.deliveries import HEADER_REFUSALS, Delivered, schema_hash
from creditlake.watch.standing import Finding


def agreed_schema(case: Case) -> str | None:
    """Return the hash of the right header: the one a person has set, else that of the first delivery."""
    headers = [one.header for one in case.came if one.header]
    return case.bounds.schema or (schema_hash(headers[0]) if headers else None)


def last_schema(case: Case) -> str | None:
    """Return the hash of the header that came last."""
    headers = [one.header for one in case.came if one.header]
    return schema_hash(headers[-1]) if headers else None


def schema_findings(case: Case) -> list[Finding]:
    """Return an alarm where the last period's deliveries have another header, or later ones were refused for theirs."""
    return [*_changed(case), *_refused(case)]


def _changed(case: Case) -> list[Finding]:
    agreed = agreed_schema(case)
    known = next((one.header for one in case.came if one.header and schema_hash(one.header) == agreed), None)
    for one in reversed(_newest(case)):
        if one.header is None or schema_hash(one.header) == agreed:
            continue
        changes = differences(known, one.header, is_keyed=one.is_keyed)
        if changes:
            return [_finding(case, one, f"表头 {agreed}", f"表头 {schema_hash(one.header)}：{changes}", changes)]
    return []


def differences(agreed: tuple[str, ...] | None, header: tuple[str, ...], *, is_keyed: bool) -> str:
    """Say in Chinese what a header has otherwise; empty where it is the same.

    Args:
        agreed: The right header; None where only its hash is known.
        is_keyed: Whether rows name their columns, so that order and a column left out say nothing.
    """
    if agreed is None:
        return "与约定的表头不同"
    added = [name for name in header if name not in agreed]
    missing = [] if is_keyed else [name for name in agreed if name not in header]
    said = [f"{word}{'、'.join(names)}" for word, names in (("新增列 ", added), ("缺少列 ", missing)) if names]
    if not is_keyed and [name for name in agreed if name in header] != [name for name in header if name in agreed]:
        said.append("列的次序改变")
    return "，".join(said)


def _newest(case: Case) -> list[Delivered]:
    """The deliveries of the last period in which one came, or the last one where there is no rhythm."""
    if not case.came or not case.has_rhythm:
        return list(case.came[-1:])
    newest = max(case.rows)
    return [one for one in case.came if case.period_of(one) == newest]


def _refused(case: Case) -> list[Finding]:
    taken = max((one.seq for one in case.came), default=0)
    later = [one for one in case.refused if one.seq > taken and one.refusal in HEADER_REFUSALS]
    if not later:
        return []
    words = {"unknown_header": "有约定以外的列或缺少必备列", "missing_header": "没有表头"}
    return [_finding(case, later[-1], "合同约定的表头", "文件因表头被拒收", f"{words[later[-1].refusal]}，文件已拒收")]


def _finding(case: Case, one: Delivered, expected: str, found: str, changes: str) -> Finding:
    return case.finding(
        "schema",
        expected=expected,
        found=found,
        since=one.day,
        sentence=f"的文件 {one.file} 表头变化：{changes}。请与报送单位核实各列含义；确认无误后改定约定的表头。",
    )

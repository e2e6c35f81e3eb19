"""The small pieces of HTML of a report; every text passes ``text`` on its way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from html import escape

from creditlake.identity.identifiers import is_id_number, normalise_code

OURS = "本项目拟定"
NOTHING = "—"
OPEN_END = date(2099, 12, 31)
"""From this day on an end is written for none (double-publicity standard of 2018)."""
_INVISIBLE = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])
_EIGHTEEN = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXxＸｘ](?![0-9A-Za-z])")
_BIRTHDAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def text(value: str | None) -> str:
    """Return a text as HTML: escaped, what nobody sees made visible, a citizen's identity number hidden."""
    if not value:
        return NOTHING
    seen = "".join("\ufffd" if unicodedata.category(char) in _INVISIBLE else char for char in value)
    return escape(_EIGHTEEN.sub(_hidden, seen))


def _hidden(found: re.Match[str]) -> str:
    number = normalise_code(found[0])
    is_citizens = is_id_number(number) and _BIRTHDAY.match(number, 6)
    return "［身份证号已隐去］" if is_citizens else found[0]


def basis(value: str) -> str:
    """Return a basis; the words that say it is ours stand out."""
    return text(value).replace(OURS, f'<span class="ours">{OURS}</span>')


def code(value: str) -> str:
    """Return a code, hash or id in letters of one width."""
    return f'<span class="mono">{escape(value)}</span>'


def day(value: date | None) -> str:
    """Return a date."""
    return value.isoformat() if value else NOTHING


def long_day(value: date) -> str:
    """Return a date as it stands in a Chinese document."""
    return f"{value.year}年{value.month}月{value.day}日"


def end(value: date | None, without: str) -> str:
    """Return the last day of a term; ``without`` says when a term ends that has no day."""
    if value is None:
        return text(without)
    return "长期" if value >= OPEN_END else day(value)


def money(value: Decimal | None) -> str:
    """Return an amount with its thousands separated."""
    return NOTHING if value is None else f"{value:,.2f}"


def figure(value: Decimal | float | None) -> str:
    """Return a score with one digit; a dash where there is none."""
    return NOTHING if value is None else f"{value:.1f}"


def share(value: Decimal | float) -> str:
    """Return a share from 0 to 1 as whole per cent."""
    return f"{100 * value:.0f}%"


def facts(entries: Iterable[tuple[str, str]]) -> str:
    """Return names and values in two columns; the values are HTML already."""
    made = "".join(f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>" for name, value in entries)
    return f'<dl class="facts">{made}</dl>'


def table(heads: Sequence[tuple[str, str]], bodies: Iterable[str], kind: str = "") -> str:
    """Return a table: heads with the class of their column, then whole ``<tbody>`` elements."""
    head = "".join(f'<th scope="col" class="{css}">{escape(name)}</th>' for name, css in heads)
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead>\n{chr(10).join(bodies)}\n</table>'


def section(number: str, title: str, body: str) -> str:
    """Return a numbered section."""
    return f'<section><h2><span class="no">{escape(number)}</span>{escape(title)}</h2>\n{body}\n</section>'


def nothing(as_of: date) -> str:
    """Say that the sources came and name no such record."""
    return f'<p class="none">无此类信息<small>截至 {day(as_of)}，已归集的数据中没有可公示的记录</small></p>'


def missing(what: str) -> str:
    """Say that the source did not come, which is another thing than no record."""
    return f'<p class="missing">数据未归集<small>本版本没有“{escape(what)}”的已接收批次，不作推断</small></p>'

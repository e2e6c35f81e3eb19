"""Portable SQL as functions of a dbt project's folder: right of staging, DuckDB and Spark must read the same.

What both engines know under one name and with one meaning was tried on both (function by function); a function that
is not in the list has to be tried before it may be used. Macros hold what differs.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import models_of, without_comments

PORTABLE_FUNCTIONS = frozenset(
    """
    any_value avg bool_and bool_or cast ceil coalesce concat count count_if cume_dist date_trunc dense_rank extract
    floor greatest instr lag lead least left length ln log10 lower lpad max max_by md5 min min_by nullif percentile_cont
    percent_rank power rank regexp_extract replace right round row_number rpad split_part sqrt substring sum translate
    trim try_cast upper
    """.split()  # noqa: SIM905 - forty words are read more easily without forty quotes
)
NOT_FUNCTIONS = frozenset("and as by case decimal exists filter from in join not on or over then values when".split())  # noqa: SIM905
_SILENT = {
    "a quoted name": r'"',
    "a list or an array index": r"\[",
    "a lambda or a method": r"->|\blambda\b",
    "a backslash": r"\\",
    "select * exclude or except": r"\*\s*(?:exclude|except|replace)\b",
    "a day of the week": r"\b(?:dow|dayofweek|isodow)\b",
    "a sample, a pivot or an asof join": r"\b(?:using\s+sample|tablesample|pivot|unpivot|asof)\b",
}


def unportable(project: Path) -> list[str]:
    """Models right of staging that use what Spark reads otherwise, or not at all."""
    problems = []
    for model in models_of(project):
        if model.layer == "staging":
            continue
        sql = _bare(model.sql)
        problems += [f"{model.name} uses {what}" for what, pattern in _SILENT.items() if re.search(pattern, sql)]
        used = set(re.findall(r"\b([a-z_][a-z_0-9]*)\s*\(", sql)) - NOT_FUNCTIONS - _own_tables(sql)
        problems += [f"{model.name} calls {name}()" for name in sorted(used - PORTABLE_FUNCTIONS)]
    return problems


def _bare(sql: str) -> str:
    """The statement alone: no Jinja, no comment, no text."""
    without_jinja = re.sub(r"\{[{%#].*?[}%#]\}", " ", sql, flags=re.DOTALL)
    return re.sub(r"'(?:[^']|'')*'", "''", without_comments(without_jinja)).lower()


def _own_tables(sql: str) -> set[str]:
    """Names before a bracket that are no function: ``numbers(n) as (values …)``."""
    return set(re.findall(r"\b([a-z_][a-z_0-9]*)\s*\([a-z_, \n]*\)\s+as\s*\(", sql)) | set(
        re.findall(r"\bas\s+([a-z_][a-z_0-9]*)\s*\(", sql)
    )

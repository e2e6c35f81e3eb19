"""The review queue: ways of naming that the ladder leaves to people, and the rows their decisions come back as.

A decision is a delivery like any other (docs/decisions/0029): a queue is written as a file of the dataset whose
contract says ``decides: true``, with the columns of the decision empty.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from creditlake.contracts import Dataset, all_datasets

LINK, RULE_OUT = "挂接", "不挂接"
CANDIDATES = ("候选一", "候选二", "候选三")
REASONS = {
    "code_of_another_name": "代码属于另一主体：其名称、法定代表人、住所均不相符",
    "likely": "很可能是候选主体，但不足以自动挂接",
    "name_alone": "只有名称相同，没有第二项佐证",
}
CONFLICTS = {
    "subject_not_registered": "主体未登记",
    "survivor_not_registered": "保留主体未登记",
    "key_not_known": "没有记录使用该标识键",
    "one_subject": "两个主体是同一主体",
    "no_merge_before": "此前没有这两个主体的合并",
    "closes_a_circle": "与此前的合并首尾相接成环",
    "already_merged": "主体已并入另一主体，须先撤销",
}


class NothingBuilt(LookupError):
    """The lake has no models yet, so that nobody knows what is in doubt."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject that a way of naming may mean, with the weight of evidence in bits."""

    uscc: str
    name: str
    weight: float

    def __str__(self) -> str:
        return f"{self.uscc} {self.name}（权重 {self.weight:g}）"


@dataclass(frozen=True, slots=True)
class Asked:
    """One way of naming that people are asked about.

    Attributes:
        identity_key: Its key in int_identity_links.
        reason: Why people are asked, in Chinese.
        said: What the records say, in Chinese.
        decisions: How many decisions there are about it already; the next one gets the next number.
        candidates: At most three, the most likely one first.
    """

    identity_key: str
    reason: str
    said: str
    decisions: int
    candidates: tuple[Candidate, ...]

    @property
    def number(self) -> str:
        """The number of the next decision about it: the same as long as none came."""
        return f"F{self.identity_key[:12].upper()}-{self.decisions + 1}"


def decisions_dataset() -> Dataset:
    """Return the dataset that holds what people decide; ValueError unless exactly one contract says so."""
    (dataset,) = (dataset for dataset in all_datasets() if dataset.decides)
    return dataset


def queue(lake: duckdb.DuckDBPyConnection) -> list[Asked]:
    """Return what waits for people, one a way of naming, the most likely first, of one weight by key.

    Raises:
        NothingBuilt: no build made the models yet.
    """
    try:
        found = lake.execute(
            """select links.identity_key, links.review_reason, keys.name, keys.uscc, keys.org_code,
                keys.registration_no, keys.authority, keys.address,
                (select count(*) from lake.intermediate.int_identity_decisions as made
                    where made.identity_key = links.identity_key) as decisions
            from lake.intermediate.int_identity_links as links
            inner join lake.intermediate.int_identity_keys as keys using (identity_key)
            where links.review_reason is not null
            order by links.weight desc nulls last, links.identity_key"""
        ).fetchall()
        candidates = _candidates(lake)
    except duckdb.CatalogException as error:
        raise NothingBuilt("the models of this lake were not built yet") from error
    titles = ("名称", "统一社会信用代码", "组织机构代码", "注册号", "作出机关", "住所")
    return [
        Asked(
            key,
            REASONS[reason],
            "；".join(f"{title}：{value}" for title, value in zip(titles, told, strict=True) if value),
            decisions,
            tuple(candidates.get(key, ())),
        )
        for key, reason, *told, decisions in found
    ]


def _candidates(lake: duckdb.DuckDBPyConnection) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    rows = lake.execute(
        """select scores.identity_key, subjects.uscc, subjects.name, scores.weight
        from lake.intermediate.int_identity_scores as scores
        inner join lake.intermediate.int_identity_links as links using (identity_key)
        inner join lake.intermediate.int_subjects as subjects on scores.subject_id = subjects.subject_id
        where links.review_reason is not null
        qualify row_number() over (partition by identity_key order by scores.weight desc, scores.subject_id) <= 3
        order by scores.identity_key, scores.weight desc, scores.subject_id"""
    ).fetchall()
    for key, uscc, name, weight in rows:
        found.setdefault(key, []).append(Candidate(uscc, name, round(weight, 2)))
    return found


def conflicts(lake: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return the decisions that cannot be carried out, by number: number and reason in Chinese."""
    statement = "select decision_no, conflict_reason from lake.intermediate.int_decision_conflicts order by decision_no"
    return [(number, CONFLICTS[reason]) for number, reason in lake.execute(statement).fetchall()]


def to_fill_in(asked: Asked) -> dict[str, str]:
    """Return the row of a decision to be made: what is known is filled in, what people decide is left out."""
    shown = dict(zip(CANDIDATES, map(str, asked.candidates), strict=False))
    known = {"决定编号": asked.number, "标识键": asked.identity_key}
    return known | {"待认定原因": asked.reason, "记录说明": asked.said} | shown


def as_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows of decisions as CSV with the contract's own columns, those left out empty."""
    text = io.StringIO()
    names = [column.name for column in decisions_dataset().columns]
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def deliver(rows: Sequence[Mapping[str, str]], drop: Path, name: str) -> Path:
    """Put decisions into a drop folder as one delivery, whole or not at all; return the file."""
    dataset = decisions_dataset()
    target = drop / dataset.feed / f"{dataset.name}-{name}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    # a hidden file is no delivery
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    partial.write_text(as_csv(rows), encoding="utf-8")
    os.replace(partial, target)
    return target

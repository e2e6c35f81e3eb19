"""How a lake compares with the truth of the synthetic city it was made of; prints one JSON document.

    python bench/truth.py LAKE CITY      (CITY is the folder with drop/ and truth/)

Faults: where each injected one ended and under which rules, both ways. Identity: precision over all links, recall by
kind of damage. Scores: how the evaluation orders the hidden compliance, and how the grades are spread.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from creditlake.contracts import Dataset, all_datasets
from creditlake.lake import LakePaths, reading
from creditlake.release import current

Row = tuple[str, str, int]
"""A row as people find it: feed, file, source row."""
SAMPLE = 4000
"""Subjects whose pairs are compared; all pairs of a million would be a million million."""


def truth_of(city: Path, table: str) -> str:
    """The Parquet file of one table of a city's truth, as SQL text."""
    return "'" + str(city / "truth" / f"{table}.parquet").replace("'", "''") + "'"


def expected_quarantine(city: Path) -> dict[Row, frozenset[str]]:
    """Every row that must be in quarantine, with all the rules it must break there (warnings too)."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"""select feed, split_part(file, '/', 2), source_row, list(rule_id)
            from {truth_of(city, "faults")} where rule_id is not null
            group by all having bool_or(place = 'quarantined')"""
        ).fetchall()
    return {(feed, file, row): frozenset(rules) for feed, file, row, rules in found}


def quarantined(lake: LakePaths) -> dict[Row, frozenset[str]]:
    """Every row in quarantine, with all the rules it broke."""
    rows: dict[Row, frozenset[str]] = {}
    with reading(lake) as connection:
        for dataset in all_datasets():
            found = connection.execute(
                f"""select batches.source_name, _source_row, _failed_rules from lake.quarantine.{dataset.table}
                inner join lake.ops.batches as batches on _batch_id = batches.batch_id
                    and batches.feed = '{dataset.feed}' and batches.dataset = '{dataset.name}'"""
            ).fetchall()
            rows |= {(dataset.feed, file, row): frozenset(rules) for file, row, rules in found}
    return rows


def expected_refusals(city: Path) -> dict[tuple[str, str], str]:
    """Every file that must be refused, with the code of its reason."""
    statement = f"select feed, file, detail from {truth_of(city, 'faults')} where place = 'file_refused'"
    with duckdb.connect() as connection:
        found = connection.execute(statement).fetchall()
    return {(feed, file.split("/")[1]): detail.split(":")[0].split("：")[0] for feed, file, detail in found}


def refusals(lake: LakePaths) -> dict[tuple[str, str], str]:
    """Every file that was refused, with the code of its reason."""
    with reading(lake) as connection:
        found = connection.execute(
            "select feed, source_name, reason from lake.ops.batches where status = 'refused'"
        ).fetchall()
    return {(feed, file): reason.split(":")[0] for feed, file, reason in found}


def expected_warnings(city: Path, lake: LakePaths) -> dict[tuple[str, str], int]:
    """Rows that must break each warning rule, by file name and rule."""
    known = warnings(lake)
    rules = sorted({rule for _, rule in known})
    with duckdb.connect() as connection:
        found = connection.execute(
            f"""select split_part(file, '/', 2), rule_id, count(distinct source_row)
            from {truth_of(city, "faults")} where list_contains(?, rule_id) group by all""",
            [rules],
        ).fetchall()
    return dict.fromkeys(known, 0) | {(file, rule): count for file, rule, count in found}


def warnings(lake: LakePaths) -> dict[tuple[str, str], int]:
    """Rows that broke each warning rule, by file name and rule."""
    with reading(lake) as connection:
        found = connection.execute(
            """select source_name, rule_id, failed_rows from lake.ops.quality_checks
            inner join lake.ops.batches using (feed, dataset, batch_id)
            where severity = 'warning' and scope = 'row'"""
        ).fetchall()
    return {(file, rule): count for file, rule, count in found}


@dataclass(frozen=True, slots=True)
class Links:
    """What became of the records of one kind of identity.

    Attributes:
        named: Validated records about a registered subject.
        found: Those of them that hang on a subject.
        wrong: Records, also of nobody, that hang on another subject than their own.
        unnamed: Records about nobody whom the register holds.
    """

    named: int
    found: int
    wrong: int
    unnamed: int

    @property
    def recall(self) -> float | None:
        """Share of the records about registered subjects that hang on their own; None without any."""
        return round((self.found - self.wrong) / self.named, 6) if self.named else None


def links(lake: LakePaths, city: Path) -> dict[str, Links]:
    """Compare each record's subject in the lake with the truth, by kind of identity."""
    datasets = [dataset for dataset in all_datasets() if (dataset.feed, dataset.name) != ("registration", "subjects")]
    places = " union all ".join(_places(dataset) for dataset in datasets)
    with reading(lake) as connection:
        found = connection.execute(
            f"""with placed as ({places}),
            judged as (
                select records.identity, subjects.is_registered is true as is_named,
                    links.subject_id, own.subject_id as own_subject_id
                from {truth_of(city, "records")} as records
                inner join placed using (feed, dataset, file, source_row)
                inner join lake.intermediate.int_identity_links as links using (identity_key)
                left join {truth_of(city, "subjects")} as subjects on records.uscc = subjects.uscc
                left join lake.intermediate.int_subjects as own on records.uscc = own.uscc
            )
            select identity, count(*) filter (where is_named),
                count(*) filter (where is_named and subject_id is not null),
                count(*) filter (where subject_id is not null and subject_id is distinct from own_subject_id),
                count(*) filter (where not is_named)
            from judged group by identity order by identity"""
        ).fetchall()
    return {kind: Links(*counts) for kind, *counts in found}


def _places(dataset: Dataset) -> str:
    return f"""select '{dataset.feed}' as feed, '{dataset.name}' as dataset,
        '{dataset.feed}/' || batches.source_name as file, staged.source_row, staged.identity_key
        from lake.staging.stg_{dataset.feed}__{dataset.name} as staged
        inner join lake.ops.batches as batches on staged.batch_id = batches.batch_id
            and batches.feed = '{dataset.feed}' and batches.dataset = '{dataset.name}'"""


def precision(found: dict[str, Links]) -> float:
    """Share of all links that are right."""
    made = sum(link.found for link in found.values())
    return 1.0 if not made else round(1 - sum(link.wrong for link in found.values()) / made, 6)


def scores(lake: LakePaths, city: Path) -> list[tuple[float, str, float, bool]]:
    """Score, grade, hidden compliance and outcome of every evaluated subject."""
    release = current(lake)
    with duckdb.connect() as connection:
        return connection.execute(
            f"""select evaluation_score, evaluation_grade, compliance, defaulted
            from read_parquet(?) inner join read_parquet(?) using (subject_id)
            inner join {truth_of(city, "subjects")} using (uscc)
            where evaluation_score is not null order by md5(uscc)""",
            [str(release.mart("mart_subject_profiles")), str(release.mart("mart_subjects"))],
        ).fetchall()


def concordance(judged: list[tuple[float, str, float, bool]]) -> float:
    """Share of the pairs of subjects that the score orders as their hidden compliance does; a tie counts half."""
    sample = judged[:SAMPLE]
    score = np.array([float(row[0]) for row in sample])
    hidden = np.array([row[2] for row in sample])
    better = hidden[:, None] > hidden[None, :]
    order = np.sign(score[:, None] - score[None, :])[better]
    return round(float((order + 1).mean() / 2), 4)


def auc(judged: list[tuple[float, str, float, bool]]) -> float:
    """Chance that a subject that kept its obligations scores above one that did not; a tie counts half."""
    kept = np.array([float(row[0]) for row in judged if not row[3]])[:SAMPLE]
    failed = np.array([float(row[0]) for row in judged if row[3]])[:SAMPLE]
    return round(float((np.sign(kept[:, None] - failed[None, :]) + 1).mean() / 2), 4)


def grades(judged: list[tuple[float, str, float, bool]]) -> dict[str, float]:
    """Share of each grade among the evaluated subjects."""
    counted: dict[str, int] = defaultdict(int)
    for _, grade, *_ in judged:
        counted[grade] += 1
    return {grade: round(count / len(judged), 4) for grade, count in sorted(counted.items())}


def differences(expected: dict[Any, Any], found: dict[Any, Any]) -> Iterator[str]:
    """Yield what is expected and not found, or found and not expected, or found otherwise."""
    for key in sorted(expected.keys() | found.keys()):
        if expected.get(key) != found.get(key):
            yield f"{key}: expected {expected.get(key)}, found {found.get(key)}"


def report(lake: LakePaths, city: Path) -> dict[str, Any]:
    """Return every comparison as one document."""
    rows = (expected_quarantine(city), quarantined(lake))
    linked, judged = links(lake, city), scores(lake, city)
    return {
        "quarantined": {"expected": len(rows[0]), "found": len(rows[1]), "differing": [*differences(*rows)][:20]},
        "refused": [*differences(expected_refusals(city), refusals(lake))],
        "warnings": [*differences(expected_warnings(city, lake), warnings(lake))][:20],
        "identity": {
            "precision": precision(linked),
            "by_kind": {kind: {"records": link.named, "recall": link.recall} for kind, link in linked.items()},
        },
        "scores": {"auc": auc(judged), "concordance": concordance(judged), "grades": grades(judged)},
    }


if __name__ == "__main__":
    print(json.dumps(report(LakePaths.at(Path(sys.argv[1])), Path(sys.argv[2])), indent=1, ensure_ascii=False))

"""What the data docs tell: read from the lake's ledger, its quality checks and the verdicts, never from rows' values."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from creditlake.contracts import Dataset, all_datasets
from creditlake.lake import LakePaths, reading
from creditlake.lake.ledger import LedgerEntry, QualityCheck, checks, entries
from creditlake.lake.tables import identifier
from creditlake.quality.suite import load_suite

BatchStatus = Literal["passed", "quarantined", "refused"]
SAMPLES_SHOWN = 10
NATURAL_PERSON = "自然人"
UNJUDGED = "unjudged"
BATCH_RULE_BASIS = "本项目批次规则（docs/architecture.md）"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule found in one batch.

    Attributes:
        samples: Numbers of source rows that broke it, at most 10; no values, and no rows of natural persons.
    """

    check: QualityCheck
    basis: str
    samples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BatchDoc:
    """One batch as the data docs show it.

    Attributes:
        run_name: The run that judged it; None when it was refused before it could be judged.
        rules: In the suite's order, then the batch rules.
    """

    dataset: Dataset | None
    entry: LedgerEntry
    run_name: str | None
    rules: tuple[RuleLine, ...]

    @property
    def status(self) -> BatchStatus:
        """Refused, accepted with rows in quarantine, or accepted whole."""
        if self.entry.status == "refused":
            return "refused"
        return "quarantined" if self.entry.rows_quarantined else "passed"

    @property
    def path(self) -> str:
        """Where its page lies in the site: named by run and batch, in characters that every file system takes."""
        run = re.sub(r"[^\w.+-]", "-", self.run_name or UNJUDGED)
        return f"batches/{self.entry.feed}/{self.entry.dataset}/{run}__{self.entry.batch_id}.html"


def load_batches(paths: LakePaths) -> list[BatchDoc]:
    """Return every batch of the ledger in the order of receipt.

    Raises:
        FileNotFoundError: there is no lake.
    """
    with reading(paths) as connection:
        ledger = entries(connection)
        found: dict[tuple[str, str, str], list[QualityCheck]] = defaultdict(list)
        for check in checks(connection):
            found[check.feed, check.dataset, check.batch_id].append(check)
        persons = _rows_of_persons(connection)
    datasets = {(dataset.feed, dataset.name): dataset for dataset in all_datasets()}
    bases = {rule.rule_id: rule.basis for dataset in datasets.values() for rule in load_suite(dataset).rules}
    return [
        _batch_doc(paths, entry, datasets.get((entry.feed, entry.dataset)), found, bases, persons) for entry in ledger
    ]


def _batch_doc(
    paths: LakePaths,
    entry: LedgerEntry,
    dataset: Dataset | None,
    found: Mapping[tuple[str, str, str], list[QualityCheck]],
    bases: Mapping[str, str],
    persons: set[tuple[str, int]],
) -> BatchDoc:
    verdict = _verdict(paths, entry)
    samples = _samples(verdict) if verdict is not None else {}
    rules = tuple(
        RuleLine(
            check,
            bases.get(check.rule_id, BATCH_RULE_BASIS) if check.scope == "batch" else bases[check.rule_id],
            _shown(samples.get(check.rule_id, []), entry.batch_id, persons),
        )
        for check in found.get((entry.feed, entry.dataset, entry.batch_id), [])
    )
    run_name = None if verdict is None else str(verdict["meta"]["run_id"]["run_name"])
    return BatchDoc(dataset, entry, run_name, rules)


def _verdict(paths: LakePaths, entry: LedgerEntry) -> dict[str, Any] | None:
    file = paths.quality / entry.feed / entry.dataset / f"{entry.batch_id}.json"
    if not file.exists():
        return None
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def _shown(rows: list[int], batch_id: str, persons: set[tuple[str, int]]) -> tuple[int, ...]:
    return tuple([row for row in rows if (batch_id, row) not in persons][:SAMPLES_SHOWN])


def _rows_of_persons(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, int]]:
    """Return (batch_id, source_row) of the quarantined rows about natural persons: no sample may show them."""
    found: set[tuple[str, int]] = set()
    for dataset in all_datasets():
        if dataset.subject.category is None:
            continue
        found |= set(
            connection.execute(
                f"""select _batch_id, _source_row from lake.quarantine.{dataset.table}
                where contains({identifier(dataset.subject.category)}, ?)""",
                [NATURAL_PERSON],
            ).fetchall()
        )
    return found

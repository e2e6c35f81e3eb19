"""What the data docs tell: the ledger, and of each batch the verdict as Great Expectations wrote it (``document.py``).

Values of rows are in neither. A verdict names source rows that broke a rule; those of natural persons are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import pyarrow as pa

from creditlake.contracts import NATURAL_PERSON, Dataset, load_feeds
from creditlake.lake import LakePaths, reading
from creditlake.lake.ledger import LedgerEntry, entries
from creditlake.lake.tables import identifier

BatchStatus = Literal["passed", "quarantined", "refused"]
SourceRow = tuple[str, int]
"""Batch id and number of the row in its source, from 1."""
SAMPLES_SHOWN = 10
UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule found in one batch.

    Attributes:
        severity: As recorded in the lake: a waived rule is a warning in the batch of its waiver.
        samples: Numbers of source rows that broke it, at most 10; no values, no rows of natural persons
            nor of ended records; None for a rule about the batch as a whole.
    """

    rule_id: str
    title: str
    severity: str
    basis: str
    evaluated: int
    failed: int
    samples: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class BatchDoc:
    """One batch as the data docs show it.

    Attributes:
        run_name: Run and batch; ``unjudged__<batch id>`` when the file was refused before it could be judged.
        rules: In the suite's order, then the batch rules.
    """

    dataset: Dataset | None
    entry: LedgerEntry
    run_name: str
    rules: tuple[RuleLine, ...]

    @property
    def status(self) -> BatchStatus:
        """Refused, accepted with rows in quarantine, or accepted whole."""
        if self.entry.status == "refused":
            return "refused"
        return "quarantined" if self.entry.rows_quarantined else "passed"

    @property
    def warnings(self) -> int:
        """How many warnings were raised by the batch."""
        return sum(rule.severity == "warning" and rule.failed > 0 for rule in self.rules)

    @property
    def label(self) -> str:
        """The run's name as people read it."""
        return self.run_name.replace(UNJUDGED, "未评判", 1) if not self.rules else self.run_name

    @property
    def path(self) -> str:
        """Where its page lies in the site, named by run and batch in characters that every file system takes."""
        name = re.sub(r"[^\w.-]", "-", self.run_name)
        return f"batches/{self.entry.feed}/{self.entry.dataset}/{name}.html"


def load_batches(paths: LakePaths) -> list[BatchDoc]:
    """Return every batch of the ledger in the order of receipt.

    Raises:
        FileNotFoundError: there is no lake.
    """
    with reading(paths) as connection:
        ledger = entries(connection)
        verdicts = {entry.batch_id: verdict for entry in ledger if (verdict := _verdict(paths, entry))}
        severities = _severities(connection)
        persons = _persons_among(connection, _all_samples(verdicts))
    return [_batch_doc(entry, verdicts.get(entry.batch_id), severities, persons) for entry in ledger]


def dataset_of(entry: LedgerEntry) -> Dataset | None:
    """Return the dataset of a batch; None for a file whose name no contract knows."""
    feed = load_feeds().get(entry.feed)
    datasets = {dataset.name: dataset for dataset in feed.datasets} if feed else {}
    return datasets.get(entry.dataset)


def _batch_doc(
    entry: LedgerEntry,
    verdict: Mapping[str, Any] | None,
    severities: Mapping[tuple[str, str], str],
    persons: set[SourceRow],
) -> BatchDoc:
    dataset = dataset_of(entry)
    if verdict is None:
        return BatchDoc(dataset, entry, f"{UNJUDGED}__{entry.batch_id}", ())
    rules = tuple(_rule_line(result, entry.batch_id, severities, persons) for result in verdict["results"])
    return BatchDoc(dataset, entry, verdict["meta"]["run_id"]["run_name"], rules)


def _rule_line(
    result: Mapping[str, Any], batch_id: str, severities: Mapping[tuple[str, str], str], persons: set[SourceRow]
) -> RuleLine:
    rule, found = result["expectation_config"]["meta"], result["result"]
    is_row_rule = "element_count" in found
    return RuleLine(
        rule_id=rule["rule_id"],
        title=rule["title"],
        severity=severities.get((batch_id, rule["rule_id"]), rule["severity"]),
        basis=rule["basis"],
        evaluated=found["element_count"] - found["missing_count"] if is_row_rule else 1,
        failed=found["unexpected_count"] if is_row_rule else int(not result["success"]),
        samples=_shown(found, batch_id, persons) if is_row_rule else None,
    )


def _shown(found: Mapping[str, Any], batch_id: str, persons: set[SourceRow]) -> tuple[int, ...]:
    return tuple([row for row in _samples(found) if (batch_id, row) not in persons][:SAMPLES_SHOWN])


def _samples(found: Mapping[str, Any]) -> list[int]:
    return [place["_source_row"] for place in found.get("partial_unexpected_index_list", [])]


def _all_samples(verdicts: Mapping[str, Mapping[str, Any]]) -> set[SourceRow]:
    return {
        (batch_id, row)
        for batch_id, verdict in verdicts.items()
        for result in verdict["results"]
        for row in _samples(result["result"])
    }


def _verdict(paths: LakePaths, entry: LedgerEntry) -> dict[str, Any] | None:
    file = paths.quality / entry.feed / entry.dataset / f"{entry.batch_id}.json"
    if not file.exists():
        return None
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def _severities(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = connection.execute("select batch_id, rule_id, severity from lake.ops.quality_checks").fetchall()
    return {(batch_id, rule_id): severity for batch_id, rule_id, severity in rows}


def _persons_among(connection: duckdb.DuckDBPyConnection, samples: Iterable[SourceRow]) -> set[SourceRow]:
    """Return those of the rows that are about natural persons, wherever they went, or that left with their record."""
    listed = sorted(samples)
    columns = [pa.array([batch for batch, _ in listed], pa.string()), pa.array([row for _, row in listed], pa.int64())]
    connection.register("samples", pa.table(columns, names=["_batch_id", "_source_row"]))
    found: set[SourceRow] = set(
        connection.execute("select _batch_id, _source_row from lake.ops.sealed_rows").fetchall()
    )
    for dataset in (dataset for feed in load_feeds().values() for dataset in feed.datasets):
        for zone in ("validated", "quarantine") if listed and dataset.subject.category else ():
            found |= set(
                connection.execute(
                    f"""select _batch_id, _source_row from lake.{zone}.{dataset.table}
                    semi join samples using (_batch_id, _source_row)
                    where contains({identifier(dataset.subject.category or "")}, ?)""",
                    [NATURAL_PERSON],
                ).fetchall()
            )
    return found

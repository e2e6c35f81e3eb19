"""The steps of ``ingest_<feed>``: what ``pipeline.ingest_feed`` does, in three tasks that hand ids to each other."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from creditlake import pipeline
from creditlake.bronze import Postponed, read_batch
from creditlake.contracts import load_feeds
from creditlake.lake import Writer
from creditlake.lake.ledger import LedgerEntry
from creditlake.landing import Landed
from creditlake.orchestration.context import business_date, drop, lake, run_name
from creditlake.orchestration.notifier import tell

log = logging.getLogger(__name__)
Ids = list[list[str]]
"""Dataset and batch_id of each batch."""


def land(feed: str) -> list[dict[str, Any]]:
    """Land every file the feed has dropped; return what each is in the vault."""
    paths = lake()
    return [asdict(pipeline.land(paths, delivery)) for delivery in pipeline.discover(drop(), load_feeds()[feed])]


def load_bronze(landed: Iterable[dict[str, Any]]) -> Ids:
    """Read landed files into bronze and return the batches that count at the business date."""
    paths, as_of = lake(), business_date()
    batches = [batch for entry in landed for batch in pipeline.load_bronze(paths, Landed(**entry), as_of)]
    for batch in batches:
        if isinstance(batch, Postponed):
            log.info("%s.%s: %s 属于 %s，晚于业务日期 %s，留待以后",
                     batch.feed, batch.dataset, batch.source_name, batch.delivered, as_of)  # fmt: skip
    return [[batch.dataset, batch.batch_id] for batch in batches if not isinstance(batch, Postponed)]


def validate(feed: str, ids: Ids) -> dict[str, Any]:
    """Judge batches in the order of receipt and take them into the lake; return counts and what was refused.

    A refused file stops nothing, but it is told: in the log, in the lake's alerts and in the asset's event.

    Raises:
        AirflowSkipException: the feed delivered nothing that counts at the business date.
    """
    if not ids:
        raise AirflowSkipException(f"{feed} delivered nothing that counts at {business_date()}")
    paths, name = lake(), run_name()
    with Writer(paths) as writer:
        outcomes = [
            pipeline.validate(paths, read_batch(paths.bronze / feed / dataset / batch_id), name, writer)
            for dataset, batch_id in ids
        ]
    for outcome in outcomes:
        if outcome.is_new and outcome.entry.status == "refused":
            _tell_refusal(outcome.entry)
    entries = [outcome.entry for outcome in outcomes]
    return _counts(entries) | {"new": sum(outcome.is_new for outcome in outcomes), "as_of": str(business_date())}


def _counts(entries: list[LedgerEntry]) -> dict[str, Any]:
    return {
        "batches": len(entries),
        "rows_landed": sum(entry.rows_landed for entry in entries),
        "rows_validated": sum(entry.rows_validated for entry in entries),
        "rows_quarantined": sum(entry.rows_quarantined for entry in entries),
        "rows_refused": sum(entry.rows_refused for entry in entries),
        "refused": [_refusal(entry) for entry in entries if entry.status == "refused"],
    }


def _refusal(entry: LedgerEntry) -> dict[str, str]:
    """Name a refused file and the code of the reason; its sentence may quote a row and stays in the ledger."""
    code = (entry.reason or "").split(":")[0]
    return {
        "dataset": entry.dataset,
        "batch_id": entry.batch_id,
        "file": entry.member or entry.source_name,
        "reason": code,
    }


def _tell_refusal(entry: LedgerEntry) -> None:
    log.warning("拒收 %s/%s（%s）：%s", entry.feed, entry.member or entry.source_name, entry.batch_id, entry.reason)
    tell({"kind": "file_refused", "feed": entry.feed, **_refusal(entry)})

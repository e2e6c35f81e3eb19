"""The steps of ``ingest_<feed>``: what ``pipeline.ingest_feed`` does, in three tasks that hand ids to each other."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from creditlake import pipeline
from creditlake.bronze import Postponed, read_batch
from creditlake.connectors import inbox
from creditlake.connectors.again import is_pulled_by_time, pulled_from
from creditlake.connectors.endpoint import SourceFailed
from creditlake.connectors.pulling import Errand
from creditlake.connectors.spec import DropFolder
from creditlake.contracts import Feed, load_feeds
from creditlake.ingest import Outcome
from creditlake.lake import Writer
from creditlake.lake.ledger import LedgerEntry
from creditlake.lake.watermarks import watermarks
from creditlake.landing import Landed
from creditlake.orchestration.connections import endpoint
from creditlake.orchestration.context import business_date, conclude, conf, drop, lake, run_name
from creditlake.orchestration.defaults import final
from creditlake.orchestration.notifier import tell
from creditlake.quality.docs_pages import REFUSAL_TITLES

log = logging.getLogger(__name__)
Ids = list[list[str]]
"""Dataset and batch_id of each batch."""


def land(feed: str) -> list[dict[str, Any]]:
    """Land what the feed has dropped, or pull what its source has; return what each file is in the vault.

    Raises:
        FileNotFoundError: the feed is dropped and there is no drop folder at all: a share that is gone is not a feed
            without deliveries.
        SourceFailed: the feed's source cannot be read.
        AirflowFailException: the run was started to pull again what cannot be.
    """
    paths, folder = lake(), drop()
    if isinstance(load_feeds()[feed].connector, DropFolder) and not folder.is_dir():
        raise FileNotFoundError(f"投递目录 {folder} 不存在：共享盘是否已挂载？")
    errand = Errand(_feed(feed), folder, business_date(), endpoint)
    landed: list[dict[str, Any]] = []
    try:
        for delivery in pipeline.deliveries(paths, errand):
            place = inbox.place_of(delivery)
            landed.append({"landed": asdict(pipeline.land(paths, delivery)), "inbox": place})
    except SourceFailed as error:
        conclude(f"来源读不出：{error}")
        raise
    _conclude_landed(errand.feed, [str(entry["landed"]["name"]) for entry in landed])
    return landed


def _conclude_landed(feed: Feed, names: list[str]) -> None:
    if isinstance(feed.connector, DropFolder):
        conclude(f"投递目录中有 {len(names)} 个文件")
    elif names:
        conclude(f"从连接 {feed.connector.connection} 拉到 {len(names)} 个文件：{'、'.join(names)}")
    else:
        conclude(_nothing(feed))


def _nothing(feed: Feed) -> str:
    """What it means that nothing came: a drop folder is silent, a source that was read has nothing new."""
    if isinstance(feed.connector, DropFolder):
        return f"截至 {business_date()} 没有报送任何文件；请联系{feed.publisher}"
    reached = {mark.dataset: mark.reached for mark in watermarks(lake(), feed.name) if mark.is_accepted}
    known = "、".join(
        f"{dataset.title}已读到 {reached[dataset.name]}"
        for dataset in feed.datasets
        if dataset.name in reached and is_pulled_by_time(dataset)
    )
    return f"来源已读，截至 {business_date()} 没有新的数据{f'（{known}）' * bool(known)}"


def _feed(name: str) -> Feed:
    """Return the feed; its pull of one dataset reaches back where the run's form says so (kept in the run's conf)."""
    feed, asked = load_feeds()[name], conf()
    dataset, since = asked.get("pull_dataset"), asked.get("pull_from")
    if not dataset and not since:
        return feed
    with final(KeyError, ValueError):
        if not dataset or not since:
            raise ValueError("“补拉数据集”与“补拉起点”须同时填写")
        again = pulled_from(feed, dataset, datetime.fromisoformat(since), watermarks(lake(), name))
    log.info("%s.%s: 按运行参数从 %s 起补拉", name, dataset, since)
    return again


def load_bronze(landed: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Read landed files into bronze; return the batches that count at the business date.

    Beside their ids, the places in the inbox of which nothing is left for later.
    """
    paths, as_of = lake(), business_date()
    ids: Ids = []
    whole: list[str] = []
    rows = postponed = 0
    for entry in landed:
        batches = pipeline.load_bronze(paths, Landed(**entry["landed"]), as_of)
        later = [batch for batch in batches if isinstance(batch, Postponed)]
        for batch in later:
            log.info("%s.%s: %s 属于 %s，晚于业务日期 %s，留待以后",
                     batch.feed, batch.dataset, batch.source_name, batch.delivered, as_of)  # fmt: skip
        postponed += len(later)
        rows += sum(batch.rows for batch in batches if not isinstance(batch, Postponed))
        ids += [[batch.dataset, batch.batch_id] for batch in batches if not isinstance(batch, Postponed)]
        whole += [entry["inbox"]] if entry["inbox"] and not later else []
    conclude(f"{len(ids)} 个批次，{rows:,} 行" + f"；另有 {postponed} 个属于以后的日子" * bool(postponed))
    return {"ids": ids, "inbox": whole}


def validate(feed: str, read: dict[str, Any]) -> dict[str, Any]:
    """Judge batches in the order of receipt and take them into the lake; return counts and what was refused.

    A refused file stops nothing, but it is told: in the log, in the lake's alerts and in the asset's event.

    Raises:
        AirflowSkipException: the feed delivered nothing that counts at the business date.
    """
    ids: Ids = read["ids"]
    if not ids:
        conclude(_nothing(load_feeds()[feed]))
        raise AirflowSkipException(f"{feed} delivered nothing that counts at {business_date()}")
    paths, name = lake(), run_name()
    with Writer(paths) as writer:
        outcomes = [
            pipeline.validate(paths, read_batch(paths.bronze / feed / dataset / batch_id), name, writer)
            for dataset, batch_id in ids
        ]
    for place in read["inbox"]:
        inbox.remove(paths, feed, place)
    for outcome in outcomes:
        _log(outcome)
        if outcome.is_new and outcome.entry.status == "refused":
            tell({"kind": "file_refused", "feed": feed, **_refusal(outcome.entry)})
    counts = _counts([outcome.entry for outcome in outcomes])
    counts |= {"new": sum(outcome.is_new for outcome in outcomes), "as_of": str(business_date())}
    conclude(_sentence(counts))
    return counts


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


def _log(outcome: Outcome) -> None:
    """Say what became of a file, also of one that came before."""
    entry, known = outcome.entry, "" if outcome.is_new else "（此前已处理）"
    name = entry.member or entry.source_name
    if entry.status == "refused":
        log.warning("拒收%s %s，批次 %s：%s", known, name, entry.batch_id, entry.reason)
    else:
        log.info("入湖%s %s，批次 %s：落地 %d 行，通过 %d，隔离 %d", known, name, entry.batch_id,
                 entry.rows_landed, entry.rows_validated, entry.rows_quarantined)  # fmt: skip


def _sentence(counts: dict[str, Any]) -> str:
    refused = "、".join(
        f"{entry['file']}（{REFUSAL_TITLES.get(entry['reason'], entry['reason'])}）" for entry in counts["refused"]
    )
    return (
        f"{counts['batches']} 个文件，其中新到 {counts['new']} 个；落地 {counts['rows_landed']} 行 = "
        f"通过 {counts['rows_validated']} + 隔离 {counts['rows_quarantined']} + 拒收 {counts['rows_refused']}；"
        f"拒收文件：{refused or '无'}"
    )

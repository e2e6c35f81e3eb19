"""A sample of a feed taken the whole way but the last step: read, written to bronze in a scratch folder, judged."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from creditlake.bronze import Batch, Postponed, load_bronze
from creditlake.connectors.endpoint import Endpoints
from creditlake.connectors.files import UNKNOWN_DATASET, delivery_of
from creditlake.connectors.pulling import Errand, connector_to
from creditlake.connectors.spec import DropFolder
from creditlake.contracts import Dataset, Feed
from creditlake.lake import LakePaths
from creditlake.landing import Landed, land
from creditlake.quality import Verdict
from creditlake.readers import header_of
from creditlake.readers.archive import unpack
from creditlake.readers.header import Header, compared
from creditlake.refusal import Refusal

FIRST_ROWS = 5
SAMPLE_ROWS = 1000
_QUOTED = re.compile(r"[:;] it begins with .*", re.DOTALL)
"""Where a reason quotes the file: a line of data may name a person."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that rows of a sample broke; ``first_rows`` are numbers of data rows, from 1, never values."""

    rule_id: str
    title: str
    severity: str
    rows: int
    first_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What would become of one batch of a sample.

    Attributes:
        name: The file, and the member where it is an archive.
        header: None where no header could be read.
        delivered: The day it would count as delivered.
        refused: Why it would be refused as a whole; empty when it would not.
        is_later: It is of a later day than as_of and would be left for later.
    """

    name: str
    dataset: str
    delivered: date
    rows: int = 0
    quarantined: int = 0
    header: Header | None = None
    broken: tuple[Broken, ...] = ()
    refused: str = ""
    is_later: bool = False

    @property
    def accepted(self) -> int:
        """Rows that would come in."""
        return 0 if self.refused or self.is_later else self.rows - self.quarantined


def pull_samples(feed: Feed, as_of: date, endpoints: Endpoints, scratch: Path) -> dict[str, Path | None]:
    """Pull a sample of each dataset of a feed into a scratch folder; None where the source holds nothing of it.

    A feed that is dropped has no source to ask, so nothing is pulled.

    Raises:
        SourceFailed: the source cannot be read.
    """
    if isinstance(feed.connector, DropFolder):
        return {}
    scratch.mkdir(parents=True)
    with contextlib.closing(connector_to(Errand(feed, scratch, as_of, endpoints), scratch)) as connector:
        return {dataset.name: connector.sample(dataset.name, SAMPLE_ROWS, scratch) for dataset in feed.datasets}


def try_sample(sample: Path, feed: Feed, as_of: date, suites: Path, scratch: Path) -> Iterator[Tried]:
    """Yield what would become of each batch of one sample.

    Args:
        sample: A file, named as in a drop.
        suites: Folder with the feed's suite.
        scratch: A folder of its own; everything that is written lies in it.
    """
    paths = LakePaths(scratch)
    landed = land(paths, delivery_of(sample, feed))
    for batch in load_bronze(paths, landed, as_of, feed):
        if isinstance(batch, Postponed):
            yield Tried(batch.source_name, batch.dataset, batch.delivered, is_later=True)
        elif batch.dataset == UNKNOWN_DATASET:
            yield Tried(batch.source_name, batch.dataset, batch.delivered, refused=batch.refusal)
        else:
            yield _tried(paths, landed, batch, feed.dataset(batch.dataset), suites)


def _tried(paths: LakePaths, landed: Landed, batch: Batch, dataset: Dataset, suites: Path) -> Tried:
    name = f"{batch.source_name}/{batch.member}" if batch.member else batch.source_name
    header = _header(paths, landed, batch, dataset)
    if batch.refusal:
        refused = _QUOTED.sub("", batch.refusal)
        return Tried(name, batch.dataset, batch.delivered, batch.rows, header=header, refused=refused)
    if not (suites / f"{dataset.feed}.yml").exists():
        return Tried(name, batch.dataset, batch.delivered, batch.rows, header=header, refused="there is no suite yet")
    verdict = _judge(paths, batch, dataset, suites)
    return Tried(
        name=name,
        dataset=batch.dataset,
        delivered=batch.delivered,
        rows=batch.rows,
        quarantined=verdict.failed_rows.num_rows,
        header=header,
        broken=tuple(_broken(verdict)),
        refused=verdict.refused or "",
    )


def _judge(paths: LakePaths, batch: Batch, dataset: Dataset, suites: Path) -> Verdict:
    from creditlake.quality.court import court_of
    from creditlake.quality.judging import judge_batch

    return judge_batch(court_of(dataset, suites), batch.rows_file(paths), batch.delivered, "check", batch.batch_id)


def _header(paths: LakePaths, landed: Landed, batch: Batch, dataset: Dataset) -> Header | None:
    """Return the header beside the contract; None where none can be read, or the first line is data."""
    content = landed.content(paths)
    try:
        if batch.member:
            content = paths.scratch / "member"
            unpack(landed.content(paths), landed.name, batch.member, content)
        header = compared(header_of(content, batch.member or landed.name, paths.scratch), dataset)
    except Refusal:  # the batch is refused for the same reason, and says so
        return None
    return header if header.names else None


def _broken(verdict: Verdict) -> Iterator[Broken]:
    entries = {entry["expectation_config"]["meta"]["rule_id"]: entry for entry in verdict.document["results"]}
    for result in verdict.results:
        if result.failed:
            places = entries[result.rule_id]["result"].get("partial_unexpected_index_list", [])
            rows = tuple(place["_source_row"] for place in places[:FIRST_ROWS])
            yield Broken(result.rule_id, result.title, result.severity, result.failed, rows)

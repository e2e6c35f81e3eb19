"""The whole way, from a drop folder to a release: the functions that the command line and the DAGs share."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from creditlake import release as releases
from creditlake.bronze import Batch, Postponed, load_bronze
from creditlake.connectors import inbox
from creditlake.connectors.endpoint import Endpoint, Endpoints, SourceFailed
from creditlake.connectors.files import Delivery, discover, undeclared_folders
from creditlake.connectors.pulling import Errand, deliveries
from creditlake.connectors.spec import DropFolder
from creditlake.contracts import Feed, load_feeds
from creditlake.erasing import bring_back, refuse_looking_back
from creditlake.home import dbt_project
from creditlake.ingest import Outcome, validate
from creditlake.lake import LakePaths, Writer, dbt_attachment, lease, reading, writing
from creditlake.lake.catalogue import has_catalogue
from creditlake.lake.ledger import entries
from creditlake.lake.tables import ensure_statistics
from creditlake.landing import Landed, land
from creditlake.modelling import BuildResult
from creditlake.modelling import build as dbt_build

__all__ = [
    "Batch",
    "Delivery",
    "Landed",
    "Outcome",
    "Postponed",
    "build",
    "deliveries",
    "discover",
    "ingest_feed",
    "land",
    "load_bronze",
    "publish",
    "run",
    "validate",
]
log = logging.getLogger(__name__)


class NothingAccepted(RuntimeError):
    """No batch of the drop was accepted, now or before, so there is nothing to publish."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a feed's deliveries in one run."""

    outcomes: list[Outcome] = field(default_factory=list)
    postponed: list[Postponed] = field(default_factory=list)


def no_endpoints(connection: str) -> Endpoint:
    """Stand for the connections of a caller that has none.

    Raises:
        LookupError: always; a feed that is pulled needs one.
    """
    raise LookupError(f"a feed is pulled over the connection {connection!r}, and nothing here knows any connection")


def ingest_feed(
    paths: LakePaths,
    drop: Path,
    feed: Feed,
    as_of: date,
    run_name: str,
    endpoints: Endpoints = no_endpoints,
    writer: Writer | None = None,
) -> Ingested:
    """Take every delivery of one feed that counts at as_of, oldest first; what was taken before changes nothing.

    A refused file stops nothing: its reason is in the ledger, in the outcome and in the log.

    Args:
        endpoints: How the connection of a feed that is pulled is looked up.
        writer: The connection to use when many feeds follow each other.

    Raises:
        SourceFailed: a source cannot be read; what came before it is in the lake.
    """
    ingested = Ingested()
    with Writer(paths) if writer is None else contextlib.nullcontext(writer) as used:
        for delivery in deliveries(paths, Errand(feed, drop, as_of, endpoints)):
            batches = load_bronze(paths, land(paths, delivery), as_of)
            for batch in batches:
                if isinstance(batch, Postponed):
                    log.info(
                        "%s.%s: %s is of %s, later than %s: left for later",
                        batch.feed, batch.dataset, batch.source_name, batch.delivered, as_of,
                    )  # fmt: skip
                    ingested.postponed.append(batch)
                    continue
                outcome = validate(paths, batch, run_name, used)
                ingested.outcomes.append(outcome)
                _tell(outcome)
            place = inbox.place_of(delivery)
            if place and not any(isinstance(batch, Postponed) for batch in batches):
                inbox.remove(paths, feed.name, place)
    return ingested


def _tell(outcome: Outcome) -> None:
    entry = outcome.entry
    name = entry.member or entry.source_name
    if entry.status == "refused":
        log.warning("refused %s/%s (%s, batch %s): %s", entry.feed, name, entry.dataset, entry.batch_id, entry.reason)
    elif outcome.is_new:
        log.info(
            "%s.%s: %s, %d rows: %d accepted, %d quarantined",
            entry.feed, entry.dataset, name, entry.rows_landed, entry.rows_validated, entry.rows_quarantined,
        )  # fmt: skip


def _ingest(
    paths: LakePaths, drop: Path, as_of: date, run_name: str, endpoints: Endpoints
) -> Iterator[tuple[str, Ingested]]:
    """Yield what became of each feed's deliveries; a source that fails does not keep the others from coming in.

    Raises:
        SourceFailed: at the end, when one failed; names them all.
    """
    failed: list[SourceFailed] = []
    with Writer(paths) as writer:
        for feed in load_feeds().values():
            try:
                yield feed.name, ingest_feed(paths, drop, feed, as_of, run_name, endpoints, writer)
            except SourceFailed as error:
                log.error("%s", error)
                failed.append(error)
    if failed:
        raise SourceFailed("; ".join(str(error) for error in failed))


def _came_before(paths: LakePaths, pulled: set[str], as_of: date) -> bool:
    """Return whether the lake holds an accepted batch of feeds whose sources have nothing new: they show no old one."""
    if not pulled or not has_catalogue(paths):
        return False
    with reading(paths) as connection:
        ledger = entries(connection)
    return any(one.status == "accepted" and one.feed in pulled and one.delivered_date <= as_of for one in ledger)


def build(paths: LakePaths, as_of: date) -> BuildResult:
    """Build every model and run every test in one dbt build, under the lease.

    What left the lake with an ended record comes back before, where there is news of it.

    Raises:
        DbtFailed: names the nodes that failed.
        LookedBack: records that were still shown on that day have ended and left the lake.
        VaultLacks: there is news of an ended record, and the vault no longer has it.
    """
    with writing(paths) as connection:  # makes the lake and its tables where this is the first step
        bring_back(paths, connection)
        refuse_looking_back(connection, as_of)
        ensure_statistics(connection)
    with lease(paths):
        return dbt_build(dbt_attachment(paths), dbt_project(), paths.dbt, as_of)


def publish(paths: LakePaths, built: BuildResult, as_of: date, created_at: datetime) -> releases.Release:
    """Audit what was built and make it the current release; see ``release.publish``."""
    return releases.publish(paths, built, as_of, created_at)


def run(
    paths: LakePaths,
    drop: Path,
    as_of: date,
    created_at: datetime,
    run_name: str,
    endpoints: Endpoints = no_endpoints,
) -> tuple[releases.Release, dict[str, Ingested]]:
    """Ingest a drop, build, audit and publish; return the release and what became of each feed's deliveries.

    Raises:
        SourceFailed: a feed's source cannot be read. The others came in; nothing was published.
        NothingAccepted: the drop holds no accepted batch, and of what is pulled none was accepted, now or before.
        DbtFailed, AuditFailed: nothing was published.
    """
    feeds = load_feeds()
    for name in undeclared_folders(drop, feeds):
        log.warning("the drop holds a folder %r, which no contract declares; it was not read", name)
    ingested = dict(_ingest(paths, drop, as_of, run_name, endpoints))
    if not any(outcome.entry.status == "accepted" for feed in ingested.values() for outcome in feed.outcomes):
        pulled = {feed.name for feed in feeds.values() if not isinstance(feed.connector, DropFolder)}
        if not _came_before(paths, pulled, as_of):
            where = ", ".join(map(str, [drop, *sorted(pulled)]))
            raise NothingAccepted(f"no batch of {where} was accepted as of {as_of}")
    built = build(paths, as_of)
    return publish(paths, built, as_of, created_at), ingested

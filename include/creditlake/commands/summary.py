"""What a run tells people at its end: what came and what became of it, the index, the grades, where to look."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from creditlake.lake import LakePaths
from creditlake.pipeline import Ingested
from creditlake.release import Release
from creditlake.text import table
from creditlake.watch.report import look


def summarise(paths: LakePaths, release: Release, ingested: Mapping[str, Ingested]) -> str:
    """Return the closing words of a run."""
    parts = [_feeds(release), _postponed(ingested), _alarms(paths, release), *describe(paths, release)]
    return "\n\n".join(part for part in parts if part)


def describe(paths: LakePaths, release: Release) -> list[str]:
    """Return what a release says of the city, and where it lies."""
    where = [f"release    {release.release_id}", f"lies in    {release.folder}"]
    if (paths.docs / "index.html").exists():
        where.append(f"data docs  {paths.docs / 'index.html'}")
    return [_index(release), _grades(release), "\n".join(where)]


def _query(release: Release, mart: str, statement: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        path = str(release.mart(mart)).replace("'", "''")
        connection.execute(f"create view {mart} as select * from read_parquet('{path}')")
        return connection.execute(statement).fetchall()


def _feeds(release: Release) -> str:
    rows = _query(
        release,
        "mart_batch_ledger",
        """select feed, dataset, count(*), sum(rows_landed)::bigint, sum(rows_validated)::bigint,
               sum(rows_quarantined)::bigint, count(*) filter (where status = 'refused')
           from mart_batch_ledger group by feed, dataset order by feed, dataset""",
    )
    return table(("feed", "dataset", "files", "rows in", "accepted", "quarantined", "files refused"), rows)


def _postponed(ingested: Mapping[str, Ingested]) -> str:
    later = [item for feed in ingested.values() for item in feed.postponed]
    if not later:
        return ""
    lines = [f"  {item.feed}/{item.source_name} (of {item.delivered})" for item in later]
    return "\n".join([f"left for later, {len(later)} files:", *lines])


def _alarms(paths: LakePaths, release: Release) -> str:
    """What the source watch has to say of the deliveries; empty where all came as expected."""
    found = look(paths, release.as_of).findings
    if not found:
        return ""
    return "\n".join([f"source watch, {len(found)} alarms:", *(f"  {finding.sentence}" for finding in found)])


def _index(release: Release) -> str:
    rows = _query(
        release,
        "mart_city_credit_index",
        f"""select points::double, denominator::double, value::double from mart_city_credit_index
            where level = 0 and area_code = '150100' and period = '{release.as_of:%Y-%m}'""",
    )
    if not rows or rows[0][2] is None:
        return "city credit index: no indicator is available"
    points, available, value = rows[0]
    return f"city credit index  {value:.2f}  ({points:.2f} points of the {available:.2f} that the feeds can judge)"


def _grades(release: Release) -> str:
    rows = _query(
        release,
        "mart_subject_profiles",
        """select coalesce(evaluation_grade, 'not evaluated'), count(*),
               round(100.0 * count(*) / sum(count(*)) over (), 1)
           from mart_subject_profiles group by 1 order by 1""",
    )
    return table(("grade", "subjects", "%"), rows) if rows else "no subject has a profile"

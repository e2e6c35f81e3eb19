"""The rows of ended records: which may go, and their way out of ``validated`` and ``quarantine`` in one transaction.

What dbt says has ended goes when it had ended by the day of the current release, that release does not show it, and
nothing about it came later. A record and the applications about it go together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from creditlake.contracts import Dataset, all_datasets
from creditlake.keys import record_id_sql
from creditlake.lake.tables import LINEAGE, SEALED_CASES, SEALED_ROWS, identifier
from creditlake.quality import normalised_columns_sql
from creditlake.quality.normalise import literal

_LINEAGE = ", ".join(LINEAGE)
_OF_RECORDS = "record_id, group_id, ended_by, ended_date, basis"
_CHOSEN = f"""
    create or replace temp table chosen as
    with shown as (select record_id from read_parquet($shown)),
    held_back as (
        select distinct ended.group_id
        from lake.intermediate.int_ended_records as ended
        left join shown using (record_id)
        where ended.ended_date > cast($day as date) or shown.record_id is not null
    )
    select {_OF_RECORDS}
    from lake.intermediate.int_ended_records
    anti join held_back using (group_id)
"""
_LEAVING = f"""
    create or replace temp table leaving as
    select record_id, any_value(group_id) as group_id, any_value(ended_by) as ended_by,
        max(ended_date) as ended_date, any_value(basis) as basis, max(answers_from) as answers_from
    from (
        select {_OF_RECORDS}, answers_from from doomed
        union all
        select {_OF_RECORDS}, answers_from from lake.ops.sealed_rows
    )
    group by record_id
"""
_NEWS = """
    delete from doomed where group_id in (
        select group_id from doomed
        where _delivered_date > cast(? as date)
            or (is_counted is null and coalesce(_valid_until >= cast(? as date), true))
    )
"""
"""What came after the build, or for a later day, may say that the record goes on: the next build decides."""
_UNTOLD = """
    select count(*) from lake.intermediate.int_ended_rows as told
    semi join chosen using (record_id)
    anti join doomed on doomed._batch_id = told.batch_id and doomed._source_row = told.source_row
        and doomed.feed = told.feed and doomed.dataset = told.dataset
"""


class EraseFailed(RuntimeError):
    """The lake's rows are not those that the models read; nothing was erased."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a record may not be shown any more.

    Attributes:
        ended_by: repaired, revoked, removed, expired or withdrawn (``ref_endings``).
        ended_date: First day on which it may not be shown.
        basis: The law or standard.
    """

    ended_by: str
    ended_date: date
    basis: str


def choose(connection: duckdb.DuckDBPyConnection, shown: Path, day: date) -> int:
    """Choose the rows that may go and return how many; nothing is changed.

    Leaves the temporary tables ``doomed`` (one row per row that goes, as ``ops.sealed_rows``) and ``leaving`` (one row
    per record that has left or goes now).

    Args:
        shown: The records of the current release.
        day: The day by which a record must have ended: that of the current release, or of the build if earlier.

    Raises:
        EraseFailed: the models read a row of an ended record that is not found by its key.
    """
    connection.execute(_CHOSEN, {"shown": str(shown), "day": day})
    columns = ", ".join(f"{name} {kind}" for name, kind in SEALED_ROWS.items())
    connection.execute(f"create or replace temp table doomed ({columns})")
    datasets = list(_datasets(connection))
    for dataset in datasets:
        connection.execute(_validated_sql(dataset))
    _refuse_untold(connection)
    connection.execute(_NEWS, [day, day])
    connection.execute(
        """update doomed set answers_from = latest.day,
            is_counted = coalesce(is_counted, false), is_unresolved = coalesce(is_unresolved, false)
        from (
            select group_id, max(answers_from) as day from doomed group by group_id
        ) as latest where doomed.group_id = latest.group_id"""
    )
    connection.execute(_LEAVING)
    for dataset in datasets:
        connection.execute(_quarantine_sql(dataset), {"day": day})
    return _count(connection, "select count(*) from doomed")


def endings(connection: duckdb.DuckDBPyConnection) -> dict[str, Ending]:
    """Return why each record that has left the lake, or was chosen to go, has ended; by record_id."""
    rows = connection.execute("select record_id, ended_by, ended_date, basis from leaving order by record_id")
    return {record_id: Ending(*facts) for record_id, *facts in rows.fetchall()}


def erase_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the chosen rows out of the lake in one transaction; each leaves its line.

    A record also leaves its states, a case what the index counts of it.

    Each table is written anew: after a deletion DuckLake would keep the old minimum and maximum among its statistics.
    """
    places = connection.execute("select distinct zone, feed || '_' || dataset from doomed order by all").fetchall()
    connection.execute("begin")
    connection.execute(
        "insert into lake.ops.sealed_rows select * from doomed order by feed, dataset, _batch_id, _source_row"
    )
    connection.execute(
        """insert into lake.ops.sealed_states select record_id, state, began_date
        from lake.intermediate.int_record_states
        semi join (select record_id from doomed where zone = 'validated') using (record_id)
        anti join lake.ops.sealed_states using (record_id, state) order by all"""
    )
    connection.execute(
        f"""insert into lake.ops.sealed_cases select {", ".join(SEALED_CASES)} from lake.intermediate.int_cases
        semi join (select record_id from doomed where zone = 'validated') using (record_id)
        anti join lake.ops.sealed_cases using (record_id) order by all"""
    )
    for zone, table in places:
        relation = f"lake.{zone}.{identifier(table)}"
        connection.execute(
            f"""create or replace table {relation} as select * from {relation}
            anti join (
                select _batch_id, _source_row from doomed
                where zone = {literal(zone)} and feed || '_' || dataset = {literal(table)}
            ) using (_batch_id, _source_row)"""
        )
    connection.execute("commit")


def _datasets(connection: duckdb.DuckDBPyConnection) -> Iterator[Dataset]:
    """The datasets of which rows have ended, now or before."""
    found = set(
        connection.execute(
            """select feed, dataset from lake.intermediate.int_ended_rows
            union select feed, dataset from lake.ops.sealed_rows"""
        ).fetchall()
    )
    yield from (dataset for dataset in all_datasets() if (dataset.feed, dataset.name) in found)


def _validated_sql(dataset: Dataset) -> str:
    return f"""
        insert into doomed
        select
            {literal(dataset.feed)}, {literal(dataset.name)}, 'validated',
            chosen.record_id, chosen.group_id, {_LINEAGE},
            told.publisher, told.provided_date, told.document_date,
            told.is_counted, told.is_unresolved,
            chosen.ended_by, chosen.ended_date, chosen.basis, greatest(chosen.ended_date, _delivered_date)
        from (select {record_id_sql(dataset)} as record_id, {_LINEAGE} from lake.validated.{dataset.table}) as rows
        inner join chosen on chosen.record_id = rows.record_id
        left join lake.intermediate.int_ended_rows as told
            on told.feed = {literal(dataset.feed)} and told.dataset = {literal(dataset.name)}
            and told.batch_id = rows._batch_id and told.source_row = rows._source_row
    """


def _quarantine_sql(dataset: Dataset) -> str:
    """A quarantined row of the same key; the publisher it names is kept where sound rows name it too."""
    publisher = identifier(dataset.publisher_column) if dataset.publisher_column else literal(dataset.publisher)
    return f"""
        insert into doomed
        select
            {literal(dataset.feed)}, {literal(dataset.name)}, 'quarantine',
            leaving.record_id, leaving.group_id, {_LINEAGE},
            known.publisher, null, null, false, false,
            leaving.ended_by, leaving.ended_date, leaving.basis, greatest(leaving.answers_from, _delivered_date)
        from (
            select {record_id_sql(dataset)} as record_id, as_received, {_LINEAGE}
            from (
                select {normalised_columns_sql(dataset, dataset.column_names)}, {publisher} as as_received, {_LINEAGE}
                from lake.quarantine.{dataset.table}
            )
        ) as rows
        inner join leaving on leaving.record_id = rows.record_id
        left join (
            select distinct publisher from lake.intermediate.int_reported_days
            where feed = {literal(dataset.feed)} and dataset = {literal(dataset.name)}
        ) as known on known.publisher = rows.as_received
        where _delivered_date <= cast($day as date)
    """


def _refuse_untold(connection: duckdb.DuckDBPyConnection) -> None:
    """A row that the models count to an ended record and that is not found by its key would stay for ever."""
    missed = _count(connection, _UNTOLD)
    if missed:
        raise EraseFailed(f"{missed} rows of ended records are not found in the lake by their keys")


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None  # count(*) always has a row
    return int(row[0])
